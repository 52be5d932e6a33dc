package advisory

import "github.com/patchwart/patchwart/internal/core/lang"

var stateTexts = map[State]lang.Text{
	Fixed:        lang.T("behoben", "fixed"),
	Unfixed:      lang.T("noch nicht behoben", "not fixed yet"),
	ProOnly:      lang.T("nur mit Ubuntu Pro behoben", "fixed under Ubuntu Pro only"),
	NotAffected:  lang.T("nicht betroffen", "not affected"),
	NoDSA:        lang.T("kein eigenes Update geplant", "no update of its own planned"),
	EndOfLife:    lang.T("Pflege beendet", "end of life"),
	Undetermined: lang.T("ungeklärt", "undetermined"),
}

// StateText is the state in words; a state that is not known is undetermined.
func StateText(s State) lang.Text {
	if t, ok := stateTexts[s]; ok {
		return t
	}
	return stateTexts[Undetermined]
}
