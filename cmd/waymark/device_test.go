package main_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"waymark/auth/proof/prooftest"
	"waymark/openapi"
)

// keyClient is a client with a key, as the app is.
type keyClient struct {
	base  string
	key   *prooftest.Key
	nonce string
	token string
}

// call sends a request with a proof, again with the newest nonce when it is asked
// to, and gives status and body.
func (c *keyClient) call(t *testing.T, method, path string, body any) (int, []byte) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		req, err := http.NewRequestWithContext(t.Context(), method, c.base+path, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("DPoP", c.key.Prove(t, prooftest.Request{Method: method, Address: c.base + path, Nonce: c.nonce, AccessToken: c.token}))
		if c.token != "" {
			req.Header.Set("Authorization", "DPoP "+c.token)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		c.nonce = res.Header.Get("DPoP-Nonce")
		if !bytes.Contains(answer, []byte("dpop_nonce_needed")) {
			return res.StatusCode, answer
		}
	}
	t.Fatalf("%s %s: no nonce is good", method, path)
	return 0, nil
}

func (c *keyClient) want(t *testing.T, method, path string, body any, status int, into any) {
	t.Helper()
	got, answer := c.call(t, method, path, body)
	if got != status {
		t.Fatalf("%s %s: got %d, want %d: %s", method, path, got, status, answer)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			t.Fatal(err)
		}
	}
}

func output(t *testing.T, args ...string) string {
	t.Helper()
	out, err := program(t, args...).Output()
	if err != nil {
		t.Fatalf("waymark %v: %v", args, err)
	}
	return string(out)
}

func password(name string) map[string]string {
	return map[string]string{"grant_type": "password", "agency": "demo", "name": name, "password": "demo-" + name + "-password"}
}

// The link that the demo prints enrols a browser, a supervisor confirms it, an
// officer signs in on it, and the tool revokes it, all beside the running server.
func TestTabletOfTheDemoIsEnrolledConfirmedUsedAndRevoked(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	server := serve(t, data, "--demo")
	link := regexp.MustCompile(regexp.QuoteMeta(server.base) + `/#enrol=(\S+)`).FindStringSubmatch(server.announced)
	if link == nil {
		t.Fatalf("no link is printed: %s", server.announced)
	}
	tablet := &keyClient{base: server.base, key: prooftest.NewKey(t)}
	var own openapi.OwnDevice
	tablet.want(t, "POST", "/v1/devices", map[string]string{"code": link[1]}, 201, &own)
	if own.Agency != "demo" || own.Site != "mae-sot" || own.Country != "TH" || own.State != openapi.OwnDeviceStatePending || own.Policy.Lease != 7*24*3600 {
		t.Errorf("got %+v", own)
	}
	tablet.want(t, "POST", "/v1/auth/token", password("officer"), 403, nil)

	if list := output(t, "device", "list", "--data", data, "--agency", "demo"); !strings.Contains(list, own.Fingerprint) || !strings.Contains(list, "pending") {
		t.Errorf("the list is %s", list)
	}
	supervisor := &keyClient{base: server.base, key: prooftest.NewKey(t)}
	var token openapi.Token
	supervisor.want(t, "POST", "/v1/auth/token", password("supervisor"), 200, &token)
	supervisor.token = token.AccessToken
	supervisor.want(t, "POST", "/v1/devices/"+own.ID+"/confirm", map[string]string{"fingerprint": own.Fingerprint}, 200, nil)

	tablet.want(t, "POST", "/v1/auth/token", password("officer"), 200, &token)
	if token.TokenType != openapi.TokenTokenTypeDPoP || token.Agency != "demo" || len(token.Sites) != 1 {
		t.Errorf("got %+v", token)
	}
	if said := output(t, "device", "revoke", "--data", data, "--agency", "demo", own.ID); !strings.Contains(said, "is revoked") {
		t.Errorf("revoking says %s", said)
	}
	tablet.want(t, "POST", "/v1/auth/token", password("officer"), 401, nil)
	if status, answer := tablet.call(t, "POST", "/v1/auth/token", password("officer")); status != 401 || !strings.Contains(string(answer), "device_revoked") {
		t.Errorf("got %d %s", status, answer)
	}
}

// The tool confirms what a person made the code for, and not what it made the
// code for itself.
func TestToolConfirmsOnlyWhatSomebodyElseMadeTheCodeFor(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	server := serve(t, data, "--demo")
	made := output(t, "device", "enrol", "--data", data, "--agency", "demo", "--site", "mae-sot", "--country", "TH", "--label", "tablet 8", "--url", server.base)
	code := regexp.MustCompile(`(?m)^code +(\S+)$`).FindStringSubmatch(made)
	if code == nil {
		t.Fatalf("no code is shown: %s", made)
	}
	administrator := &keyClient{base: server.base, key: prooftest.NewKey(t)}
	var token openapi.Token
	administrator.want(t, "POST", "/v1/auth/token", password("administrator"), 200, &token)
	administrator.token = token.AccessToken
	var enrolment openapi.Enrolment
	administrator.want(t, "POST", "/v1/devices/enrolments", map[string]string{"site": "mae-sot", "country": "TH", "label": "tablet 9"}, 201, &enrolment)

	enrol := func(code string) openapi.OwnDevice {
		t.Helper()
		var own openapi.OwnDevice
		(&keyClient{base: server.base, key: prooftest.NewKey(t)}).want(t, "POST", "/v1/devices", map[string]string{"code": code}, 201, &own)
		return own
	}
	tools, persons := enrol(code[1]), enrol(enrolment.Code)
	oneLine(t, refused(t, "device", "confirm", "--data", data, "--agency", "demo", tools.ID, tools.Fingerprint), "a supervisor of its site has to confirm it")
	oneLine(t, refused(t, "device", "confirm", "--data", data, "--agency", "demo", persons.ID, "0000 0000 0000"), "not the digits of the tablet")
	if said := output(t, "device", "confirm", "--data", data, "--agency", "demo", persons.ID, persons.Fingerprint); !strings.Contains(said, "tablet 9 at mae-sot is active") {
		t.Errorf("confirming says %s", said)
	}
	if list := output(t, "device", "list", "--data", data, "--agency", "demo"); !regexp.MustCompile(`tablet 9 +active`).MatchString(list) {
		t.Errorf("the list is %s", list)
	}
}

// Without --demo and --bearer-tokens nothing is given to a client without a key.
func TestBearerTokensAreGivenOnlyWhereTheDeploymentSaysSo(t *testing.T) {
	for _, flags := range [][]string{nil, {"--bearer-tokens"}} {
		server := serve(t, filepath.Join(t.TempDir(), "data"), flags...)
		res, err := http.Post(server.base+"/v1/auth/token", "application/json", strings.NewReader(`{"grant_type":"password","agency":"a","name":"b","password":"c"}`))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		want := "dpop_proof_needed"
		if flags != nil {
			want = "wrong_credentials"
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("with %v: got %s, want %s", flags, text, want)
		}
		server.stop(t)
	}
}
