package privacy

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Modes of what holds keys: for the owner only.
const (
	keyDirMode  fs.FileMode = 0o700
	keyFileMode fs.FileMode = 0o600
)

// ReadSecret reads a file that only its owner may read. The error is
// fs.ErrNotExist when there is none, and says what to do when others may read
// it; it never holds the content.
func ReadSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if loose := info.Mode().Perm() &^ keyFileMode; loose != 0 {
		return nil, fmt.Errorf("%s may be read by others (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	return os.ReadFile(path)
}

// CreateSecret writes a new file that only its owner may read, complete or not
// at all. When another process was first, its file stays and the error is
// fs.ErrExist.
func CreateSecret(path string, content []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, keyDirMode); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".new-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // gone already when all went well
	_, err = tmp.Write(content)
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// LoadKeys reads a key file.
func LoadKeys(path string) (*Keys, error) {
	text, err := ReadSecret(path)
	if err != nil {
		return nil, err
	}
	keys, err := ParseKeys(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// LoadOrCreateKeys reads a key file, or makes one when there is none. It
// reports whether it made one.
func LoadOrCreateKeys(path string, random io.Reader) (keys *Keys, created bool, err error) {
	keys, err = LoadKeys(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, false, err
	}
	keys, err = GenerateKeys(random)
	if err != nil {
		return nil, false, err
	}
	err = CreateSecret(path, []byte(keys.FileText()))
	if errors.Is(err, fs.ErrExist) { // another process was first: use its key
		keys, err = LoadKeys(path)
		return keys, false, err
	}
	if err != nil {
		return nil, false, err
	}
	return keys, true, nil
}
