package handlers_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/submission"
	"waymark/store/ferrettest"
)

// holder signs somebody in on a tablet and gives their reference.
func (d *tablet) holder(t testing.TB, h *harness, name string) string {
	t.Helper()
	return decode[openapi.Token](t, d.alone().do(t, h, "POST", "/v1/auth/token", signInBody(name))).Ref
}

// sealedAs seals a text as a tablet of an agency does, on a day.
func (h *harness) sealedAs(t testing.TB, agency, id, author string, plain []byte, day privacy.Day) map[string]any {
	t.Helper()
	e, err := h.keys.IntakeKey(agency, day).Seal(agency, id, plain)
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding
	return map[string]any{"id": id, "author": author, "sealed": map[string]any{
		"key": e.Key, "encapsulated": enc.EncodeToString(e.Encapsulated), "ciphertext": enc.EncodeToString(e.Ciphertext),
	}}
}

// seal seals an interview of alpha, today.
func (h *harness) seal(t testing.TB, author string, item map[string]any) map[string]any {
	t.Helper()
	plain, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	return h.sealedAs(t, "alpha", item["id"].(string), author, plain, privacy.DayOf(time.Now()))
}

// withSealed changes what is sealed in an item.
func withSealed(item map[string]any, name string, value any) map[string]any {
	out := maps.Clone(item)
	sealed := maps.Clone(item["sealed"].(map[string]any))
	sealed[name] = value
	out["sealed"] = sealed
	return out
}

func receipts(t testing.TB, r reply) []openapi.Receipt {
	t.Helper()
	return decode[openapi.ReceiptList](t, r).Receipts
}

// deliver sends interviews as a tablet on its own.
func (h *harness) deliver(t testing.TB, who string, items ...map[string]any) []openapi.Receipt {
	t.Helper()
	return receipts(t, h.do(t, who, "POST", "/v1/submissions", batch(items...)))
}

func TestSealedInterviewIsScoredLikeOneInClear(t *testing.T) {
	for name, o := range map[string]func(*testing.T) options{
		"SQLite":  func(*testing.T) options { return options{} },
		"MongoDB": func(t *testing.T) options { return options{mongo: ferrettest.Start(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			useContract(t)
			h := start(t, o(t))
			d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor")
			author := d.holder(t, h, "officer")
			open, sealed := h.submit(t, interview())[0], interview(with("claimed", map[string]any{"outcome": "STRONG_TIP"}))

			// Whoever held it is told the result; who only delivers is not.
			mine := receipts(t, d.signIn(t, h, "officer").do(t, h, "POST", "/v1/submissions", batch(h.seal(t, author, sealed))))[0]
			if mine.Status != openapi.ReceiptStatusStored || mine.Outcome != open.Outcome || mine.NextStep == nil || mine.Agreed == nil || !*mine.Agreed {
				t.Errorf("the officer gets %+v", mine)
			}
			other := interview()
			if got := h.deliver(t, "alpha/tablet", h.seal(t, author, other))[0]; got.Status != openapi.ReceiptStatusStored || got.ID != other["id"] ||
				got.Outcome != "" || got.Record != "" || got.Review != "" || got.NextStep != nil || got.Agreed != nil {
				t.Errorf("the tablet gets %+v", got)
			}

			list := decode[openapi.RecordList](t, h.do(t, "alpha/supervisor", "GET", "/v1/records", nil)).Records
			if len(list) != 3 {
				t.Fatalf("%d records, want 3", len(list))
			}
			for _, r := range list {
				if want := map[bool]string{false: d.id}[r.ID == open.Record]; r.Device != want {
					t.Errorf("record %s came from %q, want %q", r.ID, r.Device, want)
				}
				if r.Outcome != screening.StrongTIP || r.Site != "north" || r.Nationality != "ET" || r.AnswersUntil == "" {
					t.Errorf("the record is %+v", r)
				}
			}
			events, err := h.store.Events(t.Context(), "alpha", submission.RecordID(mine.Record))
			if err != nil || len(events) != 1 || events[0].Actor != author || events[0].Role != "officer" {
				t.Errorf("events %+v, %v", events, err)
			}
		})
	}
}

// SYN-1, SYN-2 and SYN-6 for sealed interviews.
func TestSealedInterviewIsKeptOnceWhoeverDeliversIt(t *testing.T) {
	h := start(t, options{})
	d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor")
	author := d.holder(t, h, "officer")
	item := interview()
	sealed := h.seal(t, author, item)
	h.enrol(t, "alpha/other").confirm(t, h, "alpha/supervisor")
	colleague := d.signIn(t, h, "caseworker")
	for _, step := range []struct {
		name   string
		got    []openapi.Receipt
		status openapi.ReceiptStatus
		code   string
	}{
		{"the tablet", h.deliver(t, "alpha/tablet", sealed), "stored", ""},
		{"the tablet again", h.deliver(t, "alpha/tablet", sealed), "duplicate", ""},
		{"a colleague on it", receipts(t, colleague.do(t, h, "POST", "/v1/submissions", batch(sealed))), "duplicate", ""},
		{"another sealing of the same id", h.deliver(t, "alpha/tablet", h.seal(t, author, item)), "conflict", "submission_conflict"},
		{"the same in clear", receipts(t, h.do(t, "alpha/caseworker", "POST", "/v1/submissions", batch(item))), "conflict", "submission_conflict"},
		{"a tablet that its author never held", h.deliver(t, "alpha/other", sealed), "rejected", "author_unknown"},
	} {
		r := step.got[0]
		if r.Status != step.status || r.Outcome != "" || r.Record != "" || r.NextStep != nil {
			t.Errorf("%s: got %+v", step.name, r)
		}
		code := ""
		if r.Problem != nil {
			code = r.Problem.Code
		}
		if code != step.code {
			t.Errorf("%s: got %q, want %q", step.name, code, step.code)
		}
	}
	if n := h.count(t, "alpha/supervisor"); n != 1 {
		t.Errorf("%d records, want 1", n)
	}
}

// SYN-4 and INJ for what is inside: it is read as strictly as what is not.
func TestWhatIsSealedIsNotTrusted(t *testing.T) {
	h := start(t, options{})
	d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor")
	author, today := d.holder(t, h, "officer"), privacy.DayOf(time.Now())
	good := interview()
	id := good["id"].(string)
	sealed := h.seal(t, author, good)
	raw := func(text string) map[string]any {
		return h.sealedAs(t, "alpha", id, author, []byte(text), today)
	}
	text, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	flipped := []byte(sealed["sealed"].(map[string]any)["ciphertext"].(string))
	flipped[10] = map[bool]byte{true: 'A', false: 'B'}[flipped[10] != 'A']
	twice, err := json.Marshal(sealed)
	if err != nil {
		t.Fatal(err)
	}
	foreign := h.sealedAs(t, "beta", id, author, text, today)
	moved := h.seal(t, author, good)
	moved["id"] = interview()["id"]
	for name, tt := range map[string]struct {
		item          map[string]any
		code, pointer string
	}{
		"a flipped bit":               {withSealed(sealed, "ciphertext", string(flipped)), "sealed_unreadable", ""},
		"cut short":                   {withSealed(sealed, "ciphertext", "AAAA"), "sealed_unreadable", ""},
		"no point of the curve":       {withSealed(sealed, "encapsulated", strings.Repeat("A", 87)), "sealed_unreadable", ""},
		"sealed for another agency":   {foreign, "sealed_unreadable", ""},
		"under another id":            {moved, "sealed_unreadable", ""},
		"another id inside":           {h.sealedAs(t, "alpha", interview()["id"].(string), author, text, today), "sealed_unreadable", ""},
		"sealed twice":                {raw(string(twice)), "sealed_unreadable", ""},
		"no JSON":                     {raw("CANARY"), "sealed_unreadable", ""},
		"a name twice":                {raw(`{"id":"a","id":"b"}`), "sealed_unreadable", ""},
		"an unknown name":             {raw(`{"id":"` + id + `","role":"supervisor"}`), "invalid", "/items/0/role"},
		"an operator":                 {raw(strings.Replace(string(text), `"version":"1.0.0"`, `"version":{"$ne":1}`, 1)), "invalid", "/items/0/version"},
		"another way of writing it":   {raw(strings.Replace(string(text), `"nationality"`, `"Nationality"`, 1)), "invalid", "/items/0/Nationality"},
		"a nationality that is none":  {raw(strings.Replace(string(text), `"ET"`, `"XX"`, 1)), "invalid", "/items/0/nationality"},
		"not base64":                  {withSealed(sealed, "ciphertext", "€€"), "invalid", "/items/0/sealed/ciphertext"},
		"base64 with padding":         {withSealed(sealed, "encapsulated", "AA=="), "invalid", "/items/0/sealed/encapsulated"},
		"a key that is no text":       {withSealed(sealed, "key", map[string]any{"$gt": ""}), "invalid", "/items/0/sealed/key"},
		"an endless key":              {withSealed(sealed, "key", strings.Repeat("q", 41)), "invalid", "/items/0/sealed/key"},
		"no key":                      {withSealed(sealed, "key", ""), "invalid", "/items/0/sealed/key"},
		"an id that is none":          {h.sealedAs(t, "alpha", "7", author, text, today), "invalid", "/items/0/id"},
		"sealed is no object":         {map[string]any{"id": id, "author": author, "sealed": "x"}, "invalid", "/items/0/sealed"},
		"both in clear and sealed":    {both(good, sealed), "invalid", ""},
		"nobody's":                    {h.seal(t, "usr_nobody", good), "author_unknown", ""},
		"the tablet's own":            {h.seal(t, d.id, good), "author_unknown", ""},
		"in clear, from a tablet":     {good, "sealed_only", ""},
		"in clear and sealed is null": {both(good, map[string]any{"sealed": nil}), "invalid", ""},
	} {
		r := h.deliver(t, "alpha/tablet", tt.item)[0]
		if r.Status != openapi.ReceiptStatusRejected || r.Problem == nil || r.Problem.Code != tt.code {
			t.Errorf("%s: got %+v %+v, want %s", name, r, r.Problem, tt.code)
			continue
		}
		if tt.pointer != "" && (len(r.Problem.Errors) == 0 || r.Problem.Errors[0].Pointer != tt.pointer) {
			t.Errorf("%s: got %+v, want %s", name, r.Problem.Errors, tt.pointer)
		}
	}
	if n := h.count(t, "alpha/supervisor"); n != 0 {
		t.Errorf("%d records were made", n)
	}
	h.stop()
	h.wantNowhere(t, "CANARY")
}

func both(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// ADR 6 for sealed interviews: the receipt settles the item, and nothing of it
// is kept.
func TestSealedInterviewWithoutConsentToKeepDataIsSettledAndNotKept(t *testing.T) {
	h := start(t, options{})
	d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor")
	author := d.holder(t, h, "officer")
	no := with("consent", map[string]bool{"interview": true, "data": false})
	for name, item := range map[string]map[string]any{
		"as it should be":       interview(no),
		"and wrong besides":     interview(no, with("nationality", "XX")),
		"of an unknown version": interview(no, with("version", "7.0.0")),
	} {
		r := h.deliver(t, "alpha/tablet", h.seal(t, author, item))[0]
		if r.ID != item["id"] || r.Status != openapi.ReceiptStatusRejected || r.Problem.Code != "data_consent_missing" {
			t.Errorf("%s: got %+v", name, r)
		}
	}
	if n := h.count(t, "alpha/supervisor"); n != 0 {
		t.Errorf("%d records were made", n)
	}
}

// A tablet may know a key that the server has not: another server made it, or
// a key file is to be put back. What it sends is kept, and opened when the key
// is there.
func TestInterviewSealedToAnUnknownKeyWaitsForIt(t *testing.T) {
	ahead := time.Now().AddDate(0, 7, 0)
	h := start(t, options{})
	d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor")
	author := d.holder(t, h, "officer")
	seal := func(item map[string]any) map[string]any {
		text, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		return h.sealedAs(t, "alpha", item["id"].(string), author, text, privacy.DayOf(ahead))
	}
	linked := h.submit(t, interview(with("case_reference", "MS-CANARY")))[0].Record
	waits := seal(interview(with("case_reference", "ms canary")))
	unwanted := seal(interview(with("consent", map[string]bool{"interview": true, "data": false})))
	broken := withSealed(seal(interview()), "ciphertext", "AAAA")
	for i, r := range h.deliver(t, "alpha/tablet", waits, unwanted, broken) {
		if r.Status != openapi.ReceiptStatusQuarantined || r.Problem.Code != "intake_key_unknown" {
			t.Errorf("item %d: got %+v %+v", i, r, r.Problem)
		}
	}
	queue := decode[openapi.ReviewList](t, h.do(t, "alpha/supervisor", "GET", "/v1/reviews", nil)).Reviews
	if len(queue) != 4 || queue[0].Record.Quarantine != "unknown_key" || queue[0].Clock != "same_day" {
		t.Fatalf("the queue holds %d, the first %+v", len(queue), queue[0])
	}
	h.stop()

	later := start(t, options{files: h, now: func() time.Time { return ahead }})
	later.tablets["alpha/tablet"] = d.alone()
	if later.retried != (submission.Retried{Released: 2, Kept: 1}) {
		t.Errorf("got %+v, want one scored, one taken away, one still waiting", later.retried)
	}
	list := decode[openapi.RecordList](t, later.do(t, "alpha/supervisor", "GET", "/v1/records", nil)).Records
	scored, quarantined := 0, 0
	var subjects []string
	for _, r := range list {
		switch {
		case r.Status == openapi.RecordStatusQuarantined:
			quarantined++
		case r.ID == linked:
			subjects = append(subjects, r.Subject)
		default:
			scored++
			subjects = append(subjects, r.Subject)
			if r.Outcome != screening.StrongTIP || r.Device != d.id {
				t.Errorf("the released record is %+v", r)
			}
		}
	}
	if scored != 1 || quarantined != 1 {
		t.Errorf("%d scored and %d quarantined, want one each", scored, quarantined)
	}
	if len(subjects) != 2 || subjects[0] != subjects[1] {
		t.Errorf("the case reference inside does not link: %v", subjects)
	}
	if again := later.deliver(t, "alpha/tablet", waits)[0]; again.Status != openapi.ReceiptStatusDuplicate {
		t.Errorf("sent again after its release: %+v", again)
	}
}

// TAB-6: a revoked tablet delivers what it has sealed and nothing else.
func TestDrainingTabletDeliversSealedInterviewsOnly(t *testing.T) {
	h := start(t, options{})
	d := h.enrol(t, "alpha/drained").confirm(t, h, "alpha/supervisor")
	author := d.holder(t, h, "officer")
	h.drain(t, d)
	got := h.deliver(t, "alpha/drained", h.seal(t, author, interview()), interview())
	if got[0].Status != openapi.ReceiptStatusStored || got[1].Status != openapi.ReceiptStatusRejected || got[1].Problem.Code != "sealed_only" {
		t.Errorf("got %+v", got)
	}
	for _, path := range []string{"/v1/bundle", "/v1/bundle/en/interview", "/v1/records", "/v1/reviews"} {
		wantProblem(t, h.do(t, "alpha/drained", "GET", path, nil), 403, "forbidden")
	}
}
