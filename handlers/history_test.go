package handlers_test

import (
	"testing"

	"pgregory.net/rapid"

	"waymark/openapi"
)

// SYN-5: interviews that come in any order, any number of times, in any batches,
// in clear and sealed and with another body under the same id end as if each had
// come once: the first body stays.
func TestSYN5HistoriesEndLikeTheirModel(t *testing.T) {
	h := start(t, options{})
	d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor")
	author := d.holder(t, h, "caseworker")
	d = d.signIn(t, h, "caseworker")
	nationalities := []string{"ET", "KE"}
	rapid.Check(t, func(rt *rapid.T) {
		// What is offered: an interview in clear, another under its id, and both
		// sealed.
		offers := make([][]map[string]any, rapid.IntRange(1, 5).Draw(rt, "interviews"))
		for i := range offers {
			item := interview()
			other := interview(with("id", item["id"]), with("nationality", nationalities[1]))
			offers[i] = []map[string]any{item, other, h.seal(t, author, item), h.seal(t, author, other)}
		}
		first, records := map[int]int{}, map[int]string{} // by interview: the body that came first, and its record
		for range rapid.IntRange(1, 4).Draw(rt, "batches") {
			var (
				picks [][2]int
				items []map[string]any
			)
			for range rapid.IntRange(1, 8).Draw(rt, "items") {
				pick := [2]int{rapid.IntRange(0, len(offers)-1).Draw(rt, "interview"), rapid.IntRange(0, 3).Draw(rt, "body")}
				picks, items = append(picks, pick), append(items, offers[pick[0]][pick[1]])
			}
			for i, r := range receipts(t, d.do(t, h, "POST", "/v1/submissions", batch(items...))) {
				which, body := picks[i][0], picks[i][1]
				want := openapi.ReceiptStatusDuplicate
				if known, ok := first[which]; !ok {
					first[which], records[which], want = body, r.Record, openapi.ReceiptStatusStored
				} else if known != body {
					want = openapi.ReceiptStatusConflict
				}
				if r.Status != want || r.ID != items[i]["id"] {
					rt.Fatalf("item %d: got %s of %s, want %s", i, r.Status, r.ID, want)
				}
				if want != openapi.ReceiptStatusConflict && r.Record != records[which] {
					rt.Fatalf("item %d: got record %s, want %s", i, r.Record, records[which])
				}
			}
		}
		for which, body := range first {
			got := decode[openapi.Record](t, h.do(t, "alpha/supervisor", "GET", "/v1/records/"+records[which], nil))
			if want := nationalities[body%2]; got.Nationality != want {
				rt.Fatalf("interview %d: the record is of %s, want %s", which, got.Nationality, want)
			}
		}
	})
}
