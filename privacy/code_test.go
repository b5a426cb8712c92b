package privacy_test

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"waymark/privacy"
)

func TestCodeIsReadHoweverItIsTyped(t *testing.T) {
	form := regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}[0-9A-HJKMNP-Z]$`)
	for range 200 {
		code, err := privacy.NewCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		text := code.Encode()
		if !form.MatchString(text) {
			t.Fatal("a code has another form")
		}
		for name, typed := range map[string]string{
			"as written":        text,
			"in small letters":  strings.ToLower(text),
			"without hyphens":   strings.ReplaceAll(text, "-", ""),
			"with spaces":       " " + strings.ReplaceAll(text, "-", " ") + " ",
			"O for 0":           strings.ReplaceAll(text, "0", "o"),
			"l for 1":           strings.ReplaceAll(text, "1", "l"),
			"I for 1, anywhere": strings.ReplaceAll(text, "1", "I"),
		} {
			if got, err := privacy.ParseCode(typed); err != nil || got != code {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

func TestMistypedCodeIsNoticed(t *testing.T) {
	code, err := privacy.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text := code.Encode()
	swapped := []byte(text)
	for i := 1; i < len(swapped)-2; i++ { // two neighbours that differ
		if swapped[i] != swapped[i+1] && swapped[i] != '-' && swapped[i+1] != '-' {
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			break
		}
	}
	other := map[bool]string{true: "2", false: "3"}[text[5] != '2']
	for name, typed := range map[string]string{
		"empty": "", "one character changed": text[:5] + other + text[6:], "two neighbours swapped": string(swapped),
		"cut short": text[:len(text)-1], "with a tail": text + "0", "a megabyte": strings.Repeat("0", 1<<20),
		"other letters": strings.Repeat("ü", 27), "too great a number": strings.Repeat("Z", 27),
	} {
		if _, err := privacy.ParseCode(typed); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}

func TestCodeDoesNotPrintAndItsIDTellsNothing(t *testing.T) {
	keys := newKeys(t)
	code, err := privacy.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %s", code, code, code); text != "[code] [code] [code]" {
		t.Errorf("a code prints %s", text)
	}
	first, second := keys.CodeID(code), keys.CodeID(code)
	if first != second || first == newKeys(t).CodeID(code) {
		t.Error("the id of a code is not its own under each key")
	}
	if keys.DeviceID("alpha", "key") == keys.DeviceID("beta", "key") || keys.DeviceID("alpha", "key") == keys.DeviceID("alpha", "yek") {
		t.Error("two devices have one id")
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("0000-0000-0000-0000-0000-0000-000")
	f.Add("7zzz-zzzz-zzzz-zzzz-zzzz-zzzz-zz*")
	f.Fuzz(func(t *testing.T, text string) {
		code, err := privacy.ParseCode(text)
		if err != nil {
			return
		}
		if again, err := privacy.ParseCode(code.Encode()); err != nil || again != code {
			t.Fatalf("%q does not come back: %v", text, err)
		}
	})
}
