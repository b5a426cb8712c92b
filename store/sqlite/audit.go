package sqlite

import (
	"encoding/binary"
	"errors"
)

// framed puts a sealed event behind its length, so that events can be appended
// to a column.
func framed(event []byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(event))), event...)
}

// unframed takes a column of events apart.
func unframed(column []byte) ([][]byte, error) {
	var events [][]byte
	for len(column) > 0 {
		n, size := binary.Uvarint(column)
		if size <= 0 || n > uint64(len(column)-size) {
			return nil, errors.New("the column of audit events is damaged")
		}
		events = append(events, column[size:size+int(n)])
		column = column[size+int(n):]
	}
	return events, nil
}
