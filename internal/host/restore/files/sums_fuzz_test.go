package files

import (
	"bytes"
	"maps"
	"testing"
)

// FuzzSums: whatever lies there is refused, or is what would be written.
func FuzzSums(f *testing.F) {
	var written bytes.Buffer
	s := &sums{known: map[string]sum{"/usr/bin/perl": {inode: 7, size: 3, mtime: -1, ctime: 1 << 60, sha256: [32]byte{1}}}}
	if err := s.write(&written); err != nil {
		f.Fatal(err)
	}
	f.Add(written.Bytes())
	f.Add([]byte(sumsHead))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		known, err := readSums(bytes.NewReader(data))
		if err != nil {
			if known != nil {
				t.Fatal("refused, and read all the same")
			}
			return
		}
		var again bytes.Buffer
		if err := (&sums{known: known}).write(&again); err != nil {
			t.Fatal(err)
		}
		same, err := readSums(&again)
		if err != nil || !maps.Equal(same, known) {
			t.Fatalf("%v, then %v, %v", known, same, err)
		}
	})
}
