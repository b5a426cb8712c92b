package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"waymark/openapi"
	"waymark/privacy"
	"waymark/rehearsal"
	"waymark/screening"
	"waymark/screening/rescoring"
)

// quiet answers everything in a triage, and shows nothing.
var quiet = map[string][]string{
	"T01": {"21_29"}, "T02": {"none"}, "T03": {"no"}, "T04": {"same"}, "T05": {"me"}, "T06": {"free"},
	"T07": {"no"}, "T08": {"no"}, "T09": {"no"}, "T10": {"na"}, "T11": {"no"}, "T12": {"no"},
}

// triage is a triage in which some answers are others than quiet ones.
func triage(t *testing.T, others map[string][]string) offered {
	t.Helper()
	answers := maps.Clone(quiet)
	maps.Copy(answers, others)
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(openapi.Submission{
		ID: id.String(), Instrument: "triage-border", Version: "1.0.0", Language: "en",
		Consent: openapi.Consent{Interview: true, Data: true}, FinishedOn: privacy.DayOf(time.Now()).String(), Answers: answers,
	})
	if err != nil {
		t.Fatal(err)
	}
	return offered{id.String(), text}
}

// changedTriage writes the shipped rules of the triage as version 1.1.0: one
// medium sign refers, and documents that were taken no longer do alone.
func changedTriage(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile("../../screening/instruments/triage-border/1.0.0/rules.json")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(`"version": "1.0.0"`, `"version": "1.1.0"`, `"at_least": 2`, `"at_least": 1`, `{"codes": ["CD01", `, `{"codes": [`).Replace(string(text))
	if len(changed) != len(text)-len(`"CD01", `) {
		t.Fatal("the rules could not be changed")
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, file, changed)
}

// rescore runs the command, and reads its report.
func rescore(t *testing.T, data string, flags ...string) rescoring.Report {
	t.Helper()
	cmd := program(t, append([]string{"instrument", "rescore", "--data", data, "--format", "json"}, flags...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", flags, err, &stderr)
	}
	var report struct {
		rescoring.Report
		Rules []any `json:"rules"`
	}
	if err := json.Unmarshal(out, &report); err != nil || len(report.Rules) == 0 {
		t.Fatalf("%v\n%s", err, out)
	}
	return report.Report
}

// moves writes a report's moves in one line.
func moves(r rescoring.Report) string {
	var out []string
	for _, m := range r.Moves {
		out = append(out, fmt.Sprintf("%d %s %s>%s", m.Records, m.Direction, m.From, m.To))
	}
	return strings.Join(out, ", ")
}

// A deployment publishes rules, looks at what they would move, applies them,
// and reads both results afterwards.
func TestNewRulesAreLookedAtAppliedAndExplained(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	server := serve(t, data, "--demo")
	receipts, err := send(t.Context(), server.base, []offered{
		triage(t, nil),
		triage(t, map[string][]string{"T06": {"perm"}}),
		triage(t, map[string][]string{"T05": {"taken"}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []screening.Outcome{screening.NoTrigger, screening.NoTrigger, screening.Refer} {
		if receipts[i].Outcome != want {
			t.Fatalf("interview %d came out as %s, want %s", i, receipts[i].Outcome, want)
		}
	}
	raised, lowered := receipts[1].Record, receipts[2].Record

	// A file from outside, for a look, beside the running server.
	file := filepath.Join(t.TempDir(), "rules.json")
	changedTriage(t, file)
	const wanted = "1 down REFER>NO_TRIGGER, 1 up NO_TRIGGER>REFER"
	look := rescore(t, data, "--rules", file, "--dry-run")
	if got := moves(look); got != wanted || look.Applied || look.Unmoved != 1 || look.Seen != 3 {
		t.Errorf("got %q of %+v, want %q", got, look, wanted)
	}
	if len(look.Lowerings) != 1 || string(look.Lowerings[0].Record) != lowered || look.Lowerings[0].Agency != "demo" {
		t.Errorf("got lowerings %+v, want %s", look.Lowerings, lowered)
	}
	if other := rescore(t, data, "--rules", file, "--dry-run", "--agency", "another"); other.Seen != 0 {
		t.Errorf("another agency: %d records", other.Seen)
	}

	// Published, it is applied while the server does not run.
	changedTriage(t, filepath.Join(data, "instruments", "triage-border", "1.0.0", "rules", "1.1.0.json"))
	apply := []string{"--rules", "triage-border@1.1.0", "--apply", "--reason", "rules_mistake"}
	oneLine(t, refused(t, append([]string{"instrument", "rescore", "--data", data}, apply...)...),
		fmt.Sprintf("is in use by another waymark (process %d); stop it, run this again and start it again", server.cmd.Process.Pid))
	server.stop(t)
	if got := moves(rescore(t, data, apply...)); got != wanted {
		t.Errorf("applied %q, want %q", got, wanted)
	}
	for _, flags := range [][]string{apply, {"--rules", "triage-border@1.1.0", "--dry-run"}} {
		again := rescore(t, data, flags...)
		if len(again.Moves) != 0 || again.Unmoved != 3 || len(again.Lowerings) != 1 || !again.Lowerings[0].Waiting {
			t.Errorf("%v a second time: got %+v, want nothing moved and one lowering that waits", flags, again)
		}
	}

	server = serve(t, data, "--demo")
	supervisor := signedIn(t, server.base, "supervisor")
	up := get[openapi.Record](t, supervisor, "/v1/records/"+raised)
	if up.Outcome != screening.Refer || up.Rules != "triage-border@1.1.0" || len(up.Earlier) != 1 || up.Offered != nil {
		t.Fatalf("got %+v", up)
	}
	if e := up.Earlier[0]; e.Outcome != screening.NoTrigger || e.Rules != "triage-border@1.0.0" || e.Reason != openapi.RecordResultReasonRulesMistake || e.Day == "" {
		t.Errorf("the result before: got %+v", e)
	}
	now, before := get[openapi.Explanation](t, supervisor, "/v1/records/"+raised+"/explanation"), get[openapi.Explanation](t, supervisor, "/v1/records/"+raised+"/explanation?rules=1.0.0")
	if now.Rule.Line != "T2" || now.Rules != "triage-border@1.1.0" || before.Rule.Line != "T4" || before.Outcome != screening.NoTrigger || before.Rules != "triage-border@1.0.0" {
		t.Errorf("explained as %s %s, and before as %s %s", now.Rules, now.Rule.Line, before.Rules, before.Rule.Line)
	}
	down := get[openapi.Record](t, supervisor, "/v1/records/"+lowered)
	if down.Outcome != screening.Refer || down.Rules != "triage-border@1.0.0" || down.Offered == nil || down.Offered.Outcome != screening.NoTrigger || len(down.Earlier) != 0 {
		t.Errorf("what would be lowered: got %+v", down)
	}
	queue := get[openapi.ReviewList](t, supervisor, "/v1/reviews")
	if len(queue.Reviews) != 2 {
		t.Fatalf("%d reviews wait, want the raised one and the one to lower", len(queue.Reviews))
	}
	for _, v := range queue.Reviews {
		kind := map[string]string{raised: "new_result", lowered: "lowering_offered"}[v.ID]
		if v.Outcome != screening.Refer || len(v.History) != 1 || v.History[0].Kind != kind || v.History[0].By != "cli" || v.History[0].Reason != "rules_mistake" {
			t.Errorf("got review %+v", v)
		}
	}
	// New interviews are scored by the newest rules, unless the deployment says
	// otherwise.
	for _, step := range []struct {
		flags string
		want  screening.Outcome
	}{{"", screening.Refer}, {"--rules=triage-border@1.0.0=1.0.0", screening.NoTrigger}} {
		if step.flags != "" {
			server.stop(t)
			server = serve(t, data, "--demo", step.flags)
		}
		fresh, err := send(t.Context(), server.base, []offered{triage(t, map[string][]string{"T06": {"perm"}})})
		if err != nil || fresh[0].Outcome != step.want {
			t.Errorf("with %q a new interview comes out as %+v, %v; want %s", step.flags, fresh, err, step.want)
		}
	}
	server.stop(t)
	oneLine(t, refused(t, "serve", "--data", data, "--rules", "triage-border@1.0.0=9.0.0"), "triage-border@1.0.0 has no rules 9.0.0; it has 1.1.0, 1.0.0")
}

func signedIn(t *testing.T, base, name string) *rehearsal.Client {
	t.Helper()
	c, err := rehearsal.SignIn(t.Context(), base, "demo", name, "demo-"+name+"-password", http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func get[T any](t *testing.T, c *rehearsal.Client, path string) (out T) {
	t.Helper()
	if _, err := c.Call(t.Context(), http.MethodGet, path, nil, nil, &out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}
