package application

import (
	"path"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/application"
)

// maxPluginFiles is how many files of a plugin's folder are searched for its header.
const maxPluginFiles = 64

// wpContent looks at the plugins of a WordPress, also of one whose core lies elsewhere.
func (l *look) wpContent(f folder) {
	for _, kind := range []string{"wp-content/plugins", "wp-content/mu-plugins"} {
		l.below(f, kind, l.plugins)
	}
}

func (l *look) plugins(f folder) {
	for _, e := range l.list(f) {
		if l.over() {
			return
		}
		switch {
		case e.IsDir():
			if sub, ok := l.enter(f, e.Name()); ok {
				l.plugin(sub, e.Name())
				sub.close()
			}
		case strings.HasSuffix(e.Name(), ".php") && e.Type().IsRegular():
			l.header(f, e.Name(), strings.TrimSuffix(e.Name(), ".php"), path.Join(f.path, e.Name()))
		}
	}
}

// plugin searches a plugin's folder for its main file, which mostly is called like the folder.
func (l *look) plugin(f folder, name string) {
	var files []string
	for _, e := range l.list(f) {
		if strings.HasSuffix(e.Name(), ".php") && e.Type().IsRegular() {
			files = append(files, e.Name())
		}
	}
	if i := slices.Index(files, name+".php"); i > 0 {
		files = slices.Insert(slices.Delete(files, i, i+1), 0, name+".php")
	}
	for i, file := range files {
		if i == maxPluginFiles || l.over() {
			return
		}
		if l.header(f, file, name, f.path) {
			return
		}
	}
}

// header reads one file and reports whether it was the main file of a plugin.
func (l *look) header(f folder, file, name, at string) bool {
	text, ok := l.read(f, file, application.HeaderSize, false)
	if !ok {
		return false
	}
	found, is, err := application.ReadPlugin(name, text)
	switch {
	case err != nil:
		l.skip(path.Join(f.path, file), "%v", err)
	case is:
		found.Path = at
		l.add(found)
	}
	return is
}
