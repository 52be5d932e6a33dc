package application

import (
	"fmt"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// HeaderSize is how much of a plugin's file WordPress reads to find its header, in bytes.
const HeaderSize = 8 << 10

// ReadPlugin reads the header of a WordPress plugin's main file, by WordPress's own rule: in the first
// 8 KiB, a line of comment marks, then "Plugin Name:" or "Version:" in any case, then the value. (Other
// readers take any line that contains "Version:", and so "Requires PHP Version: 7.4" for the plugin's.)
// It reports false for a file without a name, which is not a main file.
//
// Source: the plugin handbook of WordPress, "Header Requirements".
func ReadPlugin(folder string, text []byte) (f Found, is bool, err error) {
	header := string(text[:min(len(text), HeaderSize)])
	header = strings.ReplaceAll(header, "\r", "\n")
	f = Found{Kind: WordPressPlugin, Name: folder, Ecosystem: advisory.WordPressPlugin}
	for line := range strings.SplitSeq(header, "\n") {
		if v, ok := headerField(line, "plugin name:"); ok && f.Title == "" {
			f.Title = Plain(v, MaxName)
		}
		if v, ok := headerField(line, "version:"); ok && f.Version == "" {
			f.Version = v
		}
	}
	switch {
	case f.Title == "":
		return f, false, nil
	case !ValidName(folder):
		return f, true, fmt.Errorf("the plugin's folder %.60q has characters that no plugin's name has", folder)
	case f.Version == "":
		return f, true, fmt.Errorf("the plugin's header has no version")
	case !ValidVersion(f.Version):
		return f, true, fmt.Errorf("the plugin's version is %.40q: letters, digits and . - _ + were expected", f.Version)
	}
	return f, true, nil
}

// headerField reads the value of a field, given in lower case with its colon.
func headerField(line, field string) (string, bool) {
	line = strings.TrimLeft(line, " \t")
	if len(line) >= 5 && strings.EqualFold(line[:5], "<?php") {
		line = line[5:]
	}
	line = strings.TrimLeft(line, " \t/*#@")
	if len(line) < len(field) || !strings.EqualFold(line[:len(field)], field) {
		return "", false
	}
	value := line[len(field):]
	for _, end := range []string{"*/", "?>"} {
		value, _, _ = strings.Cut(value, end)
	}
	return strings.TrimSpace(value), true
}
