package catalog_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

func TestProgramDocumentCarriesTheVeryBytesThatTheDigestIsOf(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.All() {
		ref := e.Instrument.Ref()
		written, err := json.Marshal(e.ProgramDocument())
		if err != nil {
			t.Fatal(err)
		}
		var read catalog.ProgramDocument
		if err := json.Unmarshal(written, &read); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(read.Program)
		if got := hex.EncodeToString(sum[:]); got != read.Digest {
			t.Errorf("%s: got digest %s of the bytes, want %s", ref, got, read.Digest)
		}
		p, err := screening.ParseProgram(read.Program)
		if err != nil {
			t.Fatal(err)
		}
		if p.Instrument() != ref || p.Digest() != e.Program.Digest() {
			t.Errorf("%s: another program came back", ref)
		}
	}
}
