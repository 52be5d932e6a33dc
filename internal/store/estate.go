package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// stated is the subject of the one statement about the estate.
const stated = "stated"

// SaveEstate replaces the stated estate by e. Customers, contacts, contracts and windows that are no
// longer stated are deleted; a system that is no longer stated is marked removed, because runs and
// orders refer to it, and its agent is no longer known. docSHA is the SHA-256 of the document e was
// read from. e must be consistent (estate.Parse): a reference to nothing is an error here.
func (tx *Tx) SaveEstate(ctx context.Context, e estate.Estate, docSHA string, at time.Time) (Statement, error) {
	save := &estateWriter{ctx: ctx, q: tx.q}
	tx.restated = true
	tx.AfterCommit(func() { tx.store.memory.state(nil) })
	save.put(e)
	save.drop(e, at)
	save.do(func() error { return tx.q.SetEstate(ctx, docSHA, micros(at)) })
	if save.err != nil {
		return Statement{}, fmt.Errorf("store: save estate: %w", save.err)
	}
	return estateStatement(ctx, tx, stated)
}

// estateWriter writes row after row and keeps the first error.
type estateWriter struct {
	ctx context.Context
	q   *sqlgen.Queries
	err error
}

func (w *estateWriter) do(fn func() error) {
	if w.err == nil {
		w.err = fn()
	}
}

// put writes every row of e: what is referred to comes before what refers to it.
func (w *estateWriter) put(e estate.Estate) {
	for i, c := range e.Customers {
		w.do(func() error {
			return w.q.PutCustomer(w.ctx, c.ID, int64(i), c.Name)
		})
		for j, p := range c.Contacts {
			w.do(func() error {
				return w.q.PutContact(w.ctx, sqlgen.PutContactParams{Customer: c.ID, ID: p.ID, Position: int64(j),
					Name: p.Name, Email: p.Email, Authority: list(p.Authority)})
			})
		}
	}
	for i, m := range e.Windows {
		w.do(func() error {
			return w.q.PutWindow(w.ctx, sqlgen.PutWindowParams{Name: m.Name, Position: int64(i),
				Days: list(m.Days), Begins: m.Start, Hours: m.Hours, Zone: m.Zone})
		})
	}
	for i, p := range e.Pools {
		w.do(func() error {
			return w.q.PutPool(w.ctx, p.Name, int64(i), string(p.Kind), int64(p.AtOnce))
		})
	}
	for i, c := range e.Contracts {
		w.do(func() error {
			return w.q.PutContract(w.ctx, sqlgen.PutContractParams{ID: c.ID, Position: int64(i), Customer: c.Customer,
				Model: string(c.Model), Package: string(c.Package), Policy: c.Policy,
				WindowName: sql.NullString{String: c.Window, Valid: c.Window != ""}, StandingOrder: list(c.StandingOrder), Agreements: list(c.Agreements), Backup: list(c.Backup)})
		})
	}
	for i, s := range e.Systems {
		w.do(func() error {
			return w.q.PutSystem(w.ctx, sqlgen.PutSystemParams{Name: s.Name, Position: int64(i),
				Contract: sql.NullString{String: s.Contract, Valid: s.Contract != ""}, AdminAccess: string(s.AdminAccess),
				Purpose: s.Purpose, Services: list(s.Services), Checks: list(s.Checks),
				Created: s.Created, OsSupported: string(s.OSSupported), Agency: s.Agency, Maintained: s.Maintained, Reboot: s.Reboot, Placement: list(s.Placement)})
		})
	}
}

// drop removes the rows that e has no longer: what refers goes before what is referred to.
func (w *estateWriter) drop(e estate.Estate, at time.Time) {
	dropGone(w, w.q.ListSystems, func(s sqlgen.System) error {
		if _, ok := e.System(s.Name); ok {
			return nil
		}
		return w.q.RemoveSystem(w.ctx, s.Name, micros(at))
	})
	dropGone(w, w.q.ListContracts, func(c sqlgen.Contract) error {
		if _, ok := e.Contract(c.ID); ok {
			return nil
		}
		return w.q.DropContract(w.ctx, c.ID)
	})
	dropGone(w, w.q.ListWindows, func(m sqlgen.Window) error {
		if _, ok := e.Window(m.Name); ok {
			return nil
		}
		return w.q.DropWindow(w.ctx, m.Name)
	})
	dropGone(w, w.q.ListPools, func(p sqlgen.Pool) error {
		if _, ok := e.Pool(p.Name); ok {
			return nil
		}
		return w.q.DropPool(w.ctx, p.Name)
	})
	dropGone(w, w.q.ListContacts, func(p sqlgen.Contact) error {
		c, _ := e.Customer(p.Customer)
		if _, ok := c.Contact(p.ID); ok {
			return nil
		}
		return w.q.DropContact(w.ctx, p.Customer, p.ID)
	})
	dropGone(w, w.q.ListCustomers, func(c sqlgen.Customer) error {
		if _, ok := e.Customer(c.ID); ok {
			return nil
		}
		return w.q.DropCustomer(w.ctx, c.ID)
	})
}

// dropGone lists the rows of one table and lets each decide whether it is gone.
func dropGone[T any](w *estateWriter, rows func(context.Context) ([]T, error), drop func(T) error) {
	w.do(func() error {
		all, err := rows(w.ctx)
		for _, row := range all {
			if err == nil {
				err = drop(row)
			}
		}
		return err
	})
}

// list is a list, or an optional part, as one JSON text.
func list(v any) string {
	doc, err := json.Marshal(v)
	if err != nil { // plain values only
		panic("store: " + err.Error())
	}
	return string(doc)
}

// Estate is the stated estate, exactly as it was saved, in the document's order; a list without members
// comes out nil. It is empty before the first SaveEstate.
func (tx *Tx) Estate(ctx context.Context) (estate.Estate, error) {
	row, err := tx.q.GetEstate(ctx)
	if errors.Is(err, sql.ErrNoRows) || tx.restated {
		return tx.readEstate(ctx)
	}
	if err != nil {
		return estate.Estate{}, fmt.Errorf("store: read estate: %w", err)
	}
	m := &tx.store.memory
	known := m.stated()
	if known == nil || known.sha != row.Sha || known.at != row.At {
		e, err := tx.readEstate(ctx)
		if err != nil {
			return e, err
		}
		known = &statedEstate{row.Sha, row.At, e}
		tx.AfterCommit(func() { m.state(known) })
	}
	return known.copy(), nil
}

// statedEstate is an estate that was read, and what it was stated by. Only SaveEstate writes it, and says when.
type statedEstate struct {
	sha string
	at  int64
	e   estate.Estate
}

// copy lets callers sort and replace what is in the lists.
func (s *statedEstate) copy() estate.Estate {
	return estate.Estate{Customers: slices.Clone(s.e.Customers), Windows: slices.Clone(s.e.Windows), Contracts: slices.Clone(s.e.Contracts),
		Pools: slices.Clone(s.e.Pools), Systems: slices.Clone(s.e.Systems)}
}

func (m *memory) stated() *statedEstate {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.estate
}

func (m *memory) state(e *statedEstate) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.estate = e
}

// readEstate reads the rows themselves.
func (tx *Tx) readEstate(ctx context.Context) (estate.Estate, error) {
	r := estateReader{ctx: ctx, q: tx.q}
	r.customers()
	r.windows()
	r.pools()
	r.contracts()
	r.systems()
	if r.err != nil {
		return estate.Estate{}, fmt.Errorf("store: read estate: %w", r.err)
	}
	return r.e, nil
}

// EstateStated tells by which document (its SHA-256) and when the estate was stated last.
func (tx *Tx) EstateStated(ctx context.Context) (docSHA string, at time.Time, ok bool, err error) {
	row, err := tx.q.GetEstate(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, false, nil
	}
	if err != nil {
		return "", time.Time{}, false, fmt.Errorf("store: read estate: %w", err)
	}
	return row.Sha, moment(row.At), true, nil
}

// estateReader collects the rows of the estate and keeps the first error.
type estateReader struct {
	ctx context.Context
	q   *sqlgen.Queries
	e   estate.Estate
	err error
}

// place holds a row's position against its place in the list: the order of the document is part of
// what was stated.
func (r *estateReader) place(table, key string, position int64, place int) {
	if r.err == nil && position != int64(place) {
		r.err = unreadable(table, key, fmt.Errorf("position %d at place %d", position, place))
	}
}

// parse reads a JSON column.
func (r *estateReader) parse(table, key, text string, into any) {
	if r.err != nil {
		return
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		r.err = unreadable(table, key, err)
	}
}

func (r *estateReader) customers() {
	rows, err := r.q.ListCustomers(r.ctx)
	contacts, err2 := r.q.ListContacts(r.ctx)
	if r.err = errors.Join(err, err2); r.err != nil {
		return
	}
	of := map[string][]estate.Contact{}
	for _, row := range contacts {
		c := estate.Contact{ID: row.ID, Name: row.Name, Email: row.Email}
		key := row.Customer + "/" + row.ID
		r.place("contacts", key, row.Position, len(of[row.Customer]))
		r.parse("contacts", key, row.Authority, &c.Authority)
		of[row.Customer] = append(of[row.Customer], c)
	}
	for i, row := range rows {
		r.place("customers", row.ID, row.Position, i)
		r.e.Customers = append(r.e.Customers, estate.Customer{ID: row.ID, Name: row.Name, Contacts: of[row.ID]})
		delete(of, row.ID)
	}
	for customer := range of {
		r.err = unreadable("contacts", customer, errors.New("contacts of nobody"))
	}
}

func (r *estateReader) windows() {
	if r.err != nil {
		return
	}
	rows, err := r.q.ListWindows(r.ctx)
	r.err = err
	for i, row := range rows {
		m := estate.Window{Name: row.Name, Start: row.Begins, Hours: row.Hours, Zone: row.Zone}
		r.place("windows", row.Name, row.Position, i)
		r.parse("windows", row.Name, row.Days, &m.Days)
		r.e.Windows = append(r.e.Windows, m)
	}
}

func (r *estateReader) pools() {
	if r.err != nil {
		return
	}
	rows, err := r.q.ListPools(r.ctx)
	r.err = err
	for i, row := range rows {
		r.place("pools", row.Name, row.Position, i)
		r.e.Pools = append(r.e.Pools, estate.Pool{Name: row.Name, Kind: estate.PoolKind(row.Kind), AtOnce: int(row.AtOnce)})
	}
}

func (r *estateReader) contracts() {
	if r.err != nil {
		return
	}
	rows, err := r.q.ListContracts(r.ctx)
	r.err = err
	for i, row := range rows {
		c := estate.Contract{ID: row.ID, Customer: row.Customer, Model: policy.ServiceModel(row.Model),
			Package: policy.Package(row.Package), Policy: row.Policy, Window: row.WindowName.String}
		r.place("contracts", row.ID, row.Position, i)
		r.parse("contracts", row.ID, row.StandingOrder, &c.StandingOrder)
		r.parse("contracts", row.ID, row.Agreements, &c.Agreements)
		r.parse("contracts", row.ID, row.Backup, &c.Backup)
		r.e.Contracts = append(r.e.Contracts, c)
	}
}

func (r *estateReader) systems() {
	if r.err != nil {
		return
	}
	rows, err := r.q.ListSystems(r.ctx)
	r.err = err
	for i, row := range rows {
		s := estate.System{Name: row.Name, Contract: row.Contract.String, AdminAccess: policy.AdminAccess(row.AdminAccess),
			Purpose: row.Purpose, Created: row.Created, OSSupported: policy.OSSupported(row.OsSupported), Agency: row.Agency, Maintained: row.Maintained, Reboot: row.Reboot}
		r.place("systems", row.Name, row.Position, i)
		r.parse("systems", row.Name, row.Services, &s.Services)
		r.parse("systems", row.Name, row.Checks, &s.Checks)
		r.parse("systems", row.Name, row.Placement, &s.Placement)
		r.e.Systems = append(r.e.Systems, s)
	}
}

// estateStatement covers all tables of the estate with one hash: who may give orders, and what was agreed.
func estateStatement(ctx context.Context, tx *Tx, subject string) (Statement, error) {
	row, err := tx.q.GetEstate(ctx)
	if err != nil {
		return Statement{}, err
	}
	if subject != stated {
		return Statement{}, sql.ErrNoRows
	}
	e, err := tx.readEstate(ctx)
	if err != nil {
		return Statement{}, err
	}
	sum := sha256.Sum256([]byte(list(e)))
	return state(KindEstate, stated, struct {
		Document string `json:"document_sha256"`
		Rows     string `json:"rows_sha256"`
		At       int64  `json:"at"`
	}{row.Sha, hex.EncodeToString(sum[:]), row.At}, nil), nil
}

func eachEstate(ctx context.Context, tx *Tx, fn func(string) error) error {
	_, _, ok, err := tx.EstateStated(ctx)
	if err != nil || !ok {
		return err
	}
	return fn(stated)
}
