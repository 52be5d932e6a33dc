package application

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/application"
)

// docker reads the images that Docker has, out of the file in which it keeps their names: a folder for
// each storage driver, in it repositories.json.
func (l *look) docker(f folder) {
	for _, e := range l.list(f) {
		if !e.IsDir() {
			continue
		}
		sub, ok := l.enter(f, e.Name())
		if !ok {
			continue
		}
		if text, ok := l.read(sub, "repositories.json", l.limits.File, true); ok {
			at := path.Join(sub.path, "repositories.json")
			images, err := dockerImages(text)
			l.images(images, at, err)
		}
		sub.close()
	}
}

// dockerImages reads repositories.json. Tags and digests are both names for an image's ID; a tag's digest is
// the one in the same repository with the same ID.
func dockerImages(text []byte) (found []application.Found, err error) {
	var file struct {
		Repositories map[string]map[string]string
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	for name, references := range file.Repositories {
		digests, tagged := map[string]string{}, map[string]bool{} // by image ID
		for reference, id := range references {
			if digest, ok := strings.CutPrefix(reference, name+"@"); ok && digest > digests[id] {
				digests[id] = digest
			}
		}
		for reference, id := range references {
			if tag, ok := strings.CutPrefix(reference, name+":"); ok {
				tagged[id] = true
				found = append(found, image(name, tag, digests[id]))
			}
		}
		for id, digest := range digests {
			if !tagged[id] {
				found = append(found, image(name, "", digest))
			}
		}
	}
	return found, nil
}

// podman reads the images of one storage, out of images.json of each of its drivers.
func (l *look) podman(f folder) {
	for _, e := range l.list(f) {
		if !e.IsDir() || !strings.HasSuffix(e.Name(), "-images") {
			continue
		}
		sub, ok := l.enter(f, e.Name())
		if !ok {
			continue
		}
		if text, ok := l.read(sub, "images.json", l.limits.File, true); ok {
			at := path.Join(sub.path, "images.json")
			images, err := podmanImages(text)
			l.images(images, at, err)
		}
		sub.close()
	}
}

func podmanImages(text []byte) (found []application.Found, err error) {
	var file []struct {
		Digest string   `json:"digest"`
		Names  []string `json:"names"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	for _, i := range file {
		for _, reference := range i.Names {
			name, digest, _ := strings.Cut(reference, "@")
			tag := ""
			if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
				name, tag = name[:colon], name[colon+1:]
			}
			if digest == "" {
				digest = i.Digest
			}
			found = append(found, image(name, tag, digest))
		}
	}
	return found, nil
}

func image(name, tag, digest string) application.Found {
	return application.Found{Kind: application.Image, Name: name, Version: tag, Digest: digest}
}

// images keeps those of a file, in a fixed order.
func (l *look) images(images []application.Found, at string, err error) {
	if err != nil {
		l.skip(at, "this is no list of images: %v", err)
		return
	}
	slices.SortFunc(images, func(a, b application.Found) int {
		return slices.Compare([]string{a.Name, a.Version, a.Digest}, []string{b.Name, b.Version, b.Digest})
	})
	for _, i := range images {
		if !application.ValidName(i.Name) || i.Version != "" && !application.ValidVersion(i.Version) || i.Digest != "" && !application.ValidName(i.Digest) {
			l.skip(at, "the image %.80q has characters that no image's name has", i.Name)
			continue
		}
		i.Path = at
		l.add(i)
	}
}

// containerd says that there are images that are not seen: their names stand in a database that only the
// daemon may open. Where Docker's own list named images, they are in that.
func (l *look) containerd(f folder) {
	if slices.ContainsFunc(l.found, func(f application.Found) bool { return f.Kind == application.Image }) {
		return
	}
	for _, e := range l.list(f) {
		if e.Name() == "meta.db" {
			l.skip(path.Join(f.path, e.Name()), "images of containerd are not read from files; `ctr -n moby images ls` or `nerdctl images --digests` lists them")
		}
	}
}
