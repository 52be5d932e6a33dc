package agentapi

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// errTooLarge says that a message is larger than it may be, before or after decompression.
var errTooLarge = &problem{http.StatusRequestEntityTooLarge, "too_large", "the message is larger than this path allows"}

// read decodes the body of a request, which may be gzipped, into a message of at most so many bytes.
func read[T any](w http.ResponseWriter, r *http.Request, most int64) (T, error) {
	var none T
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return none, &problem{http.StatusUnsupportedMediaType, "media_type", "messages are application/json"}
	}
	if r.ContentLength > most {
		return none, errTooLarge
	}
	// A message that is larger compressed than it may be at all is none.
	body := io.Reader(http.MaxBytesReader(w, r.Body, most))
	switch encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
	case "gzip":
		packed, err := gzip.NewReader(body)
		if err != nil {
			return none, malformed(err)
		}
		body = packed
	default:
		return none, &problem{http.StatusUnsupportedMediaType, "encoding", "messages may be gzipped, and nothing else"}
	}
	v, err := decode[T](body, most)
	// With the whole body here, a read deadline would only end the waiting for an answer: over HTTP/1
	// the server reads on to notice that the host went away, and takes the deadline for that.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	return v, err
}

// decode reads exactly one JSON value of at most so many bytes, strictly: unknown fields and bytes
// after the value are errors.
func decode[T any](r io.Reader, most int64) (T, error) {
	var v, none T
	bounded := &boundedReader{r: r, left: most}
	dec := json.NewDecoder(bounded)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return none, malformed(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("there are bytes after the message")
		}
		return none, malformed(err)
	}
	return v, nil
}

// boundedReader fails, instead of ending, when there is more than there may be: an end would look
// like a message that happens to be whole.
type boundedReader struct {
	r    io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// malformed tells a message that cannot be read from one that is too large.
func malformed(err error) error {
	var large *http.MaxBytesError
	if errors.Is(err, errTooLarge) || errors.As(err, &large) {
		return errTooLarge
	}
	return &problem{http.StatusBadRequest, "malformed", fmt.Sprintf("the message cannot be read: %.200s", err)}
}
