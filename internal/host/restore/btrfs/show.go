package btrfs

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// subvolume is what "btrfs subvolume show" says of one.
type subvolume struct {
	// UUID is empty for the top of a file system that was converted from another, or made long ago.
	UUID     string
	Parent   string // of a snapshot: the subvolume that it was taken of; otherwise empty
	ReadOnly bool
}

var errShow = errors.New("the answer is not understood")

// parseShow reads the answer of "btrfs subvolume show": the path, then indented keys with values. Keys that
// are not known are passed over, up to the list of snapshots; of those that are, each must be there, once.
func parseShow(out []byte) (subvolume, error) {
	var s subvolume
	seen := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, toolKeep)
	for lines.Scan() {
		line, indented := strings.CutPrefix(lines.Text(), "\t")
		if !indented || strings.HasPrefix(line, "\t") {
			continue // the path at the top, or a snapshot in the list at the end
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		if key == "Snapshot(s)" {
			break
		}
		value = strings.TrimSpace(value)
		if key != "UUID" && key != "Parent UUID" && key != "Flags" {
			continue
		}
		if seen[key] {
			return subvolume{}, fmt.Errorf("%w: %s twice", errShow, key)
		}
		seen[key] = true
		switch key {
		case "UUID":
			if value != "-" {
				s.UUID = value
			}
		case "Parent UUID":
			if value != "-" {
				s.Parent = value
			}
		case "Flags":
			for flag := range strings.FieldsFuncSeq(value, func(c rune) bool { return c == ',' || c == ' ' }) {
				s.ReadOnly = s.ReadOnly || flag == "readonly"
			}
		}
	}
	if err := lines.Err(); err != nil {
		return subvolume{}, fmt.Errorf("%w: %w", errShow, err)
	}
	for _, key := range []string{"UUID", "Parent UUID", "Flags"} {
		if !seen[key] {
			return subvolume{}, fmt.Errorf("%w: no %s", errShow, key)
		}
	}
	if s.UUID != "" && !isUUID(s.UUID) || s.Parent != "" && !isUUID(s.Parent) {
		return subvolume{}, fmt.Errorf("%w: %q and %q are no UUIDs", errShow, s.UUID, s.Parent)
	}
	return s, nil
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f'
		if dash != (c == '-') || !dash && !hex {
			return false
		}
	}
	return true
}
