package privacy_test

import (
	"encoding/base64"
	"testing"

	"waymark/privacy"
)

func TestSigningKeyIsTheSameInEveryProcessAndDiffersByRootTenantAndPurpose(t *testing.T) {
	keys := newKeys(t)
	again, err := privacy.ParseKeys(keys.FileText())
	if err != nil {
		t.Fatal(err)
	}
	public := func(k *privacy.Keys, p privacy.Purpose, tenant string) string {
		bytes, err := k.SigningKey(p, tenant).PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return string(bytes)
	}
	want := public(keys, privacy.ForTrust, "alpha")
	if public(again, privacy.ForTrust, "alpha") != want {
		t.Error("another process derives another key")
	}
	for name, got := range map[string]string{
		"another root":    public(newKeys(t), privacy.ForTrust, "alpha"),
		"another tenant":  public(keys, privacy.ForTrust, "beta"),
		"another purpose": public(keys, privacy.ForNonces, "alpha"),
	} {
		if got == want {
			t.Errorf("%s has the same key", name)
		}
	}
}

// A changed derivation would make every tablet refuse its server.
func TestSigningKeyOfAKnownRootNeverChanges(t *testing.T) {
	keys, err := privacy.NewKeys(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := keys.SigningKey(privacy.ForTrust, "alpha").PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := base64.RawURLEncoding.EncodeToString(bytes), "BJD_gWDtLGrofHJdXEcQS7vGAvXb3dYALCBN6E6CJdrzAjVhsf05QY5a2BQ_f_IjBqrpAxpRglPZeg95fXt0eKk"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
