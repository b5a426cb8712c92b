// Package waymark_test holds the layering of the module: which package may
// reach which, through any path, and why. depguard sees direct imports; this
// sees the transitive ones.
package waymark_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// forbidden maps packages to what they must not reach, directly or through
// another package. A dependency that ends with /... stands for all below it.
var forbidden = []struct {
	pkgs []string
	deps []string
	why  string
}{
	{
		[]string{"./screening"},
		[]string{"waymark/...", "net/...", "net", "os/...", "database/sql", "math/rand", "math/rand/v2", "crypto/rand", "log", "log/slog", "github.com/..."},
		"the engine is pure: the tablet and the server must come to the same result, anywhere",
	},
	{
		[]string{"./screening/catalog", "./screening/submission", "./screening/review", "./screening/rescoring", "./screening/conformance"},
		[]string{"waymark/store/...", "waymark/handlers", "waymark/openapi", "waymark/auth/token", "waymark/auth/signin", "net/http", "database/sql", "github.com/gofiber/...", "go.mongodb.org/...", "modernc.org/..."},
		"use cases know neither HTTP nor a database; cmd/waymark puts them together",
	},
	{
		[]string{"./screening/submission", "./screening/catalog"},
		[]string{"waymark/screening/review"},
		"a review is of a record; the record knows nothing of it",
	},
	{
		[]string{"./screening/catalog", "./screening/submission", "./screening/review", "./screening/conformance"},
		[]string{"waymark/screening/jurisdiction", "waymark/screening/jurisdictions"},
		"a country pack is information; what scores, keeps or reviews an interview cannot see one",
	},
	{
		[]string{"./screening/jurisdiction"},
		[]string{"waymark/screening/catalog", "waymark/screening/submission", "waymark/screening/review", "waymark/locales", "waymark/auth", "waymark/privacy", "waymark/store/...", "waymark/handlers", "waymark/openapi", "net/http", "database/sql", "github.com/..."},
		"a pack is plain data: it sees no interview and no record",
	},
	{
		[]string{"./screening/submission", "./screening/catalog", "./screening/review", "./handlers"},
		[]string{"waymark/screening/rescoring"},
		"scoring stored records again is an operator's work, done from the command line",
	},
	{
		[]string{"./handlers"},
		[]string{"waymark/store/...", "go.mongodb.org/...", "modernc.org/...", "waymark/rehearsal"},
		"handlers call use cases, not stores",
	},
	{
		[]string{"./store/sqlite", "./store/mongo", "./store/sealed"},
		[]string{"waymark/handlers", "waymark/openapi", "waymark/locales", "github.com/gofiber/...", "github.com/valyala/..."},
		"stores know no HTTP",
	},
	{[]string{"./store/sqlite"}, []string{"go.mongodb.org/...", "waymark/store/mongo"}, "one store knows nothing of another"},
	{[]string{"./store/mongo"}, []string{"modernc.org/...", "database/sql", "waymark/store/sqlite"}, "one store knows nothing of another"},
	{
		[]string{"./privacy", "./fault", "./locales"},
		[]string{"waymark/screening/...", "waymark/auth/...", "waymark/store/...", "waymark/handlers", "net/http", "database/sql"},
		"what everything stands on stands on nothing of ours",
	},
	{
		[]string{"./auth"},
		[]string{"waymark/screening/...", "waymark/store/...", "waymark/privacy", "waymark/auth/...", "github.com/..."},
		"permissions are plain data",
	},
	{
		[]string{"./auth/token", "./auth/proof", "./auth/device", "./auth/signin"},
		[]string{"waymark/screening/...", "waymark/store/...", "waymark/handlers", "waymark/openapi", "waymark/locales", "net/http", "database/sql", "github.com/gofiber/..."},
		"who asks is settled without HTTP, a database or case data",
	},
	{
		[]string{"./auth/token", "./auth/proof", "./auth/device"},
		[]string{"waymark/auth/signin"},
		"a sign-in knows devices; devices know no passwords",
	},
	{[]string{"./web"}, []string{"waymark/...", "github.com/..."}, "the app's files know nothing of the server"},
	{
		[]string{"./rehearsal"},
		[]string{"waymark/store/...", "waymark/handlers", "waymark/screening/submission", "waymark/screening/review"},
		"the rehearsal knows a server by its contract only",
	},
}

// dependencies lists everything a package reaches.
func dependencies(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", pkg).Output()
	if err != nil {
		t.Fatalf("go list -deps %s: %v", pkg, err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 2 {
		t.Fatalf("%s reaches %d packages; the list is wrong", pkg, len(deps))
	}
	return deps[:len(deps)-1] // the last one is the package itself
}

func TestLayers(t *testing.T) {
	// The standard library reaches os through fmt; for the engine the rules on
	// os are depguard's, which looks at direct imports.
	throughStandardLibrary := map[string]bool{}
	for _, dep := range dependencies(t, "encoding/json") {
		throughStandardLibrary[dep] = true
	}
	for _, f := range forbidden {
		for _, pkg := range f.pkgs {
			t.Run(pkg, func(t *testing.T) {
				for _, dep := range dependencies(t, pkg) {
					if throughStandardLibrary[dep] {
						continue
					}
					for _, banned := range f.deps {
						prefix, below := strings.CutSuffix(banned, "/...")
						if dep == banned || below && (dep == prefix || strings.HasPrefix(dep, prefix+"/")) {
							t.Errorf("%s reaches %s: %s", pkg, dep, f.why)
						}
					}
				}
			})
		}
	}
}

// home names the one package that may import a library. The benchmarks import
// some bare, as the limit to measure against.
var home = map[string]string{
	"github.com/golang-jwt/jwt/v5":        "waymark/auth/token",
	"github.com/gofiber/fiber/v2":         "waymark/handlers",
	"github.com/valyala/fasthttp":         "waymark/handlers",
	"modernc.org/sqlite":                  "waymark/store/sqlite",
	"go.mongodb.org/mongo-driver/v2/bson": "waymark/store/mongo",
	"github.com/alecthomas/kong":          "waymark/cmd/waymark",
	"golang.org/x/crypto/argon2":          "waymark/auth/signin",
	"github.com/mdp/qrterminal/v3":        "waymark/cmd/waymark",
}

const benchmarks = "waymark/benchmarks"

func TestLibrariesHaveOneHomeEach(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		for _, imported := range fields[1:] {
			allowed, limited := home[imported]
			if !limited || fields[0] == benchmarks {
				continue
			}
			seen[imported] = true
			if fields[0] != allowed {
				t.Errorf("%s imports %s, which lives in %s", fields[0], imported, allowed)
			}
		}
	}
	for library := range home {
		if !seen[library] {
			t.Errorf("%s is imported by nobody; take it out of the list", library)
		}
	}
}

func TestEngineHasNoFloats(t *testing.T) {
	files, err := filepath.Glob("screening/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no engine files found: %v", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && (id.Name == "float64" || id.Name == "float32") {
				t.Errorf("%s: scores are integers", fset.Position(id.Pos()))
			}
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.FLOAT {
				t.Errorf("%s: scores are integers", fset.Position(lit.Pos()))
			}
			return true
		})
	}
}

// maxFile is where a file is more than one concept.
const maxFile = 15_000

func TestFilesStaySmall(t *testing.T) {
	looked := 0
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".gen.go") {
			return err
		}
		looked++
		info, err := d.Info()
		if err == nil && info.Size() > maxFile {
			t.Errorf("%s has %d bytes; is it one concept?", path, info.Size())
		}
		return err
	})
	if err != nil || looked < 50 {
		t.Fatalf("%d files were looked at: %v", looked, err)
	}
}
