package csaf

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory/source"
)

const maxAddress = 2048 // bytes

// below resolves what a listing names against the folder of the distribution, and returns it only if it lies
// strictly below: a listing must not lead us to other hosts or places. The folder ends in a slash.
func below(folder, name string) (string, error) {
	base, err := place(folder)
	if err != nil {
		return "", err
	}
	if len(name) > maxAddress || strings.ContainsAny(name, "\\\x00\r\n") {
		return "", fmt.Errorf("%q is no address of a document", shortened(name))
	}
	ref, err := url.Parse(name)
	if err != nil || name == "" {
		return "", fmt.Errorf("%q is no address of a document", shortened(name))
	}
	u := base.ResolveReference(ref)
	switch {
	case u.Scheme != base.Scheme || !strings.EqualFold(u.Host, base.Host) || u.User != nil || u.Opaque != "":
		return "", fmt.Errorf("%q leads to another host than %s", shortened(name), base.Host)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", fmt.Errorf("%q has a query or fragment, and a document has none", shortened(name))
	case dotted(ref) || !strings.HasPrefix(u.Path, base.Path) || u.Path == base.Path || strings.HasSuffix(u.Path, "/"):
		return "", fmt.Errorf("%q does not lie below %s", shortened(name), base.Path)
	}
	return u.String(), nil
}

// dotted reports whether a path goes up or around, plainly or in percent signs.
func dotted(u *url.URL) bool {
	// A server may decode once more than we do: what is still encoded after decoding is refused as well.
	if strings.ContainsAny(u.Path, `\%`) || strings.Contains(strings.ToLower(u.EscapedPath()), "%2f") {
		return true
	}
	for step := range strings.SplitSeq(u.Path, "/") {
		if step == ".." || step == "." {
			return true
		}
	}
	return false
}

// place reads the address of a folder or listing that a provider names.
func place(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxAddress || !source.Allowed(address) || u.RawQuery != "" || u.Opaque != "" || dotted(u) {
		return nil, fmt.Errorf("%q is no address to fetch from: https, and without user, query and dots", shortened(address))
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// folderOf is the folder that a listing lies in.
func folderOf(listing string) string { return listing[:strings.LastIndex(listing, "/")+1] }
