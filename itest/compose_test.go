package itest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

func compose(t *testing.T) *types.Project {
	t.Helper()
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  "..",
		ConfigFiles: []types.ConfigFile{{Filename: "../docker-compose.yml"}},
		Environment: map[string]string{},
	}, func(o *loader.Options) { o.SetProjectName("waymark", true) })
	if err != nil {
		t.Fatalf("docker-compose.yml: %v", err)
	}
	return project
}

func service(t *testing.T, name string) types.ServiceConfig {
	t.Helper()
	s, err := compose(t).GetService(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestComposeRunsTwoProcessesBehindOneProxyOverAReplicaSet(t *testing.T) {
	p := compose(t)
	if got := p.ServiceNames(); !slices.Equal(got, []string{"api", "mongo", "proxy"}) {
		t.Errorf("services %v", got)
	}
	api := service(t, "api")
	if api.Deploy == nil || api.Deploy.Replicas == nil || *api.Deploy.Replicas != 2 {
		t.Error("there are not two API processes")
	}
	if mongo := service(t, "mongo"); !slices.Contains(mongo.Command, "--replSet") || mongo.HealthCheck == nil {
		t.Errorf("MongoDB is no replica set that is waited for: %v", mongo.Command)
	}
	for _, name := range p.ServiceNames() {
		if published := len(service(t, name).Ports) > 0; published != (name == "proxy") {
			t.Errorf("%s publishes a port: %t", name, published)
		}
	}
	if _, shared := service(t, "mongo").Networks["front"]; shared || !p.Networks["back"].Internal {
		t.Error("MongoDB can be reached from more than the API processes")
	}
	if !api.ReadOnly || !slices.Contains(api.CapDrop, "ALL") {
		t.Error("the API processes have more rights than they need")
	}
	if uri := p.Configs["mongo-uri"].Content; !strings.Contains(uri, "replicaSet=rs0") {
		t.Errorf("the URI is %q", uri)
	}
	if proxy := p.Configs["caddyfile"].Content; !strings.Contains(proxy, "api 8080") || !strings.Contains(proxy, "{$WAYMARK_HOST}") {
		t.Errorf("the proxy does not reach the API processes: %s", proxy)
	}
}

// What the compose file sets has to be something the program reads.
func TestComposeSetsOnlyVariablesThatTheProgramKnows(t *testing.T) {
	files, err := filepath.Glob("../cmd/waymark/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source files: %v", err)
	}
	var source strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	variables := service(t, "api").Environment
	if len(variables) == 0 {
		t.Fatal("the API processes have no variables")
	}
	for name := range variables {
		if !strings.Contains(source.String(), `env:"`+name+`"`) {
			t.Errorf("the program does not read %s", name)
		}
	}
}

func TestDockerfileBuildsAStaticBinaryForNobody(t *testing.T) {
	text, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	dockerfile := string(text)
	if stages := len(regexp.MustCompile(`(?m)^FROM `).FindAllString(dockerfile, -1)); stages != 3 {
		t.Errorf("%d stages, want one for the app, one to build and one to run", stages)
	}
	for _, want := range []string{"CGO_ENABLED=0", "USER nonroot", "distroless/static", `ENTRYPOINT ["/waymark"]`} {
		if !strings.Contains(dockerfile, want) {
			t.Errorf("%q is missing", want)
		}
	}
}
