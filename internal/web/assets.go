package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"sort"
	"strings"
	"sync"
)

//go:embed static
var static embed.FS

// asset is one served file. Its address holds a hash of its content, so that browsers may keep it for
// good and still never show an old one.
type asset struct {
	content []byte
	kind    string // content type
}

// assets are all served files by address name, and the address of each by plain name.
type assets struct {
	byName map[string]asset
	url    map[string]string
}

// loadAssets reads the embedded files once. The style sheet is written as several files, one subject
// each, and served as one, in the order of their names.
var loadAssets = sync.OnceValue(func() *assets {
	a := &assets{byName: map[string]asset{}, url: map[string]string{}}
	names, err := fs.Glob(static, "static/*")
	if err != nil || len(names) == 0 { // the files are part of the program
		panic("web: no embedded files")
	}
	sort.Strings(names)
	var style bytes.Buffer
	for _, name := range names {
		content, err := static.ReadFile(name)
		if err != nil {
			panic("web: " + err.Error())
		}
		switch path.Ext(name) {
		case ".css":
			style.Write(content)
		case ".js":
			a.add(path.Base(name), content, "text/javascript; charset=utf-8")
		case ".svg":
			a.add(path.Base(name), content, "image/svg+xml")
		}
	}
	a.add("console.css", style.Bytes(), "text/css; charset=utf-8")
	return a
})

func (a *assets) add(name string, content []byte, kind string) {
	sum := sha256.Sum256(content)
	stem, ext := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	hashed := stem + "." + hex.EncodeToString(sum[:6]) + ext
	a.byName[hashed] = asset{content: content, kind: kind}
	a.url[name] = "/static/" + hashed
}

// assetURL is the address of the file of that name.
func assetURL(name string) string { return loadAssets().url[name] }

// serveAsset serves the embedded files. They hold no secret, so they need no session.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := loadAssets().byName[r.PathValue("name")]
	if !ok {
		http.Error(w, "404", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(a.content) // the reader may be gone
}
