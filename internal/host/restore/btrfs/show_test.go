package btrfs

import (
	"errors"
	"strings"
	"testing"
)

const shown = `@/var/lib/patchwart/restore/p/snapshots/1
	Name: 			1
	UUID: 			e10e489a-42f6-7f49-bff6-c5628307c2a6
	Parent UUID: 		0c01bece-78d9-b24b-a6bb-b84abdaf7451
	Received UUID: 		-
	Creation time: 		2026-11-28 19:12:21 +0000
	Subvolume ID: 		258
	Flags: 			readonly
	Snapshot(s):
				UUID: 			decoy
`

func TestShowIsRead(t *testing.T) {
	t.Parallel()
	got, err := parseShow([]byte(shown))
	want := subvolume{UUID: "e10e489a-42f6-7f49-bff6-c5628307c2a6", Parent: "0c01bece-78d9-b24b-a6bb-b84abdaf7451", ReadOnly: true}
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = parseShow([]byte(strings.NewReplacer("readonly", "-", "0c01bece-78d9-b24b-a6bb-b84abdaf7451", "-").Replace(shown)))
	if err != nil || got.ReadOnly || got.Parent != "" {
		t.Errorf("%+v, %v", got, err)
	}
	// The top of a file system that was converted from ext4 has no UUID.
	got, err = parseShow([]byte(strings.Replace(shown, "e10e489a-42f6-7f49-bff6-c5628307c2a6", "-", 1)))
	if err != nil || got.UUID != "" || !got.ReadOnly {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestShowThatIsNotUnderstood(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "cut": shown[:60], "no flags": strings.Replace(shown, "Flags", "Flag", 1),
		"no UUID":   strings.Replace(shown, "e10e489a", "e10e489", 1),
		"two flags": strings.Replace(shown, "	Flags:", "	Flags: -\n	Flags:", 1),
	} {
		if got, err := parseShow([]byte(text)); !errors.Is(err, errShow) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func FuzzShow(f *testing.F) {
	f.Add([]byte(shown))
	f.Add([]byte("\tUUID: -\n\tParent UUID: -\n\tFlags: -\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		if s, err := parseShow(out); err == nil && s.UUID != "" && !isUUID(s.UUID) {
			t.Errorf("%+v", s)
		}
	})
}
