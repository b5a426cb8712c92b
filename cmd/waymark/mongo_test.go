package main_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"waymark/openapi"
	"waymark/rehearsal"
	"waymark/store/ferrettest"
)

// Two servers share one MongoDB database and one directory of keys: what one
// stores the other knows, and neither doubles it.
func TestTwoServersOverOneMongoDatabase(t *testing.T) {
	uri := filepath.Join(t.TempDir(), "uri")
	write(t, uri, ferrettest.Start(t)+"\n")
	data := filepath.Join(t.TempDir(), "data")
	first := serve(t, data, "--demo", "--mongo-uri-file", uri)
	second := serve(t, data, "--demo", "--mongo-uri-file", uri)

	batch := []offered{offer(t, 1), offer(t, 2)}
	stored, err := send(t.Context(), first.base, batch)
	if err != nil {
		t.Fatal(err)
	}
	again, err := send(t.Context(), second.base, batch)
	if err != nil {
		t.Fatal(err)
	}
	for i := range batch {
		if stored[i].Status != openapi.ReceiptStatusStored || again[i].Status != openapi.ReceiptStatusDuplicate || stored[i].Record != again[i].Record {
			t.Errorf("interview %d: %s as %s, then %s as %s", i, stored[i].Status, stored[i].Record, again[i].Status, again[i].Record)
		}
	}
	supervisor, err := rehearsal.SignIn(t.Context(), second.base, "demo", "supervisor", "demo-supervisor-password", http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	var queue openapi.ReviewList
	if _, err := supervisor.Call(t.Context(), http.MethodGet, "/v1/reviews", nil, nil, &queue); err != nil || len(queue.Reviews) != 2 {
		t.Errorf("the queue holds %d, %v; want 2", len(queue.Reviews), err)
	}

	oneLine(t, refused(t, "serve", "--data", filepath.Join(t.TempDir(), "other"), "--addr", "127.0.0.1:0", "--mongo-uri-file", uri), "was written with another key")
	first.stop(t)
	second.stop(t)
	write(t, uri, "mongodb://user:CANARY@127.0.0.1:1/?connectTimeoutMS=200&serverSelectionTimeoutMS=200")
	line := refused(t, "serve", "--data", data, "--addr", "127.0.0.1:0", "--mongo-uri-file", uri)
	oneLine(t, line, "does not answer")
	write(t, uri, "postgres://CANARY@x")
	oneLine(t, refused(t, "serve", "--data", data, "--addr", "127.0.0.1:0", "--mongo-uri-file", uri), "connection URI cannot be read")
}
