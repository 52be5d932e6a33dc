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
func pack(v any) ([]byte, error) { return packed(&packers, v) }

// packFast is pack for what is written in great numbers at once and never again: it takes a third of the time, and some
// more room.
func packFast(v any) ([]byte, error) { return packed(&fastPackers, v) }

func packed(writers *sync.Pool, v any) ([]byte, error) {
	var b bytes.Buffer
	z, _ := writers.Get().(*gzip.Writer) // making one takes longer than most documents
	defer writers.Put(z)
	z.Reset(&b)
	err := errors.Join(json.NewEncoder(z).Encode(v), z.Close())
	return b.Bytes(), err // the end is written by Close
}

var (
	packers     = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}
	fastPackers = sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // a level that there is
		return z
	}}
)

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
