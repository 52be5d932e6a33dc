package composer

import "strings"

// Longest is the length in bytes of the longest version that Normalize reads.
const Longest = 128

// Order orders two versions as Composer does, on their normal forms. It reports false where one of them
// has no place in an order, see Prepare.
func Order(a, b string) (int, bool) {
	na, okA := Prepare(a)
	nb, okB := Prepare(b)
	if !okA || !okB {
		return 0, false
	}
	return Compare(na, nb), true
}

// Orderable reports whether a version has a place in the order.
func Orderable(v string) bool {
	_, ok := Prepare(v)
	return ok
}

// Prepare gives the form of a version that Compare puts in Composer's order. It reports false for what has
// no place there: a branch ("dev-main"), or a text that does not begin with a number. A version that begins
// with a number and has no normal form ("6.7.2-7") is compared as it stands.
func Prepare(v string) (string, bool) {
	if n, ok := Normalize(v); ok {
		return n, true
	}
	v = strings.TrimSpace(v)
	bare := string(rowOf(v))
	return v, len(v) <= Longest && bare != "" && isDigit(bare[0])
}

// Normalize brings a version to Composer's normal form: four numbers, then the stability as a word, as in
// "v1.2-b3" → "1.2.0.0-beta3". A branch with a number ("1.2.x-dev") becomes the end of its line,
// "1.2.9999999.9999999-dev". It reports false for what has no normal form, named branches among them.
func Normalize(v string) (string, bool) {
	v = strings.TrimSpace(v)
	if before, _, alias := strings.Cut(v, " as "); alias {
		v = strings.TrimSpace(before)
	}
	if i := strings.LastIndexByte(v, '@'); i > 0 {
		v = v[:i]
	}
	if i := strings.IndexByte(v, '+'); i > 0 {
		v = v[:i] // build metadata
	}
	if len(v) > Longest || strings.ContainsAny(v, " \t") {
		return "", false
	}
	v = string(rowOf(v))
	numbers, rest := leadingNumbers(v)
	switch {
	case len(numbers) == 0:
		return "", false
	case strings.HasPrefix(rest, ".x") || strings.HasPrefix(rest, ".X") || strings.HasPrefix(rest, ".*"):
		return branch(numbers, rest)
	case len(numbers[0]) <= 5 && len(numbers) <= 4:
		if suffix, ok := stability(rest); ok {
			return padded(numbers, "0") + suffix, true
		}
	}
	return date(v)
}

// leadingNumbers takes the numbers between dots at the beginning.
func leadingNumbers(v string) (numbers []string, rest string) {
	for rest = v; ; {
		i := 0
		for i < len(rest) && isDigit(rest[i]) {
			i++
		}
		if i == 0 {
			return numbers, rest
		}
		numbers, rest = append(numbers, rest[:i]), rest[i:]
		if len(rest) < 2 || rest[0] != '.' || !isDigit(rest[1]) {
			return numbers, rest
		}
		rest = rest[1:]
	}
}

func padded(numbers []string, with string) string {
	for len(numbers) < 4 {
		numbers = append(numbers, with)
	}
	return strings.Join(numbers, ".")
}

// branch reads what follows the numbers of a branch: placeholders, then "dev".
func branch(numbers []string, rest string) (string, bool) {
	for len(rest) >= 2 && rest[0] == '.' && strings.ContainsRune("xX*", rune(rest[1])) {
		rest = rest[2:]
	}
	if rest = strings.TrimLeft(rest, ".-"); !strings.EqualFold(rest, "dev") || len(numbers) > 4 {
		return "", false
	}
	return padded(numbers, "9999999") + "-dev", true
}

// words are Composer's names for stabilities and their short forms. Longer ones come first.
var words = []struct{ text, normal string }{
	{"stable", ""}, {"alpha", "-alpha"}, {"patch", "-patch"}, {"beta", "-beta"}, {"rc", "-RC"}, {"pl", "-patch"}, {"a", "-alpha"}, {"b", "-beta"}, {"p", "-patch"},
}

// stability reads all that follows the numbers: "", "-RC1", "beta.2", "_p1-dev", "-dev".
func stability(rest string) (string, bool) {
	low := strings.ToLower(rest)
	dev := ""
	if cut, found := strings.CutSuffix(low, "dev"); found {
		low, dev = strings.TrimSuffix(strings.TrimSuffix(cut, "-"), "."), "-dev"
	}
	if low == "" {
		return dev, true
	}
	if strings.IndexByte("._-", low[0]) >= 0 {
		low = low[1:]
	}
	for _, w := range words {
		number, found := strings.CutPrefix(low, w.text)
		if !found {
			continue
		}
		if strings.Trim(number, "0123456789.-") != "" || strings.HasSuffix(number, ".") || strings.HasSuffix(number, "-") {
			return "", false
		}
		if w.normal == "" {
			return "", dev == ""
		}
		return w.normal + strings.TrimLeft(number, ".-") + dev, true
	}
	return "", false
}

// date reads versions that are a day: "20261127", "2026-11-27", "2026.11.27-14".
func date(v string) (string, bool) {
	parts := strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(".:-", r) })
	if len(parts) == 0 || len(parts[0]) < 4 {
		return "", false
	}
	for _, p := range parts {
		if strings.Trim(p, "0123456789") != "" {
			return "", false
		}
	}
	return strings.Join(parts, "."), true
}
