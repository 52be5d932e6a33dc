package cli

import (
	"context"
	"errors"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// The exit codes. They are API: scripts depend on them, and no code ever gets another meaning.
const (
	ExitOK          = 0
	ExitInternal    = 1
	ExitUsage       = 2
	ExitInvalid     = 3
	ExitNotFound    = 4
	ExitRefused     = 5
	ExitConflict    = 6
	ExitForbidden   = 7
	ExitUnavailable = 8
	ExitOutcome     = 9
	ExitRecord      = 10
	ExitInterrupted = 130
)

// exitWords say what the codes mean; the help prints them.
var exitWords = []struct {
	code int
	text lang.Text
}{
	{ExitOK, lang.T("in Ordnung", "fine")},
	{ExitInternal, lang.T("unerwarteter Fehler; oder etwas gefunden (policy lint), oder etwas nicht gelesen (match)", "unexpected error; or something was found (policy lint), or not read (match)")},
	{ExitUsage, lang.T("Aufruf nicht verstanden", "command line not understood")},
	{ExitInvalid, lang.T("Eingabe nicht gültig; die Stellen sind genannt", "input not valid; the places are named")},
	{ExitNotFound, lang.T("gibt es nicht", "no such thing")},
	{ExitRefused, lang.T("vom Regelwerk oder Vertrag abgelehnt; die Regel ist genannt", "refused by policy or contract; the rule is named")},
	{ExitConflict, lang.T("der Zustand erlaubt es nicht", "the state does not allow it")},
	{ExitForbidden, lang.T("kein Zugang", "no access")},
	{ExitUnavailable, lang.T("Server nicht erreicht oder nicht bereit", "server not reached or not ready")},
	{ExitOutcome, lang.T("der Lauf endete anders als mit Erfolg (run show --follow, demo)", "the run ended otherwise than with success (run show --follow, demo)")},
	{ExitRecord, lang.T("das Protokoll wurde verändert (record verify)", "the record was altered (record verify)")},
	{ExitInterrupted, lang.T("abgebrochen (Strg-C)", "interrupted (Ctrl-C)")},
}

// Errors that stand for an exit code of their own. What there is to say has been said.
var (
	ErrOutcome = errors.New("a run ended otherwise than with success")
	errRecord  = errors.New("the record was altered")
	errHelp    = errors.New("help was asked for")
)

// usageError is a command line that cannot be understood.
type usageError struct {
	text  lang.Text
	path  string // of the command whose help helps
	alone bool   // the text says it all, in one line
}

func (e *usageError) Error() string { return e.text.EN }

// exitCode is the code for how a command ended.
func exitCode(ctx context.Context, err error) int {
	var usage *usageError
	var known *client.Error
	switch {
	case err == nil, errors.Is(err, errHelp):
		return ExitOK
	case errors.Is(err, ErrOutcome):
		return ExitOutcome
	case errors.Is(err, errRecord):
		return ExitRecord
	case errors.Is(err, errFindings), errors.Is(err, errUnread):
		return ExitInternal
	case errors.As(err, &usage):
		return ExitUsage
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return ExitInterrupted
	case !errors.As(err, &known):
		return ExitInternal
	}
	switch known.Code {
	case client.CodeInvalid:
		return ExitInvalid
	case client.CodeNotFound:
		return ExitNotFound
	case client.CodeRefused:
		return ExitRefused
	case client.CodeConflict:
		return ExitConflict
	case client.CodeForbidden:
		return ExitForbidden
	case client.CodeUnavailable:
		return ExitUnavailable
	}
	return ExitInternal
}
