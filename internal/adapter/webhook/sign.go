package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Tolerance is how far a signature's time may be from a receiver's clock.
const Tolerance = 5 * time.Minute

// Why a delivery is not to be believed.
var (
	ErrSignature = errors.New("the signature does not match the secret, the timestamp and the body")
	ErrTimestamp = errors.New("the timestamp is missing, or too far from this clock: an old delivery may have been sent again by somebody else")
	ErrEnvelope  = errors.New("the body is not a delivery, or not the one that the headers name")
)

// Sign makes the signature of a body at a time, both as they are sent.
func Sign(secret []byte, timestamp string, body []byte) string {
	m := hmac.New(sha256.New, secret)
	_, _ = m.Write([]byte(timestamp))
	_, _ = m.Write([]byte{'.'})
	_, _ = m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// Verify is for receivers: whether a request comes from who knows one of the secrets, is whole, and was
// signed just now. The body is that of the request, byte for byte, before anything has read it as JSON.
// Several secrets are for the time in which one replaces another.
//
// It cannot tell whether this delivery has come before: keep the ID of the envelope for as long as
// deliveries are tried (see GiveUp), and answer 200 to one that is known.
func Verify(h http.Header, body []byte, now time.Time, secrets ...[]byte) (Envelope, error) {
	stamp := h.Get(HeaderTimestamp)
	good := false
	for _, secret := range secrets {
		if len(secret) > 0 && hmac.Equal([]byte(h.Get(HeaderSignature)), []byte(Sign(secret, stamp, body))) {
			good = true
		}
	}
	if !good {
		return Envelope{}, ErrSignature
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > Tolerance {
		return Envelope{}, ErrTimestamp
	}
	var e Envelope
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" || e.ID != h.Get(HeaderDelivery) || e.Event != h.Get(HeaderEvent) {
		return Envelope{}, ErrEnvelope
	}
	return e, nil
}
