package schedule

import "github.com/patchwart/patchwart/internal/core/lang"

// sentences says each code in words.
var sentences = map[Code]func(Cause) lang.Text{
	Busy: func(c Cause) lang.Text {
		return lang.Textf("Auf dem System ist %[1]s unterwegs, und das Ende ist nicht bekannt.", "%[1]s is under way on the system, and nobody knows when it ends.", c.Name)
	},
	NoDuration: func(Cause) lang.Text {
		return lang.T("Es ist nicht bekannt, wie lange die Änderung dauert.", "It is not known how long the change takes.")
	},
	Cycle: func(c Cause) lang.Text {
		return lang.Textf("Die Änderungen %[1]s warten im Kreis aufeinander.", "The changes %[1]s wait for each other in a circle.", c.Name)
	},
	AfterUnmade: func(c Cause) lang.Text {
		return lang.Textf("Sie wartet auf %[1]s, und diese Änderung ist nicht geplant.", "It waits for %[1]s, and that change is not planned.", c.Name)
	},
	AfterNobody: func(c Cause) lang.Text {
		return lang.Textf("Sie wartet auf %[1]s, und eine solche Änderung ist nicht bekannt.", "It waits for %[1]s, and no such change is known.", c.Name)
	},
	NoWindow: func(Cause) lang.Text {
		return lang.T("Das System hat weder ein Wartungsfenster noch einen vereinbarten Termin.", "The system has neither a maintenance window nor an agreed appointment.")
	},
	TooLong: func(c Cause) lang.Text {
		return lang.Textf("Kein Wartungsfenster und kein Termin ist lang genug (gebraucht werden %[1]s).", "No maintenance window and no appointment is long enough (%[1]s are needed).", length(c.Need))
	},
	Beyond: func(c Cause) lang.Text {
		return lang.Textf("Vor dem Ende des Planungszeitraums (%[1]s) ist kein passender Zeitpunkt mehr.", "There is no fitting time before the end of what is planned (%[1]s).", moment(c.Until))
	},
	Frozen: func(c Cause) lang.Text {
		return lang.Textf("Gesperrt bis %[1]s durch die Sperrzeit %[2]s.", "Frozen until %[1]s by the freeze %[2]s.", moment(c.Until), freezeText(c))
	},
	SystemTaken: func(c Cause) lang.Text {
		return lang.Textf("Andere Änderungen an %[1]s belegen alle passenden Zeiten.", "Other changes of %[1]s take up all fitting times.", c.Name)
	},
	GroupBusy: func(c Cause) lang.Text {
		return lang.Textf("In der Gruppe %[1]s wird zu allen passenden Zeiten ein anderes Mitglied geändert.", "Another member of the group %[1]s is changed at all fitting times.", c.Name)
	},
	PoolFull: func(c Cause) lang.Text {
		return lang.Textf("Zu allen passenden Zeiten ist %[1]s voll belegt.", "At all fitting times %[1]s is full.", c.Name)
	},

	Passed: func(c Cause) lang.Text {
		return lang.Textf("Bis zur Frist (%[1]s) reicht die Zeit von jetzt an nicht (gebraucht werden %[2]s).", "The time from now to the deadline (%[1]s) is too short (%[2]s are needed).", moment(c.Until), length(c.Need))
	},
	LateStart: func(c Cause) lang.Text {
		return lang.Textf("Sie darf nicht vor %[1]s beginnen.", "It may not begin before %[1]s.", moment(c.Until))
	},
	LateAfter: func(c Cause) lang.Text {
		return lang.Textf("Sie wartet auf %[1]s; diese Änderung endet %[2]s.", "It waits for %[1]s; that change ends %[2]s.", c.Name, moment(c.Until))
	},
	LateWindow: func(c Cause) lang.Text {
		return lang.Textf("Kein Wartungsfenster und kein Termin vor der Frist (%[1]s) ist lang genug (gebraucht werden %[2]s).",
			"No maintenance window and no appointment before the deadline (%[1]s) is long enough (%[2]s are needed).", moment(c.Until), length(c.Need))
	},

	NotBegun: func(Cause) lang.Text {
		return lang.T("Zur geplanten Zeit wurde nicht begonnen.", "It was not begun at the planned time.")
	},
	WindowChanged: func(Cause) lang.Text {
		return lang.T("Die bisherige Zeit liegt in keinem Wartungsfenster und keinem Termin mehr.", "The former time is in no maintenance window and no appointment any more.")
	},
	FreezeAdded: func(c Cause) lang.Text {
		return lang.Textf("Eine Sperrzeit ist hinzugekommen: %[2]s, bis %[1]s.", "A freeze was added: %[2]s, until %[1]s.", moment(c.Until), freezeText(c))
	},
	DurationGrew: func(c Cause) lang.Text {
		return lang.Textf("Sie dauert länger als gedacht (jetzt %[1]s) und hat am bisherigen Platz nicht mehr genug Zeit.", "It takes longer than thought (now %[1]s) and has not enough time at its former place any more.", length(c.Need))
	},
	StartMoved: func(c Cause) lang.Text {
		return lang.Textf("Sie darf jetzt nicht vor %[1]s beginnen.", "It may not begin before %[1]s now.", moment(c.Until))
	},
	AfterMoved: func(c Cause) lang.Text {
		return lang.Textf("Sie wartet auf %[1]s, und diese Änderung hat eine andere Zeit oder keine mehr.", "It waits for %[1]s, and that change has another time or none any more.", c.Name)
	},
	SystemMoved: func(c Cause) lang.Text {
		return lang.Textf("Zur bisherigen Zeit findet an %[1]s eine andere Änderung statt.", "At the former time there is another change of %[1]s.", c.Name)
	},
	GroupMoved: func(c Cause) lang.Text {
		return lang.Textf("Zur bisherigen Zeit wird ein anderes Mitglied der Gruppe %[1]s geändert.", "At the former time another member of the group %[1]s is changed.", c.Name)
	},
	PoolShrunk: func(c Cause) lang.Text {
		return lang.Textf("Zur bisherigen Zeit ist %[1]s jetzt voll belegt.", "At the former time %[1]s is full now.", c.Name)
	},
	MadeRoom: func(c Cause) lang.Text {
		return lang.Textf("Sie hat Platz gemacht für %[1]s; diese Änderung ist dringender.", "It made room for %[1]s, which is more urgent.", c.Name)
	},
	CameFree: func(Cause) lang.Text {
		return lang.T("Eine frühere Zeit wurde frei; damit hält sie ihre Frist ein.", "An earlier time came free; with that it meets its deadline.")
	},
	NotDue: func(Cause) lang.Text {
		return lang.T("Die Änderung steht nicht mehr an.", "The change is not due any more.")
	},
}

// freezeText is "BF-26 des Kunden (Black Friday)".
func freezeText(c Cause) lang.Text {
	t := lang.T(c.Name, c.Name)
	if c.Scope != "" {
		t = lang.Textf("%[1]s %[2]s", "%[1]s %[2]s", t, c.Scope.Text())
	}
	if c.Note != "" {
		t = lang.Textf("%[1]s (%[2]s)", "%[1]s (%[2]s)", t, c.Note)
	}
	return t
}
