package storetest

import (
	"crypto/rand"
	"testing"

	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/submission"
)

// withAnswers gives a deposit sealed answers, which end on a day.
func withAnswers(d submission.Deposit, until privacy.Day) submission.Deposit {
	d.Record.AnswersUntil = until
	d.Answers = []byte("sealed answers of " + d.Record.ID)
	return d
}

func answersComeBack(t *testing.T, o Opened) {
	d, without := withAnswers(o.deposit(1), 20_031), o.deposit(2)
	o.keep(t, d, without)
	o.keep(t, withAnswers(o.deposit(1), 20_031)) // a repetition changes nothing
	got, err := o.Store.Answers(t.Context(), supervisor(north), d.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the sealed answers", string(got), string(d.Answers))
	record, err := o.Store.Record(t.Context(), supervisor(north), d.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the record", record, d.Record)
	for name, err := range map[string]error{
		"of another site":         second(o.Store.Answers(t.Context(), supervisor(south), d.Record.ID)),
		"of an interview without": second(o.Store.Answers(t.Context(), supervisor(north), without.Record.ID)),
		"of no record":            second(o.Store.Answers(t.Context(), supervisor(north), o.deposit(3).Record.ID)),
		"of what is no id":        second(o.Store.Answers(t.Context(), supervisor(north), "not an id")),
	} {
		if fault.CodeOf(err) != fault.NotFound {
			t.Errorf("answers %s: got %v, want not found", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func answersEnd(t *testing.T, o Opened) {
	ends, stays := withAnswers(o.deposit(1), 100), withAnswers(o.deposit(2), 101)
	o.keep(t, ends, stays)
	for _, step := range []struct {
		today privacy.Day
		gone  bool
	}{{100, false}, {101, true}} {
		if n, err := o.Store.EraseExpired(t.Context(), step.today); err != nil || n != 0 {
			t.Errorf("on day %d: %d records erased, %v; want none", step.today, n, err)
		}
		_, err := o.Store.Answers(t.Context(), supervisor(north), ends.Record.ID)
		if gone := fault.CodeOf(err) == fault.NotFound; gone != step.gone || err != nil && !gone {
			t.Errorf("on day %d: got %v, want gone %t", step.today, err, step.gone)
		}
	}
	if _, err := o.Store.Record(t.Context(), supervisor(north), ends.Record.ID); err != nil {
		t.Errorf("the record went with its answers: %v", err)
	}
	if _, err := o.Store.Answers(t.Context(), supervisor(north), stays.Record.ID); err != nil {
		t.Errorf("the other answers: %v", err)
	}
}

func answersOfReleased(t *testing.T, o Opened) {
	d := o.deposit(1, inQuarantine(o))
	o.keep(t, d, o.deposit(2))
	scored := withAnswers(o.deposit(1), 20_031)
	if err := o.Store.Release(t.Context(), scored); err != nil {
		t.Fatal(err)
	}
	if got, err := o.Store.Answers(t.Context(), supervisor(north), d.Record.ID); err != nil || string(got) != string(scored.Answers) {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := o.Store.EraseExpired(t.Context(), 20_032); err != nil {
		t.Fatal(err)
	}
	_, err := o.Store.Answers(t.Context(), supervisor(north), d.Record.ID)
	wantCode(t, err, fault.NotFound)
}

func discards(t *testing.T, o Opened) {
	waiting, scored := o.deposit(1, inQuarantine(o)), o.deposit(2)
	o.keep(t, waiting, scored)
	if err := o.Store.Discard(t.Context(), agency, waiting.Record.ID); err != nil {
		t.Fatal(err)
	}
	_, err := o.Store.Record(t.Context(), supervisor(north), waiting.Record.ID)
	wantCode(t, err, fault.NotFound)
	for name, r := range map[string]submission.Record{"again": waiting.Record, "of a scored record": scored.Record} {
		if err := o.Store.Discard(t.Context(), agency, r.ID); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s: got %v, want not found", name, err)
		}
	}
	wantCode(t, o.Store.Discard(t.Context(), other, scored.Record.ID), fault.NotFound)
	if _, err := o.Store.Record(t.Context(), supervisor(north), scored.Record.ID); err != nil {
		t.Errorf("the scored record: %v", err)
	}
}

func notes(t *testing.T, o Opened) {
	d := o.deposit(1)
	o.keep(t, d)
	seen, err := o.Store.Case(t.Context(), supervisor(north), d.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	held := claim(t, o, d.Record.ID)
	note := event(held, privacy.ActOpened)
	note.Reason = "contradiction"
	wantCode(t, o.Store.Note(t.Context(), seen.Review, note), fault.StaleVersion)
	if err := o.Store.Note(t.Context(), held, note); err != nil {
		t.Fatal(err)
	}
	got, err := o.Store.Events(t.Context(), agency, d.Record.ID)
	if err != nil || len(got) != 3 {
		t.Fatalf("%d events, %v; want the deposit, the claim and the note", len(got), err)
	}
	wantSame(t, "the note", got[2], note)
	c, err := o.Store.Case(t.Context(), supervisor(north), d.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the review", c.Review, held)
}

func answerKeys(t *testing.T, o Opened) {
	made := map[privacy.Day][]privacy.AnswerKey{}
	for until, n := range map[privacy.Day]int{100: 40, 101: 3} { // more than are stored at a time
		keys, _, err := o.AnswerRoot.NewAnswerKeys(agency, n, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.AnswerKeys.KeepKeys(t.Context(), agency, until, keys); err != nil {
			t.Fatal(err)
		}
		made[until] = keys
	}
	want := func(until privacy.Day, there bool) {
		t.Helper()
		for _, k := range made[until] {
			got, err := o.AnswerKeys.Key(t.Context(), agency, until, k.ID)
			if !there {
				wantCode(t, err, fault.NotFound)
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			wantSame(t, "the key", got, k)
		}
	}
	want(100, true)
	want(101, true)
	first := made[100][0]
	_, err := o.AnswerKeys.Key(t.Context(), other, 100, first.ID)
	wantCode(t, err, fault.NotFound)
	_, err = o.AnswerKeys.Key(t.Context(), agency, 101, first.ID)
	wantCode(t, err, fault.NotFound)
	for _, step := range []struct {
		today privacy.Day
		want  int
	}{{100, 0}, {101, 40}, {101, 0}} {
		if n, err := o.AnswerKeys.EraseKeys(t.Context(), step.today); err != nil || n != step.want {
			t.Errorf("on day %d: %d keys erased, %v; want %d", step.today, n, err, step.want)
		}
	}
	want(100, false)
	want(101, true)
}
