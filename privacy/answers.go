package privacy

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"io"
)

// AnswerKeyID names the key of one record's answers. It is random but for the
// order within a batch, so that who has the keys alone cannot tell whose they
// are, and a store finds those of a batch side by side.
type AnswerKeyID [16]byte

// AnswerKey is the key of one record's answers, sealed to the review key. It is
// kept apart from what it opens, and destroying it destroys the answers,
// wherever copies of them may be.
type AnswerKey struct {
	ID     AnswerKeyID
	Sealed []byte
}

const (
	answerKeySize = 32
	nonceSize     = 12
	// batchIDSize is how many bytes of an id a batch has in common.
	batchIDSize = 12
)

// AnswerSealer seals the answers of interviews that arrive together. Each gets
// a key of its own, drawn at random; all of these are sealed to the review key
// under one encapsulation, which costs more than all the rest.
type AnswerSealer struct {
	next         AnswerKeyID
	tenant       string
	encapsulated []byte
	wrap         cipher.AEAD
	random       io.Reader
}

// AnswerSealer begins to seal answers of a tenant. It is not safe for
// concurrent use.
func (k *Keys) AnswerSealer(tenant string, random io.Reader) (*AnswerSealer, error) {
	encapsulated, sender, err := k.pair(forAnswers, tenant).public.sender(answersInfo(tenant))
	if err != nil {
		return nil, err
	}
	shared, err := sender.Export(wrapLabel, answerKeySize)
	if err != nil {
		return nil, err
	}
	s := &AnswerSealer{tenant: tenant, encapsulated: encapsulated, wrap: gcm(shared), random: random}
	if _, err := io.ReadFull(random, s.next[:batchIDSize]); err != nil {
		return nil, err
	}
	return s, nil
}

// Seal seals the answers of one record. What it gives can be opened with the
// key only, and only for that record.
func (s *AnswerSealer) Seal(record string, plain []byte) (key AnswerKey, sealed []byte, err error) {
	var drawn [nonceSize + answerKeySize]byte
	if _, err := io.ReadFull(s.random, drawn[:]); err != nil {
		return AnswerKey{}, nil, err
	}
	nonce, secret := drawn[:nonceSize], drawn[nonceSize:]
	key.ID = s.next
	number := s.next[batchIDSize:]
	binary.BigEndian.PutUint32(number, binary.BigEndian.Uint32(number)+1)
	context := answersContext(s.tenant, record, key.ID)
	key.Sealed = append(bytes.Clone(s.encapsulated), nonce...)
	key.Sealed = s.wrap.Seal(key.Sealed, nonce, secret, context)
	// The secret seals once, so its nonce may be fixed.
	sealed = gcm(secret).Seal(key.ID[:], make([]byte, nonceSize), plain, context)
	return key, sealed, nil
}

// KeyOfAnswers reads which key opens sealed answers.
func KeyOfAnswers(sealed []byte) (AnswerKeyID, error) {
	var id AnswerKeyID
	if copy(id[:], sealed) < len(id) {
		return id, ErrSealed
	}
	return id, nil
}

// OpenAnswers opens what an AnswerSealer sealed for a record of a tenant.
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
	context := answersContext(tenant, record, key.ID)
	secret, err := gcm(shared).Open(nil, key.Sealed[point:point+nonceSize], key.Sealed[point+nonceSize:], context)
	if err != nil {
		return nil, ErrSealed
	}
	plain, err := gcm(secret).Open(nil, make([]byte, nonceSize), sealed[len(key.ID):], context)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

const wrapLabel = "keys of answers"

func answersInfo(tenant string) string { return "waymark/answers/1\x00" + tenant }

// answersContext binds a key and the answers to the record.
func answersContext(tenant, record string, id AnswerKeyID) []byte {
	return fields("answers", tenant, record, string(id[:]))
}

// gcm is AES-256-GCM under a key of 32 bytes.
func gcm(key []byte) cipher.AEAD { return must(cipher.NewGCM(must(aes.NewCipher(key)))) }
