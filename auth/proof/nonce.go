package proof

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"

	"waymark/privacy"
)

// window is how long a nonce is the newest. It stays good for one more.
const window = 5 * time.Minute

// Life is the longest that a proof can be good, and so the longest that it has
// to be remembered.
const Life = 2 * window

const nonceSize = 16

// nonces are those that are good in a window.
type nonces struct {
	window          int64
	newest, earlier string
}

// Nonce is the newest nonce. Every client is given the same: a nonce says when,
// not who.
func (c *Checker) Nonce() string { return c.nonces().newest }

// fresh says whether a nonce is of this window or the one before.
func (c *Checker) fresh(nonce string) bool {
	n := c.nonces()
	newest := subtle.ConstantTimeCompare([]byte(nonce), []byte(n.newest))
	earlier := subtle.ConstantTimeCompare([]byte(nonce), []byte(n.earlier))
	return newest|earlier == 1
}

// nonces gives those of this window, made once for all its requests.
func (c *Checker) nonces() *nonces {
	w := c.window()
	if n := c.recent.Load(); n != nil && n.window == w {
		return n
	}
	n := &nonces{window: w, newest: c.nonce(w), earlier: c.nonce(w - 1)}
	c.recent.Store(n)
	return n
}

func (c *Checker) window() int64 { return c.now().Unix() / int64(window/time.Second) }

// end is when the nonces of a window are good no more.
func end(w int64) time.Time { return time.Unix(w*int64(window/time.Second), 0).Add(Life).UTC() }

// nonce is a MAC of a window: nothing is stored, and nobody else can make one.
func (c *Checker) nonce(w int64) string {
	mac := c.keys.MAC(privacy.ForNonces, "", binary.BigEndian.AppendUint64(slices.Clip(c.salt), uint64(w)))
	return base64.RawURLEncoding.EncodeToString(mac[:nonceSize])
}
