package privacy

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"io"
)

// AnswerKeyID names the key of one record's answers. It is random but for the
// order of keys that were made together, so that who has the keys alone cannot
// tell whose they are, and a store finds them side by side.
type AnswerKeyID [16]byte

// AnswerKey is the key of one record's answers, sealed to the review key. It is
// kept apart from what it opens, and destroying it destroys the answers,
// wherever copies of them may be.
type AnswerKey struct {
	ID     AnswerKeyID
	Sealed []byte
}

// UnusedAnswerKey is the key of an AnswerKey in the hands of whoever seals with
// it, once. It does not print.
type UnusedAnswerKey struct {
	ID     AnswerKeyID
	secret [answerKeySize]byte
}

// Format hides the key from logs and errors.
func (UnusedAnswerKey) Format(f fmt.State, _ rune) { hide(f, "[key]") }

const (
	answerKeySize = 32
	nonceSize     = 12
	// commonID is how many bytes the ids of keys have in common that were made
	// together.
	commonID = 12
)

// NewAnswerKeys makes keys for the answers of a tenant: as they are kept, and as
// they are used. Each is drawn at random. All of them are sealed to the review
// key under one encapsulation, which costs more than a hundred keys do.
func (k *Keys) NewAnswerKeys(tenant string, n int, random io.Reader) ([]AnswerKey, []UnusedAnswerKey, error) {
	encapsulated, sender, err := k.pair(forAnswers, tenant).public.sender(answersInfo(tenant))
	if err != nil {
		return nil, nil, err
	}
	shared, err := sender.Export(wrapLabel, answerKeySize)
	if err != nil {
		return nil, nil, err
	}
	drawn := make([]byte, commonID+n*(nonceSize+answerKeySize))
	if _, err := io.ReadFull(random, drawn); err != nil {
		return nil, nil, err
	}
	common, drawn := drawn[:commonID], drawn[commonID:]
	kept, unused, wrap := make([]AnswerKey, n), make([]UnusedAnswerKey, n), gcm(shared)
	for i := range n {
		var id AnswerKeyID
		binary.BigEndian.PutUint32(id[copy(id[:], common):], uint32(i))
		nonce, secret := drawn[:nonceSize], drawn[nonceSize:nonceSize+answerKeySize]
		drawn = drawn[nonceSize+answerKeySize:]
		sealed := append(bytes.Clone(encapsulated), nonce...)
		kept[i] = AnswerKey{id, wrap.Seal(sealed, nonce, secret, id[:])}
		unused[i] = UnusedAnswerKey{id, [answerKeySize]byte(secret)}
	}
	return kept, unused, nil
}

// Seal seals the answers of a record of a tenant. A key MUST seal once only: its
// nonce is fixed.
func (u UnusedAnswerKey) Seal(tenant, record string, plain []byte) []byte {
	sealed := make([]byte, 0, len(u.ID)+len(plain)+tagSize)
	return gcm(u.secret[:]).Seal(append(sealed, u.ID[:]...), make([]byte, nonceSize), plain, answersContext(tenant, record, u.ID))
}

// tagSize is what GCM adds to a text.
const tagSize = 16

// KeyOfAnswers reads which key opens sealed answers.
func KeyOfAnswers(sealed []byte) (AnswerKeyID, error) {
	var id AnswerKeyID
	if copy(id[:], sealed) < len(id) {
		return id, ErrSealed
	}
	return id, nil
}

// OpenAnswers opens what was sealed for a record of a tenant with a key.
func (k *Keys) OpenAnswers(tenant, record string, key AnswerKey, sealed []byte) ([]byte, error) {
	const point = len(PublicKey{})
	if len(key.Sealed) < point+nonceSize || !bytes.HasPrefix(sealed, key.ID[:]) {
		return nil, ErrSealed
	}
	recipient, err := k.pair(forAnswers, tenant).recipient(answersInfo(tenant), key.Sealed[:point])
	if err != nil {
		return nil, ErrSealed
	}
	shared, err := recipient.Export(wrapLabel, answerKeySize)
	if err != nil {
		return nil, ErrSealed
	}
	secret, err := gcm(shared).Open(nil, key.Sealed[point:point+nonceSize], key.Sealed[point+nonceSize:], key.ID[:])
	if err != nil {
		return nil, ErrSealed
	}
	plain, err := gcm(secret).Open(nil, make([]byte, nonceSize), sealed[len(key.ID):], answersContext(tenant, record, key.ID))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

const wrapLabel = "keys of answers"

func answersInfo(tenant string) string { return "waymark/answers/1\x00" + tenant }

// answersContext binds answers to their record and to their key.
func answersContext(tenant, record string, id AnswerKeyID) []byte {
	return fields("answers", tenant, record, string(id[:]))
}

// gcm is AES-256-GCM under a key of 32 bytes.
func gcm(key []byte) cipher.AEAD { return must(cipher.NewGCM(must(aes.NewCipher(key)))) }
