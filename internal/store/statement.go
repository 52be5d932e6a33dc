package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Kinds of statements: what the record holds about the store's rows.
const (
	KindEstate        = "estate"          // subject "stated": the whole stated estate
	KindPolicy        = "policy"          // policy ID
	KindAgreement     = "agreement"       // ID of an individual agreement
	KindValidity      = "policy_validity" // policy ID + "/" + time of the statement, microseconds
	KindEstateVersion = "estate_version"  // time of the statement, microseconds
	KindAgent         = "agent"           // serial of the certificate
	KindOrder         = "order"           // order ID
	KindRun           = "run"             // run ID
	KindPaper         = "paper"           // run ID + "/" + phase
	KindMandate       = "mandate"         // run ID
	KindWorkOrder     = "work_order"      // run ID
	KindRunEvent      = "run_event"       // run ID + "/" + sequence number
	KindVerdict       = "verdict"         // run ID
	KindDecision      = "decision"        // decision ID
	KindRefusal       = "refusal"         // refusal ID
	KindPublication   = "publication"     // feed + "/" + time of acceptance, microseconds
	KindClock         = "clock"           // system + "/" + source package + "/" + CVE
	KindNotice        = "notice"          // notice ID
	KindRuling        = "ruling"          // ruling ID
)

// Statement is a row as it stands after a change, for the record: Document is a line of JSON with the
// row's columns, followed by the row's own document, if it has one, byte by byte. The newest statement
// of a kind and subject is what Tx.Document says of the row; older ones are its history.
type Statement struct {
	Kind     string
	Subject  string
	Document []byte
}

// state puts a statement together.
func state(kind, subject string, columns any, body []byte) Statement {
	head, err := json.Marshal(columns)
	if err != nil { // only strings, numbers, booleans and bytes go in
		panic("store: statement: " + err.Error())
	}
	if body != nil {
		head = append(append(head, '\n'), body...)
	}
	return Statement{Kind: kind, Subject: subject, Document: head}
}

// errUnreadable marks rows whose content does not parse: no program of ours has written them.
var errUnreadable = errors.New("row is unreadable")

func unreadable(table, key string, err error) error {
	return fmt.Errorf("store: %s %q: %w: %w", table, key, errUnreadable, err)
}

// noun is how the statements of one kind are made again from the rows.
type noun struct {
	document func(context.Context, *Tx, string) (Statement, error) // sql.ErrNoRows when there is no row
	each     func(context.Context, *Tx, func(subject string) error) error
}

// nouns lists all kinds. Each noun's file contributes its two functions.
var nouns = map[string]noun{
	KindEstate:        {estateStatement, eachEstate},
	KindPolicy:        {policyStatement, eachPolicy},
	KindAgreement:     {agreementStatement, eachAgreement},
	KindValidity:      {validityStatement, eachValidity},
	KindEstateVersion: {estateVersionStatement, eachEstateVersion},
	KindAgent:         {agentStatement, eachAgent},
	KindOrder:         {orderStatement, eachOrder},
	KindRun:           {runStatement, eachRun},
	KindPaper:         {paperStatement, eachPaper},
	KindMandate:       {mandateStatement, eachMandate},
	KindWorkOrder:     {workOrderStatement, eachWorkOrder},
	KindRunEvent:      {eventStatement, eachEvent},
	KindVerdict:       {verdictStatement, eachVerdict},
	KindDecision:      {decisionStatement, eachDecision},
	KindRefusal:       {refusalStatement, eachRefusal},
	KindPublication:   {publicationStatement, eachPublication},
	KindClock:         {clockStatement, eachClock},
	KindNotice:        {noticeStatement, eachNotice},
	KindRuling:        {rulingStatement, eachRuling},
}

// Kinds lists the kinds of statements in a fixed order.
func Kinds() []string {
	return []string{
		KindEstate, KindEstateVersion, KindPolicy, KindAgreement, KindValidity, KindAgent, KindOrder, KindRun, KindPaper, KindMandate, KindWorkOrder,
		KindRunEvent, KindVerdict, KindDecision, KindRefusal, KindPublication, KindClock, KindNotice, KindRuling,
	}
}

// Kinds lists the kinds of statements that Document and Each know.
func (tx *Tx) Kinds() []string { return Kinds() }

// Document makes the statement of a row again, from the row as it is now. ok is false when there is no
// such row, or no such kind. A row that does not parse yields a document that says so, and equals no
// statement: that is a finding, not a fault of the database.
func (tx *Tx) Document(ctx context.Context, kind, subject string) (doc []byte, ok bool, err error) {
	n, known := nouns[kind]
	if !known {
		return nil, false, nil
	}
	s, err := n.document(ctx, tx, subject)
	switch {
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, ErrMissing):
		return nil, false, nil
	case err == nil:
		return s.Document, true, nil
	case errors.Is(err, errUnreadable), tx.answers(ctx):
		return []byte(err.Error()), true, nil
	}
	return nil, false, fmt.Errorf("store: %s %q: %w", kind, subject, err)
}

// answers tells whether the database is well: then it is the row that is not.
func (tx *Tx) answers(ctx context.Context) bool {
	var one int
	return tx.tx.QueryRowContext(ctx, "select 1").Scan(&one) == nil
}

// Each calls fn with the subject of every row of a kind.
func (tx *Tx) Each(ctx context.Context, kind string, fn func(subject string) error) error {
	n, known := nouns[kind]
	if !known {
		return fmt.Errorf("store: %q is no kind of statement", kind)
	}
	return n.each(ctx, tx, fn)
}

// eachOf calls fn with every name of a list that was read whole.
func eachOf(names []string, err error, fn func(string) error) error {
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, name := range names {
		if err := fn(name); err != nil {
			return err
		}
	}
	return nil
}
