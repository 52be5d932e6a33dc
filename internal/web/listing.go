package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// perPage is how many rows a page of a list holds.
const perPage = 50

// maxQuery bounds the length of what is searched for.
const maxQuery = 100

// listing is how a list is filtered, sorted and paged. All of it is in the address, so that a view
// can be sent to a colleague.
type listing struct {
	Path  string // address of the page
	Query string // q
	State string // zustand
	Sort  string // sort
	Down  bool   // ab=1
	Page  int    // seite, from 1
	Pages int
	Total int // rows before filtering
	Found int // rows after it
}

// listingOf reads a listing from the address. What it does not know it ignores.
func listingOf(path string, q url.Values, states, sorts []string) listing {
	l := listing{Path: path, Query: strings.TrimSpace(q.Get("q")), State: q.Get("zustand"), Sort: q.Get("sort"), Down: q.Get("ab") == "1"}
	if len(l.Query) > maxQuery {
		l.Query = strings.ToValidUTF8(l.Query[:maxQuery], "")
	}
	l.State, l.Sort = oneOf(l.State, states), oneOf(l.Sort, sorts)
	l.Page, _ = strconv.Atoi(q.Get("seite"))
	return l
}

// oneOf returns s if it is among the known, else the first of them.
func oneOf(s string, known []string) string {
	for _, k := range known {
		if k == s {
			return s
		}
	}
	return known[0]
}

// bounds pages found rows: it settles the page and returns the range of rows on it.
func (l *listing) bounds(found, total int) (from, to int) {
	l.Found, l.Total = found, total
	l.Pages = max(1, (found+perPage-1)/perPage)
	l.Page = min(max(1, l.Page), l.Pages)
	from = (l.Page - 1) * perPage
	return from, min(found, from+perPage)
}

// address is the address of the same list with other parameters.
func (l listing) address(path, sort string, down bool, page int) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": l.Query, "zustand": l.State, "sort": sort} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if down {
		q.Set("ab", "1")
	}
	if page > 1 {
		q.Set("seite", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// SortURL sorts by a column; sorting again turns the order around.
func (l listing) SortURL(column string) string {
	return l.address(l.Path, column, l.Sort == column && !l.Down, 1)
}

// PageURL is another page of the list.
func (l listing) PageURL(page int) string { return l.address(l.Path, l.Sort, l.Down, page) }

// CSVURL is the same list as CSV, not paged.
func (l listing) CSVURL() string { return l.address(l.Path+".csv", l.Sort, l.Down, 1) }

// Filtered reports whether the list shows a selection.
func (l listing) Filtered() bool { return l.Query != "" || l.State != "" }

// column is a way to sort a list.
type column struct {
	Name string // as in the address
	Word lang.Text
}

// AriaSort is the value of aria-sort for a head that sorts by these, empty when the list is sorted
// by none of them.
func (l listing) AriaSort(columns []column) string {
	switch {
	case !slices.ContainsFunc(columns, func(c column) bool { return c.Name == l.Sort }):
		return ""
	case l.Down:
		return "descending"
	}
	return "ascending"
}

// option is one choice of a list's filter.
type option struct {
	Value string
	Word  lang.Text
}
