package files

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// spot is one path as the manifest and the system have it.
type spot struct {
	at   int // the open directory it is in; -1 if the system has no such directory
	name string
	path string
	e    *entry       // nil if the manifest does not have it
	st   *unix.Stat_t // nil if the system does not have it
	on   volume
	// covered: something was mounted over it since the point was saved, so it cannot be reached.
	covered bool
}

// kind is what the system has there.
func (s *spot) kind() kind {
	if s.st == nil {
		return ""
	}
	return kindOf(s.st.Mode)
}

// matcher goes through a manifest and the system side by side.
type matcher struct {
	ctx   context.Context
	rules *rules
	dec   *decoder
	// entry gets every path of the manifest that is in scope, directories before what is in them.
	entry func(*spot) error
	// extra gets every path that only the system has, a whole tree once. What is not covered inside
	// such a tree stays, and so do the directories that lead to it.
	extra func(*spot) error
	// leave gets every directory after all that is in it; fd is -1 if the system has none.
	leave func(fd int, e *entry) error
	// volume gets every volume when it is entered, with the directory where it begins.
	volume func(on volume, path string, fd int) error
	paths  int // entries so far
}

func (m *matcher) match(root int) error {
	first, err := m.dec.next()
	if err != nil {
		return err
	}
	if first == nil || first.Path != "/" || first.Type != isDir {
		return fmt.Errorf("%w: it does not begin with the root", errManifest)
	}
	st, err := fstat(root)
	if err != nil {
		return err
	}
	on, err := volumeOf(root)
	if err != nil {
		return err
	}
	if err := m.volume(on, "/", root); err != nil {
		return err
	}
	m.paths++
	if err := m.entry(&spot{at: root, name: ".", path: "/", e: first, st: &st, on: on}); err != nil {
		return err
	}
	if err := m.dir(root, "/", on); err != nil {
		return err
	}
	if err := m.leave(root, first); err != nil {
		return err
	}
	rest, err := m.dec.peek()
	if err == nil && rest != nil {
		err = fmt.Errorf("%w: %q belongs to no directory before it", errManifest, rest.Path)
	}
	return err
}

func (m *matcher) dir(fd int, path string, on volume) error {
	if err := m.ctx.Err(); err != nil {
		return context.Cause(m.ctx)
	}
	block, err := m.dec.block(path)
	if err != nil {
		return err
	}
	var names []string
	if fd >= 0 {
		if names, err = readNames(fd); err != nil {
			return fmt.Errorf("list %s: %w", path, err)
		}
	}
	var dirs []*spot
	for i, j := 0, 0; i < len(block) || j < len(names); {
		s := &spot{at: fd, on: on}
		_, wanted := "", ""
		if i < len(block) {
			_, wanted = split(block[i].Path)
		}
		switch {
		case j >= len(names) || i < len(block) && wanted < names[j]:
			s.name, s.e = wanted, block[i]
			i++
		case i >= len(block) || names[j] < wanted:
			s.name = names[j]
			j++
		default:
			s.name, s.e = wanted, block[i]
			i, j = i+1, j+1
		}
		s.path = join(path, s.name)
		if err := m.one(s, &dirs); err != nil {
			return err
		}
	}
	for _, s := range dirs {
		if err := m.enter(s); err != nil {
			return err
		}
	}
	return nil
}

// one looks at a single path and passes it on.
func (m *matcher) one(s *spot, dirs *[]*spot) error {
	if s.e != nil {
		m.paths++
	}
	if m.rules.out[s.path] {
		return nil
	}
	if s.at >= 0 {
		switch st, err := lstat(s.at, s.name); {
		case err == nil:
			s.st = &st
		case !errors.Is(err, unix.ENOENT):
			return fmt.Errorf("look at %s: %w", s.path, err)
		}
	}
	foreign := s.st != nil && m.rules.foreign(s.path, s.kind())
	if s.e == nil {
		if foreign || s.st == nil {
			return nil
		}
		_, err := m.extras(s)
		return err
	}
	if s.e.Type == isKept {
		return nil
	}
	if s.e.Type == isSocket {
		if s.st == nil || s.kind() == isSocket || foreign {
			return nil
		}
		_, err := m.extras(s)
		return err
	}
	s.covered = foreign
	if s.e.Type == isDir {
		*dirs = append(*dirs, s)
	}
	return m.entry(s)
}

// extras passes on what only the system has, and says whether something in it stays.
func (m *matcher) extras(s *spot) (stays bool, err error) {
	if s.kind() == isSocket {
		return false, nil
	}
	if s.kind() != isDir || !m.rules.holds(s.path) {
		return false, m.extra(s)
	}
	fd, err := openDir(s.at, s.name)
	if err != nil {
		return false, fmt.Errorf("open %s: %w", s.path, err)
	}
	defer unix.Close(fd)
	names, err := readNames(fd)
	if err != nil {
		return false, fmt.Errorf("list %s: %w", s.path, err)
	}
	for _, name := range names {
		in := &spot{at: fd, name: name, path: join(s.path, name), on: s.on}
		st, err := lstat(fd, name)
		if errors.Is(err, unix.ENOENT) {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("look at %s: %w", in.path, err)
		}
		in.st = &st
		if m.rules.out[in.path] || m.rules.foreign(in.path, in.kind()) {
			stays = true
			continue
		}
		kept, err := m.extras(in)
		if err != nil {
			return false, err
		}
		stays = stays || kept
	}
	if stays {
		return true, nil
	}
	return false, m.extra(s)
}

// enter goes into a directory of the manifest, whether or not the system has it.
func (m *matcher) enter(s *spot) error {
	if s.covered {
		return m.skip(s.path)
	}
	fd, on := -1, s.on
	if s.at >= 0 {
		var err error
		fd, err = openDir(s.at, s.name)
		switch {
		case err == nil:
			defer unix.Close(fd)
			if on, err = m.onto(s, fd); err != nil {
				return err
			}
		case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENOTDIR), errors.Is(err, unix.ELOOP):
		default:
			return fmt.Errorf("open %s: %w", s.path, err)
		}
	}
	if err := m.dir(fd, s.path, on); err != nil {
		return err
	}
	return m.leave(fd, s.e)
}

// onto is the volume of an open directory, which may be another than that of its parent.
func (m *matcher) onto(s *spot, fd int) (volume, error) {
	st, err := fstat(fd)
	if err != nil {
		return volume{}, err
	}
	if _, mounted := m.rules.mounts[s.path]; !mounted && st.Dev == s.on.dev {
		return s.on, nil
	}
	on, err := volumeOf(fd)
	if err != nil {
		return volume{}, err
	}
	return on, m.volume(on, s.path, fd)
}

// skip passes over the entries below a directory that cannot be reached.
func (m *matcher) skip(path string) error {
	for {
		e, err := m.dec.peek()
		if err != nil {
			return err
		}
		if e == nil || !below(e.Path, path) {
			return nil
		}
		m.paths++
		m.dec.peeked = nil
	}
}

// decodedWith makes a point's own mistakes recognisable.
func decodedWith(id string, err error) error {
	if errors.Is(err, errManifest) {
		return fmt.Errorf("restore point %s: %w: %w", id, restore.ErrPointDamaged, err)
	}
	return err
}
