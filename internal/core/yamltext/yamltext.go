// Package yamltext reads YAML texts into values. The library that does it panics on some broken texts, such as a
// number's tag without a number; here, that is an error like any other and costs that text only.
package yamltext

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// Read reads a text into what into points to, and passes over what that has no place for.
func Read(text []byte, into any) error { return read(text, into) }

// ReadStrict is Read for a text in which everything has to have a place, and each key to come once.
func ReadStrict(text []byte, into any) error { return read(text, into, yaml.Strict()) }

func read(text []byte, into any, opts ...yaml.DecodeOption) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the YAML cannot be read: %v", p)
		}
	}()
	return yaml.UnmarshalWithOptions(text, into, opts...)
}
