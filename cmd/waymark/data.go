package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/auth/signin"
	"waymark/auth/token"
	"waymark/privacy"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
	"waymark/screening/rescoring"
	"waymark/screening/review"
	"waymark/screening/submission"
	"waymark/store/mongo"
	"waymark/store/sqlite"
)

// dataFlags say where everything is kept.
type dataFlags struct {
	Data string `help:"Directory of the data and keys." default:"data" env:"WAYMARK_DATA" type:"path"`

	MongoURIFile  string `help:"File with the MongoDB connection URI. Without it, data is kept in SQLite files." env:"WAYMARK_MONGO_URI_FILE" type:"path" placeholder:"FILE"`
	MongoDatabase string `help:"Name of the MongoDB database; the vault is in <name>_vault, the keys of kept answers in <name>_answers." default:"waymark" env:"WAYMARK_MONGO_DATABASE"`
	VaultURIFile  string `help:"File with the connection URI of the vault, where it has a server or credentials of its own." env:"WAYMARK_VAULT_URI_FILE" type:"path" placeholder:"FILE"`

	AnswersKey     string `help:"File with the key that opens kept answers; in the directory of keys, when absent. Put it where no backup of the data goes." env:"WAYMARK_ANSWERS_KEY" type:"path" placeholder:"FILE"`
	AnswersURIFile string `help:"File with the connection URI of the keys of kept answers, where these have a server or credentials of their own." env:"WAYMARK_ANSWERS_URI_FILE" type:"path" placeholder:"FILE"`
}

func (f dataFlags) path(elements ...string) string {
	return filepath.Join(append([]string{f.Data}, elements...)...)
}

// Files in the data directory.
const (
	lockFile     = "lock"
	recordsFile  = "records.db"
	vaultFile    = "vault.db"
	answersFile  = "answers.db"
	keysDir      = "keys"
	recordsKey   = "records.key"
	vaultKey     = "vault.key"
	answersKey   = "answers.key"
	tokenKeyFile = "token.pem"
	// instrumentsDir holds the deployment's own rules, in the places that
	// catalog.Load names.
	instrumentsDir = "instruments"
)

// catalog loads what ships with Waymark and the deployment's own rules.
func (f dataFlags) catalog() (*catalog.Catalog, error) {
	return catalog.Load(instruments.FS, nil, f.ownRules())
}

// ownRules are the rules that a deployment published beside those that ship.
func (f dataFlags) ownRules() catalog.Option {
	return catalog.OwnRules(os.DirFS(f.path(instrumentsDir)))
}

// stores is everything that is kept, behind one set of interfaces.
type stores interface {
	submission.Store
	review.Store
	rescoring.Store
	signin.Users
	signin.Families
	device.Devices
	proof.Proofs
	Ready(ctx context.Context) error
	Close() error
}

type vault interface {
	submission.Vault
	Ready(ctx context.Context) error
	Close() error
}

type answerKeys interface {
	submission.AnswerKeys
	Ready(ctx context.Context) error
	Close() error
}

// data is an opened data directory.
type data struct {
	keys, vaultKeys *privacy.Keys
	// answerRoot seals the keys of answers.
	answerRoot *privacy.Keys
	tokenKeys  *token.KeySet
	stores     stores
	vault      vault
	answerKeys answerKeys
	lock       *flock.Flock
	// newKeys says that this was the first run, and keys were made.
	newKeys bool
}

// use says how a command takes the data directory: the empty one shares it;
// any other takes it for itself alone, and says what to do when it cannot.
type use string

// The uses.
const (
	shared    use = ""
	toServe   use = "stop that one, or give this one another directory with --data"
	toRescore use = "stop it, run this again and start it again, so that it explains by the new rules; a --dry-run works beside it"
)

// openData opens the data directory, and makes it with its keys on the first
// run. A server takes the directory for itself alone; most tools share it with
// one, and so do the servers over one MongoDB database, whose keys it holds.
// Every error is one line that says what to do.
func openData(ctx context.Context, f dataFlags, random io.Reader, u use) (_ *data, err error) {
	if err := os.MkdirAll(f.path(keysDir), 0o700); err != nil {
		return nil, err
	}
	d := &data{}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if u != shared && f.MongoURIFile == "" { // over MongoDB, many servers share the directory's keys
		if d.lock, err = takeLock(f.path(lockFile), u); err != nil {
			return nil, err
		}
	}
	if err := d.openKeys(f, random); err != nil {
		return nil, err
	}
	if f.MongoURIFile != "" {
		err = d.openMongo(ctx, f)
	} else {
		err = d.openFiles(ctx, f)
	}
	return d, err
}

// takeLock keeps two processes off one directory.
func takeLock(path string, u use) (*flock.Flock, error) {
	lock := flock.New(path, flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data directory: %w", err)
	}
	if !ok {
		return nil, fmt.Errorf("%s is in use by another waymark%s; %s", filepath.Dir(path), holder(path), u)
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	return lock, nil
}

// holder names the process that holds a lock, as far as it is known.
func holder(path string) string {
	text, err := os.ReadFile(path)
	if pid := strings.TrimSpace(string(text)); err == nil && pid != "" {
		return " (process " + pid + ")"
	}
	return ""
}

// openKeys reads the key files. They are made on the first run only: making a
// new key beside old data would hide that the right one is lost.
func (d *data) openKeys(f dataFlags, random io.Reader) error {
	open := func(path, beside string) (*privacy.Keys, error) {
		if exists(f.path(beside)) && !exists(path) {
			return nil, fmt.Errorf("%s is missing, and %s cannot be read without it; put the key file back", path, f.path(beside))
		}
		keys, created, err := privacy.LoadOrCreateKeys(path, random)
		d.newKeys = d.newKeys || created
		return keys, err
	}
	var err error
	if d.keys, err = open(f.path(keysDir, recordsKey), recordsFile); err != nil {
		return err
	}
	if d.vaultKeys, err = open(f.path(keysDir, vaultKey), vaultFile); err != nil {
		return err
	}
	if d.answerRoot, err = open(cmp.Or(f.AnswersKey, f.path(keysDir, answersKey)), answersFile); err != nil {
		return err
	}
	d.tokenKeys, _, err = token.LoadOrCreateKeySet(f.path(keysDir, tokenKeyFile), random)
	return err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func (d *data) openFiles(ctx context.Context, f dataFlags) error {
	s, err := sqlite.Open(ctx, f.path(recordsFile), d.keys)
	if err != nil {
		return err
	}
	d.stores = s
	v, err := sqlite.OpenVault(ctx, f.path(vaultFile), d.vaultKeys)
	if err != nil {
		return err
	}
	d.vault = v
	a, err := sqlite.OpenAnswerKeys(ctx, f.path(answersFile), d.answerRoot)
	if err != nil {
		return err
	}
	d.answerKeys = a
	return nil
}

func (d *data) openMongo(ctx context.Context, f dataFlags) error {
	uri, err := readURI(f.MongoURIFile)
	if err != nil {
		return err
	}
	vaultURI, answersURI := uri, uri
	for file, into := range map[string]*string{f.VaultURIFile: &vaultURI, f.AnswersURIFile: &answersURI} {
		if file == "" {
			continue
		}
		if *into, err = readURI(file); err != nil {
			return err
		}
	}
	s, err := mongo.Open(ctx, uri, f.MongoDatabase, d.keys)
	if err != nil {
		return err
	}
	d.stores = s
	v, err := mongo.OpenVault(ctx, vaultURI, f.MongoDatabase+"_vault", d.vaultKeys)
	if err != nil {
		return err
	}
	d.vault = v
	a, err := mongo.OpenAnswerKeys(ctx, answersURI, f.MongoDatabase+"_answers", d.answerRoot)
	if err != nil {
		return err
	}
	d.answerKeys = a
	return nil
}

// readURI reads a connection URI. It is a file and not a flag or variable,
// because it holds a password.
func readURI(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(text)), nil
}

// ready says whether everything that is kept can be used.
func (d *data) ready(ctx context.Context) error {
	return errors.Join(d.stores.Ready(ctx), d.vault.Ready(ctx), d.answerKeys.Ready(ctx))
}

// close closes what was opened.
func (d *data) close() error {
	var errs []error
	if d.stores != nil {
		errs = append(errs, d.stores.Close())
	}
	if d.vault != nil {
		errs = append(errs, d.vault.Close())
	}
	if d.answerKeys != nil {
		errs = append(errs, d.answerKeys.Close())
	}
	if d.lock != nil {
		errs = append(errs, d.lock.Unlock())
	}
	return errors.Join(errs...)
}
