package web

// Words are the words of all pages by the name of their variable, for tests that walk them.
var Words = map[string]any{
	"enrolWords": enrolWords, "explainWords": explainWords, "faultWords": faultWords, "frameWords": frameWords, "holeWords": holeWords, "lifeWords": lifeWords, "policyWords": policyWords,
	"campaignWords": campaignWords, "aboWords": aboWords, "connectionWords": connectionWords, "pointWords": pointWords,
	"meetWords": meetWords, "standWords": standWords, "queueWords": queueWords,
	"bookWords": bookWords, "postWords": postWords, "rootWords": rootWords, "calendarWords": calendarWords, "orderWords": orderWords, "planWords": planWords, "recordWords": recordWords, "runWords": runWords,
	"runsWords": runsWords, "signInWords": signInWords, "stateWords": stateWords, "systemWords": systemWords,
	"systemsWords": systemsWords, "todayWords": todayWords, "previewWords": previewWords,
}
