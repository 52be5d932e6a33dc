package record_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/patchwart/patchwart/internal/record"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/internal/store/storetest"
)

// evidence lists the tables that hold evidence, and the kind of entry that speaks of each.
var evidence = map[string]string{
	"estate": store.KindEstate, "customers": store.KindEstate, "contacts": store.KindEstate, "windows": store.KindEstate,
	"contracts": store.KindEstate, "systems": store.KindEstate, "pools": store.KindEstate,
	"agreements": store.KindAgreement, "policy_validities": store.KindValidity, "estate_versions": store.KindEstateVersion,
	"policies": store.KindPolicy, "agents": store.KindAgent, "orders": store.KindOrder, "runs": store.KindRun,
	"papers": store.KindPaper, "mandates": store.KindMandate, "work_orders": store.KindWorkOrder, "run_events": store.KindRunEvent,
	"verdicts": store.KindVerdict, "decisions": store.KindDecision, "refusals": store.KindRefusal,
	"publications": store.KindPublication, "clocks": store.KindClock, "notices": store.KindNotice, "rulings": store.KindRuling,
	"record_entries": "", "record_hashes": "", "record_checkpoints": "",
}

// noEvidence lists the other tables, and why nobody gains by changing them unseen.
var noEvidence = map[string]string{
	"tokens":            "good for an hour; what came of one is an agent, which is recorded",
	"sightings":         "when a host was heard last; changes every few seconds",
	"facts":             "which facts are the latest; the next report of the host corrects it",
	"fact_documents":    "kept under their hash, which is checked whenever they are read",
	"publication_texts": "kept under their hash, which is checked whenever they are read",
	"feeds":             "how the last attempt to fetch went; the next one corrects it",
	"refreshes":         "a request to look again",
	"sign_ins":          "good for minutes",
	"sessions":          "good for hours",
	"happenings":        "what subscribers are told; what it tells of is recorded",
	"deliveries":        "whether a subscriber has answered",
	"desk_cursors":      "how far tickets were read; messages are known by their names",
	"goose_db_version":  "which migrations were done",
}

// furnished is a store with everything in it: recorded, signed twice on the way, the last entries not
// signed yet.
func furnished(t *testing.T) *store.Store {
	t.Helper()
	s := openStore(t)
	storetest.Write(t, s, func(tx *store.Tx) error {
		all, err := storetest.Everything(t.Context(), tx)
		if err != nil {
			return err
		}
		signer, _ := key("ours")
		for i, st := range all {
			if err := record.Append(t.Context(), tx, noon, record.Entry(st)); err != nil {
				return err
			}
			if i == 8 || i == len(all)-3 {
				if _, err := record.Sign(t.Context(), tx, signer); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return s
}

// burglar has the database file, and no scruples.
type burglar struct {
	*testing.T
	*sql.DB
}

func breakIn(t *testing.T, s *store.Store) burglar {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.Path()+"?_pragma=busy_timeout(10000)&_pragma=foreign_keys(0)&_pragma=ignore_check_constraints(1)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return burglar{t, db}
}

func (b burglar) exec(query string, params ...any) {
	b.Helper()
	if _, err := b.ExecContext(b.Context(), query, params...); err != nil {
		b.Fatalf("%s: %v", query, err)
	}
}

// names returns the first column of a query's rows.
func (b burglar) names(query string) (out []string) {
	b.Helper()
	rows, err := b.QueryContext(b.Context(), query)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			b.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return out
}

// altered are changes of one value, as small as they can be.
func altered(v any) []any {
	switch v := v.(type) {
	case int64:
		return []any{v + 4096}
	case bool:
		return []any{!v}
	case float64:
		return []any{v + 0.5}
	case string:
		var out []any
		for _, b := range altered([]byte(v)) {
			out = append(out, string(b.([]byte)))
		}
		return out
	case []byte:
		if len(v) == 0 {
			return []any{[]byte("x")}
		}
		var out []any
		for _, at := range []int{0, len(v) / 2, len(v) - 1} {
			c := slices.Clone(v)
			c[at] ^= 1
			out = append(out, c)
		}
		return out
	}
	return []any{int64(1)} // was null
}

func TestOneAlteredByteAnywhereIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	if r := verify(t, s, record.Options{State: (*store.Tx)(nil)}); !r.Good() {
		t.Fatalf("untouched: %s", r.Broken.Text().EN)
	}
	b := breakIn(t, s)
	for _, table := range b.names(`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`) {
		if _, known := evidence[table]; !known && noEvidence[table] == "" {
			t.Errorf("nobody has said whether table %s is evidence", table)
		}
	}
	cells := 0
	for table, kind := range evidence {
		rows := b.names("select rowid from " + table)
		if len(rows) == 0 {
			t.Errorf("table %s is empty: nothing was tried on it", table)
		}
		for _, row := range rows {
			for _, column := range b.names("select name from pragma_table_info('" + table + "')") {
				cells += b.tryCell(s, table, kind, row, column)
			}
		}
	}
	t.Logf("%d alterations, each found", cells)
	if r := verify(t, s, record.Options{State: (*store.Tx)(nil)}); !r.Good() {
		t.Fatalf("put back: %s", r.Broken.Text().EN)
	}
}

// tryCell alters one cell in some ways, and puts it back.
func (b burglar) tryCell(s *store.Store, table, kind, row, column string) (n int) {
	b.Helper()
	var was any
	if err := b.QueryRowContext(b.Context(), "select "+column+" from "+table+" where rowid = $1", row).Scan(&was); err != nil {
		b.Fatal(err)
	}
	index, last := int64(-1), int64(-1)
	if err := b.QueryRowContext(b.Context(), "select max(idx) from record_entries").Scan(&last); err != nil {
		b.Fatal(err)
	}
	switch table {
	case "record_entries":
		_ = b.QueryRowContext(b.Context(), "select idx from record_entries where rowid = $1", row).Scan(&index)
	case "record_hashes":
		_ = b.QueryRowContext(b.Context(), "select idx from record_hashes where rowid = $1", row).Scan(&index)
		level, at := tlog.SplitStoredHashIndex(index)
		index = (at+1)<<level - 1 // the entry it was stored with
	}
	for _, now := range altered(was) {
		b.exec("update "+table+" set "+column+" = $1 where rowid = $2", now, row)
		r := verify(b.T, s, record.Options{State: (*store.Tx)(nil)})
		b.exec("update "+table+" set "+column+" = $1 where rowid = $2", was, row)
		where := fmt.Sprintf("%s.%s of row %s: %.60q instead of %.60q", table, column, row, now, was)
		if n++; r.Good() {
			b.Errorf("%s was not found", where)
			continue
		}
		switch found := *r.Broken; {
		case kind != "" && (found.Kind != kind || !strings.HasPrefix(string(found.What), "state_") || found.Subject == ""):
			b.Errorf("%s: found %+v", where, found)
		case table == "record_entries" && (found.Index != index || found.What != record.EntryAltered && found.What != record.EntryMissing):
			b.Errorf("%s: found %+v, want entry %d", where, found, index)
		case table == "record_hashes" && (found.Index != index || found.What != record.HashAltered && index != last):
			// Of the last entry, which nothing is above yet, it cannot be told which of the two it was.
			b.Errorf("%s: found %+v, want a hash of entry %d", where, found, index)
		case table == "record_checkpoints" && found.What != record.CheckpointAltered:
			b.Errorf("%s: found %+v", where, found)
		case r.Broken.Text().DE == "" || r.Broken.Text().EN == "":
			b.Errorf("%s: found without a word", where)
		}
	}
	return n
}

func TestEveryRowThatIsTakenOutIsMissed(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	b := breakIn(t, s)
	for table := range evidence {
		if table == "record_checkpoints" { // what they prove is proven by the later ones as well
			continue
		}
		for _, row := range b.names("select rowid from " + table) {
			b.exec("create table aside as select rowid as place, * from " + table + " where rowid = " + row)
			b.exec("delete from " + table + " where rowid = " + row)
			if r := verify(t, s, record.Options{State: (*store.Tx)(nil)}); r.Good() {
				t.Errorf("row %s of %s was not missed", row, table)
			}
			columns := strings.Join(b.names("select name from pragma_table_info('"+table+"')"), ", ")
			b.exec("insert into " + table + " (rowid, " + columns + ") select place, " + columns + " from aside")
			b.exec("drop table aside")
		}
	}
	if r := verify(t, s, record.Options{State: (*store.Tx)(nil)}); !r.Good() {
		t.Fatalf("put back: %s", r.Broken.Text().EN)
	}
}

func TestAForgedOrderIsFound(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	breakIn(t, s).exec(`insert into orders select 'o-9', system, customer, contact, channel, words, explicit, scope, given, false, '', mitigation, confirmation, withdrawal, terms, reboot from orders where id = 'o-1'`)
	r := verify(t, s, record.Options{State: (*store.Tx)(nil)})
	if want := (record.Broken{Index: record.NoIndex, Kind: store.KindOrder, Subject: "o-9", What: record.StateUnrecorded}); r.Good() || *r.Broken != want {
		t.Errorf("%+v", r.Broken)
	}
}

// cut removes the newest entries with their hashes, as if they had never been.
func (b burglar) cut(from int64) {
	b.exec("delete from record_entries where idx >= $1", from)
	b.exec("delete from record_hashes where idx >= $1", tlog.StoredHashCount(from))
}

func TestACutOffEndIsFound(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	appendNumbered(t, s, 0, 10)
	given := sign(t, s) // a customer keeps it
	appendNumbered(t, s, 10, 20)
	sign(t, s)
	b := breakIn(t, s)
	b.cut(13)
	r := verify(t, s, record.Options{})
	if want := (record.Broken{Index: 13, Last: 19, What: record.Truncated}); r.Good() || *r.Broken != want {
		t.Fatalf("%+v", r.Broken)
	}
	// The burglar comes back for the checkpoints. Then only what was given away proves it.
	b.exec("delete from record_checkpoints")
	b.cut(7)
	if r := verify(t, s, record.Options{}); !r.Good() || r.Signed != 0 {
		t.Errorf("nothing is signed, but %d entries count as signed: %+v", r.Signed, r.Broken)
	}
	r = verify(t, s, record.Options{Known: given})
	if want := (record.Broken{Index: 7, Last: 9, What: record.Truncated}); r.Good() || *r.Broken != want {
		t.Errorf("%+v", r.Broken)
	}
}

func TestARewrittenPastIsFoundAndNotSigned(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	appendNumbered(t, s, 0, 4)
	sign(t, s)
	appendNumbered(t, s, 4, 10)
	sign(t, s)
	b := breakIn(t, s)
	b.cut(6) // the burglar writes entries 6 to 9 anew, with all hashes as they have to be
	for n := 6; n < 10; n++ {
		storetest.Write(t, s, func(tx *store.Tx) error {
			return record.Append(t.Context(), tx, noon, record.Entry{Kind: "note", Subject: fmt.Sprint(n), Document: []byte("nothing happened")})
		})
	}
	r := verify(t, s, record.Options{})
	if want := (record.Broken{Index: 4, Last: 9, What: record.Rewritten}); r.Good() || *r.Broken != want {
		t.Fatalf("%+v", r.Broken)
	}
	appendNumbered(t, s, 10, 11)
	signer, _ := key("ours")
	if err := s.Write(t.Context(), func(tx *store.Tx) error {
		_, err := record.Sign(t.Context(), tx, signer)
		return err
	}); err == nil {
		t.Error("a rewritten record was signed")
	}
}
