package handlers_test

import (
	"encoding/json"
	"testing"

	"waymark/fault"
	"waymark/handlers"
)

// FuzzReadOffer holds that an element of a batch is an interview, a sealed one,
// or a fault of the client's, and that what was read once is read again in the
// same way, as quarantine does.
func FuzzReadOffer(f *testing.F) {
	open, err := json.Marshal(interview())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(open)
	f.Add([]byte(`{"id":"0199b0d4-5c00-7000-8000-000000000001","author":"usr_1","sealed":{"key":"2026q4","encapsulated":"BAAA","ciphertext":"AAAA"}}`))
	f.Add([]byte(`{"sealed":null}`))
	f.Add([]byte(`{"answers":{"sealed":["x"]}}`))
	f.Add([]byte(`{"id":"a","id":"b"}`))
	f.Fuzz(func(t *testing.T, item []byte) {
		o := handlers.ReadOffer(item)
		kinds := 0
		for _, is := range []bool{o.Interview != nil, o.Sealed != nil, o.Fault != nil} {
			if is {
				kinds++
			}
		}
		if kinds != 1 {
			t.Fatalf("an offer of %d kinds: %+v", kinds, o)
		}
		if o.Fault != nil {
			if code := fault.CodeOf(o.Fault); code != fault.Invalid && code != fault.MalformedJSON {
				t.Fatalf("got %v", o.Fault)
			}
			return
		}
		again := handlers.ReadOffer(append([]byte(nil), o.Body...))
		if (again.Interview != nil) != (o.Interview != nil) || (again.Sealed != nil) != (o.Sealed != nil) || again.ID != o.ID || string(again.Body) != string(o.Body) {
			t.Fatalf("read again it is another: %+v and %+v", o, again)
		}
	})
}
