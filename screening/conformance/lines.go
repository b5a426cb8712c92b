package conformance

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"

	"waymark/screening"
)

// maxLine is the longest line that is read; an interview takes a few KiB.
const maxLine = 1 << 20

// ErrLines says that at least one line could not be scored, and was answered
// with an error line.
var ErrLines = errors.New("a line could not be scored")

// Lines reads one interview a line and writes what score makes of it: a text as
// it is, anything else as one line of JSON. A line that is malformed, or for
// which score gives a *screening.ResponseError, is answered with a Failed; the
// run goes on and returns ErrLines in the end. Empty lines are skipped.
func Lines(from io.Reader, to io.Writer, score func(Line) (any, error)) error {
	in, out := bufio.NewReaderSize(from, 64<<10), bufio.NewWriterSize(to, 64<<10)
	failed := false
	for {
		text, readErr := readLine(in)
		if readErr != nil && !errors.Is(readErr, io.EOF) && !errors.Is(readErr, errLongLine) {
			return errors.Join(readErr, out.Flush())
		}
		if len(text) > 0 || errors.Is(readErr, errLongLine) {
			result, err := scoreLine(text, readErr, score)
			failed = failed || err != nil
			if err := writeLine(out, result); err != nil {
				return err
			}
		}
		if in.Buffered() == 0 { // whoever waits for an answer gets it now
			if err := out.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
	}
	if failed {
		return ErrLines
	}
	return nil
}

var errLongLine = errors.New("the line is too long")

// readLine gives the next line without its end. The error is io.EOF with the
// last line, and errLongLine for one that was skipped.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		part, more, err := in.ReadLine()
		if err != nil {
			return line, err
		}
		if tooLong = tooLong || len(line)+len(part) > maxLine; !tooLong {
			line = append(line, part...)
		}
		if more {
			continue
		}
		if tooLong {
			return nil, errLongLine
		}
		return line, nil
	}
}

// scoreLine gives the result of a line, or what to write instead with the
// error.
func scoreLine(text []byte, readErr error, score func(Line) (any, error)) (any, error) {
	var line Line
	malformed := func(err error, detail string) (any, error) {
		return Failed{ID: lineID(text), Error: LineError{Code: MalformedLine, Detail: detail}}, err
	}
	if errors.Is(readErr, errLongLine) {
		return malformed(readErr, fmt.Sprintf("a line has at most %d bytes", maxLine))
	}
	if err := json.Unmarshal(text, &line, json.RejectUnknownMembers(true)); err != nil {
		return malformed(err, `a line is one JSON object such as {"id":"x1","answers":{"B01":["30_47"]},"missing":{"T12":"declined"}}`)
	}
	result, err := score(line)
	if bad, ok := errors.AsType[*screening.ResponseError](err); ok {
		return Failed{ID: &line.ID, Error: LineError{Code: string(bad.Faults[0].Code), Detail: bad.Error()}}, err
	}
	return result, err
}

// lineID reads the id of a line that is otherwise wrong; nil when it has none.
func lineID(text []byte) *string {
	var named struct {
		ID *string `json:"id"`
	}
	if json.Unmarshal(text, &named) != nil {
		return nil
	}
	return named.ID
}

func writeLine(out *bufio.Writer, v any) error {
	if text, ok := v.(string); ok {
		_, err := out.WriteString(text)
		return err
	}
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return err
	}
	_, err = out.Write(append(b, '\n'))
	return err
}
