package lang

// Counted is a statement about a number of things, in the wording for one of them or for several (and for none):
//
//	Counted(n, T("%[1]s System fehlt", "%[1]s system is missing"), T("%[1]s Systeme fehlen", "%[1]s systems are missing"))
//
// %[1]s is the number as Count writes it; args follow from %[2]s on, as in Textf.
func Counted(n int, one, many Text, args ...any) Text {
	words := many
	if n == 1 {
		words = one
	}
	return Textf(words.DE, words.EN, append([]any{T(Count(n, DE), Count(n, EN))}, args...)...)
}
