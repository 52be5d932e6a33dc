package store

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// maxPacked bounds a packed document after decompression, in bytes.
const maxPacked = 64 << 20

// pack makes the stored form of a long document: compressed JSON. The facts of a small host are some
// 200 kB of JSON, a tenth of that compressed.
func pack(v any) ([]byte, error) {
	var b bytes.Buffer
	z, _ := packers.Get().(*gzip.Writer) // making one takes longer than most documents
	defer packers.Put(z)
	z.Reset(&b)
	err := errors.Join(json.NewEncoder(z).Encode(v), z.Close())
	return b.Bytes(), err // the end is written by Close
}

var packers = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

// unpack is the inverse of pack.
func unpack(doc []byte, into any) error {
	z, err := gzip.NewReader(bytes.NewReader(doc))
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(z, maxPacked+1))
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	if len(text) > maxPacked {
		return fmt.Errorf("unpack: more than %d bytes", maxPacked)
	}
	return json.Unmarshal(text, into)
}
