package lang

import "testing"

func TestOneIsNotSeveral(t *testing.T) {
	t.Parallel()
	one, many := T("%[1]s System fehlt (%[2]s)", "%[1]s system is missing (%[2]s)"), T("%[1]s Systeme fehlen (%[2]s)", "%[1]s systems are missing (%[2]s)")
	for n, want := range map[int]Text{
		0:    T("0 Systeme fehlen (Regel)", "0 systems are missing (rule)"),
		1:    T("1 System fehlt (Regel)", "1 system is missing (rule)"),
		2:    T("2 Systeme fehlen (Regel)", "2 systems are missing (rule)"),
		1412: T("1.412 Systeme fehlen (Regel)", "1,412 systems are missing (rule)"),
	} {
		if got := Counted(n, one, many, T("Regel", "rule")); got != want {
			t.Errorf("%d: %+v", n, got)
		}
	}
}
