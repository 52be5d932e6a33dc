package mail

import "strings"

// methodResult is one "method=result" with its properties (RFC 8601 2.2).
type methodResult struct {
	method     string
	result     Result
	properties map[string]string
}

// maxResults bounds what one field may hold.
const maxResults = 50

// results reads an Authentication-Results field. Comments and quoted strings hold what a sender may have
// chosen, such as the local part of an address: what looks like a result in there is none.
func results(field string) (server string, out []methodResult, ok bool) {
	statements, ok := statements(field)
	if !ok || len(statements) == 0 || len(statements[0]) == 0 || len(statements) > maxResults {
		return "", nil, false
	}
	server = statements[0][0]
	if len(statements[0]) > 1 && statements[0][1] != "1" {
		return "", nil, false // a version that is not known
	}
	for _, s := range statements[1:] {
		if len(s) == 0 {
			continue
		}
		method, result, found := strings.Cut(s[0], "=")
		if !found {
			continue // "none"
		}
		method, _, _ = strings.Cut(method, "/") // of a version
		r := methodResult{method: strings.ToLower(method), result: Result(strings.ToLower(line(result))), properties: map[string]string{}}
		for _, property := range s[1:] {
			key, value, found := strings.Cut(property, "=")
			if key = strings.ToLower(key); found && r.properties[key] == "" {
				r.properties[key] = value
			}
		}
		out = append(out, r)
	}
	return server, out, true
}

// statements splits a field at its semicolons and each piece at its blanks, knowing comments and quotes. A
// comment or quote that does not end makes the field unreadable.
func statements(field string) ([][]string, bool) {
	var out [][]string
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	depth, quoted := 0, false
	for i := 0; i < len(field); i++ {
		c := field[i]
		switch {
		case c == '\\' && (quoted || depth > 0):
			i++ // the next character is only itself
			if quoted && i < len(field) {
				word.WriteByte(field[i])
			}
		case quoted:
			if c == '"' {
				quoted = false
			} else {
				word.WriteByte(c)
			}
		case c == '(':
			depth++
		case depth > 0:
			if c == ')' {
				depth--
			}
		case c == '"':
			quoted = true
		case c == ';':
			end()
			out, words = append(out, words), nil
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			end()
		default:
			word.WriteByte(c)
		}
	}
	end()
	out = append(out, words)
	return join(out), depth == 0 && !quoted
}

// join puts together what stands with blanks around its equals sign.
func join(statements [][]string) [][]string {
	for i, words := range statements {
		var out []string
		for _, w := range words {
			if n := len(out); n > 0 && (strings.HasPrefix(w, "=") || strings.HasSuffix(out[n-1], "=")) {
				out[n-1] += w
				continue
			}
			out = append(out, w)
		}
		statements[i] = out
	}
	return statements
}
