package main_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"waymark/locales"
)

// oneLine checks that a refusal is one clear line.
func oneLine(t *testing.T, got, want string) {
	t.Helper()
	if lines := strings.Count(strings.TrimSpace(got), "\n"); lines != 0 || !strings.HasPrefix(got, "waymark: ") || !strings.Contains(got, want) {
		t.Errorf("got %q, want one line with %q", got, want)
	}
}

func TestStartIsRefusedWithOneClearLine(t *testing.T) {
	// prepare makes a data directory that a server has used.
	prepare := func(t *testing.T) string {
		t.Helper()
		data := filepath.Join(t.TempDir(), "data")
		serve(t, data).stop(t)
		return data
	}
	tests := []struct {
		name   string
		change func(t *testing.T, data string)
		want   string
	}{
		{"the records' key is missing", func(t *testing.T, data string) {
			remove(t, filepath.Join(data, "keys", "records.key"))
		}, "records.key is missing, and"},
		{"the vault's key is missing", func(t *testing.T, data string) {
			remove(t, filepath.Join(data, "keys", "vault.key"))
		}, "vault.key is missing, and"},
		{"the answers' key is missing", func(t *testing.T, data string) {
			remove(t, filepath.Join(data, "keys", "answers.key"))
		}, "answers.key is missing, and"},
		{"the answers' key is another one", func(t *testing.T, data string) {
			text, err := os.ReadFile(filepath.Join(prepare(t), "keys", "answers.key"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(data, "keys", "answers.key"), string(text))
		}, "answers.db was written with another key"},
		{"the key is another one", func(t *testing.T, data string) {
			other := prepare(t)
			text, err := os.ReadFile(filepath.Join(other, "keys", "records.key"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(data, "keys", "records.key"), string(text))
		}, "was written with another key"},
		{"the keys are swapped", func(t *testing.T, data string) {
			a, b := filepath.Join(data, "keys", "records.key"), filepath.Join(data, "keys", "vault.key")
			text, err := os.ReadFile(b)
			if err != nil {
				t.Fatal(err)
			}
			write(t, a, string(text))
		}, "was written with another key"},
		{"the key is cut short", func(t *testing.T, data string) {
			write(t, filepath.Join(data, "keys", "records.key"), "waymark-key-1 AAAA\n")
		}, "a root key has 32 bytes"},
		{"the key is something else", func(t *testing.T, data string) {
			write(t, filepath.Join(data, "keys", "records.key"), "-----BEGIN CERTIFICATE-----\n")
		}, "not a Waymark key"},
		{"the key is readable by others", func(t *testing.T, data string) {
			chmod(t, filepath.Join(data, "keys", "records.key"), 0o644)
		}, "chmod 600"},
		{"the token key is damaged", func(t *testing.T, data string) {
			write(t, filepath.Join(data, "keys", "token.pem"), "junk")
		}, "not a PEM private key"},
		{"the schema is newer", func(t *testing.T, data string) {
			newerSchema(t, filepath.Join(data, "records.db"))
		}, "was written by a newer Waymark (schema 99, this one knows 4)"},
		{"the file is no database", func(t *testing.T, data string) {
			write(t, filepath.Join(data, "records.db"), strings.Repeat("this is not a database ", 1000))
		}, "records.db"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data := prepare(t)
			tt.change(t, data)
			before := contents(t, data)
			oneLine(t, refused(t, "serve", "--data", data, "--addr", "127.0.0.1:0"), tt.want)
			for name, text := range contents(t, data) {
				if before[name] != text && !strings.HasSuffix(name, "lock") && !strings.Contains(name, ".db") {
					t.Errorf("the refusal changed %s", name)
				}
			}
		})
	}
}

func TestBusyDataDirectoryIsRefused(t *testing.T) {
	data := t.TempDir()
	p := serve(t, data)
	oneLine(t, refused(t, "serve", "--data", data, "--addr", "127.0.0.1:0"),
		fmt.Sprintf("is in use by another waymark (process %d)", p.cmd.Process.Pid))
	p.kill(t)
	serve(t, data).stop(t) // a killed server leaves nothing in the way
}

// CFG-1: settings that would be dangerous.
func TestDangerousSettingsAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		flags []string
		want  string
	}{
		"plain HTTP to everyone":              {[]string{"--addr", "0.0.0.0:0"}, "can be reached from other machines"},
		"plain HTTP to everyone, by name":     {[]string{"--addr", ":0"}, "can be reached from other machines"},
		"plain HTTP over IPv6":                {[]string{"--addr", "[::]:0"}, "can be reached from other machines"},
		"the demo behind a proxy":             {[]string{"--demo", "--behind-proxy"}, "loopback address only"},
		"the demo for everyone":               {[]string{"--demo", "--addr", "0.0.0.0:0", "--behind-proxy"}, "loopback address only"},
		"a certificate without its key":       {[]string{"--tls-cert", "x.pem"}, "belong together"},
		"an address that is none":             {[]string{"--addr", "everywhere"}, "is not an address"},
		"a lease of no time":                  {[]string{"--device-lease", "0s"}, "mend the --device flags"},
		"a tablet that locks at once":         {[]string{"--device-idle", "1s"}, "mend the --device flags"},
		"keeping for no day":                  {[]string{"--keep-indication", "0"}, "one day at the least"},
		"keeping answers too long":            {[]string{"--keep-answers", "31"}, "up to 30, which is what people are told"},
		"keeping what nobody scored too long": {[]string{"--keep-quarantined", "31"}, "up to 30: such an interview holds its answers"},
		"keeping some answers too long":       {[]string{"--keep-answers-of", "child-module=31"}, "up to 30, which is what people are told"},
		"keeping answers for less than 0":     {[]string{"--keep-answers=-1"}, "or 0 for keeping none"},
		"keeping answers of nothing":          {[]string{"--keep-answers-of", "x=1"}, "there is no instrument"},
	} {
		t.Run(name, func(t *testing.T) {
			oneLine(t, refused(t, append([]string{"serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0"}, tt.flags...)...), tt.want)
		})
	}
}

// What people are told before they agree has to be true of every deployment.
func TestPeopleAreToldForHowLongAnswersAreKeptAtTheMost(t *testing.T) {
	var texts map[string]json.RawMessage
	data, err := fs.ReadFile(locales.Shipped(), "app/en.json")
	if err == nil {
		err = json.Unmarshal(data, &texts)
	}
	if err != nil {
		t.Fatal(err)
	}
	if text := string(texts["person.consent.data.text"]); !strings.Contains(text, "30 days") {
		t.Errorf("people are told %s", text)
	}
}

func TestFilesOfTheDataDirectoryAreForTheOwnerOnly(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	serve(t, data).stop(t)
	found := 0
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		found++
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %04o", path, info.Mode().Perm())
		}
		return nil
	})
	if err != nil || found < 7 {
		t.Fatalf("%d files were looked at: %v", found, err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func chmod(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func newerSchema(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// contents reads all files of a directory.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRoleBlockIsLeftOutByFlagOrEnvironment(t *testing.T) {
	for name, tt := range map[string]struct {
		flags []string
		env   string
		left  bool
	}{
		"asked":          {nil, "", false},
		"by flag":        {[]string{"--leave-out-role-block"}, "", true},
		"by environment": {nil, "true", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("WAYMARK_LEAVE_OUT_ROLE_BLOCK", tt.env)
			if tt.env == "" {
				if err := os.Unsetenv("WAYMARK_LEAVE_OUT_ROLE_BLOCK"); err != nil {
					t.Fatal(err)
				}
			}
			p := serve(t, filepath.Join(t.TempDir(), "data"), append(tt.flags, "--demo")...)
			catalogue := body(t, p.base+"/v1/instruments", signIn(t, p.base, "officer"))
			if got := strings.Contains(catalogue, `"left_out":["F08","H01","H02","H03","H04","H05"]`); got != tt.left {
				t.Errorf("left out: %t, want %t, in %.300s", got, tt.left, catalogue)
			}
			p.stop(t)
		})
	}
}

// signIn gives an access token of somebody of the demo agency.
func signIn(t *testing.T, base, name string) string {
	t.Helper()
	body := fmt.Sprintf(`{"grant_type":"password","agency":"demo","name":%q,"password":"demo-%s-password"}`, name, name)
	r, err := http.Post(base+"/v1/auth/token", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var token struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(r.Body).Decode(&token); err != nil || token.Token == "" {
		t.Fatalf("status %d: %v", r.StatusCode, err)
	}
	return token.Token
}

func body(t *testing.T, url, token string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %v", r.StatusCode, err)
	}
	return string(body)
}
