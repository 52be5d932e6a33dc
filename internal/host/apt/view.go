package apt

// Where narrow views are made, anew each time.
const (
	ViewDir = CacheDir + "/view" // of a run: what is ordered
	DueDir  = CacheDir + "/due"  // of a look at the host: what is due
)

// View is which lists apt reads. The zero View is the host's own: all of them. A narrow one holds the lists of only
// those repositories that offer what is ordered or due, because most of what apt's calls cost is to walk through every package
// that any list names: 63,000 in Debian's archive, whatever is ordered.
//
// The repositories stay configured as they are, with their keys and options; apt just has no lists of the others, like
// before their first refresh. That a list is signed is read from the release file beside it, so a view has to bring
// that along. What is installed is known from dpkg, also without a list.
type View struct {
	dir string // below the host's root; empty = the host's own lists
}

// Narrow is the view that was made in ViewDir.
func Narrow() View { return View{dir: ViewDir} }

// Due is the view that was made in DueDir.
func Due() View { return View{dir: DueDir} }

// IsNarrow says whether the view leaves lists out.
func (v View) IsNarrow() bool { return v.dir != "" }

// ViewLists is the directory of the lists within the directory of a view.
func ViewLists(dir string) string { return dir + "/lists" }

// args point apt to the view. Its cache of parsed lists gets a place of its own: the host's would be overwritten by one
// that fits the next caller's lists no longer. The second cache, without what is installed, is no gain: nothing is
// installed between the calls that use a view.
func (v View) args() []string {
	if v.dir == "" {
		return nil
	}
	return []string{
		"-o", "Dir::State::lists=" + ViewLists(v.dir),
		"-o", "Dir::Cache::pkgcache=" + v.dir + "/pkgcache.bin", "-o", "Dir::Cache::srcpkgcache=",
	}
}
