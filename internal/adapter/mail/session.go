package mail

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// session is an open mailbox. It is all that the rest of the package knows of IMAP, so that the library
// below can be exchanged. After an error that is not a *fault.Error the session is of no more use.
type session interface {
	// list finds the first messages behind a UID, in order.
	list(ctx context.Context, after uint32, most int) ([]listed, error)
	// body fetches a message, or the first bytes of it, and leaves no trace.
	body(ctx context.Context, uid uint32, most int64) ([]byte, error)
	// settle marks messages as read and moves them, if a folder is named.
	settle(ctx context.Context, uids []uint32, folder string) error
	// wait returns when the mailbox has changed or the time is up.
	wait(ctx context.Context, most time.Duration) error
	close()
}

type listed struct {
	uid     uint32
	size    int64
	arrived time.Time
}

// imapSession is a session with a server.
type imapSession struct {
	client  *imapclient.Client
	timeout time.Duration
	changed chan struct{}
	idle    bool
}

// window is how many UIDs are asked about at once before the whole rest is.
const window = 2000

// enter connects, logs in and opens a folder.
func enter(ctx context.Context, s Server, folder string) (session, uint32, error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return nil, 0, err
	}
	is := &imapSession{timeout: s.timeout(), changed: make(chan struct{}, 1)}
	options := &imapclient.Options{TLSConfig: s.config(), UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages == nil {
				return
			}
			select {
			case is.changed <- struct{}{}:
			default:
			}
		}}}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if s.TLS == StartTLS {
		is.client, err = imapclient.NewStartTLS(conn, options)
	} else {
		is.client = imapclient.New(conn, options)
		err = is.client.WaitGreeting()
	}
	if err != nil {
		_ = conn.Close()
		return nil, 0, unreachable(cause(ctx, err))
	}
	if err := is.client.Login(s.User, s.Password).Wait(); err != nil {
		is.close()
		var said *imap.Error
		if errors.As(err, &said) && ctx.Err() == nil {
			return nil, 0, &fault.Error{Code: fault.Forbidden, Text: lang.T("Der Mailserver nimmt die Anmeldung nicht an.", "The mail server does not accept the login."), Cause: err}
		}
		return nil, 0, unreachable(cause(ctx, err))
	}
	data, err := is.client.Select(folder, nil).Wait()
	if err != nil {
		is.close()
		var said *imap.Error
		if errors.As(err, &said) && ctx.Err() == nil {
			return nil, 0, &fault.Error{Code: fault.NotFound, Text: lang.Textf("Der Mailserver öffnet den Ordner „%[1]s“ nicht.", "The mail server does not open the folder \"%[1]s\".", folder), Cause: err}
		}
		return nil, 0, unreachable(cause(ctx, err))
	}
	is.idle = is.client.Caps().Has(imap.CapIdle)
	return is, data.UIDValidity, nil
}

// within runs one exchange with the server. When it takes too long, or whoever asked has gone, the connection
// is closed: that is the only way to end a command of which the server says nothing.
func (s *imapSession) within(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = s.client.Close() })()
	return cause(ctx, do())
}

// cause prefers why the connection was closed to the fact that it is.
func cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (s *imapSession) list(ctx context.Context, after uint32, most int) ([]listed, error) {
	// A window first: a long backlog is not listed as a whole again and again.
	last := after + window
	if last < after {
		last = 0
	}
	found, err := s.span(ctx, after, last, most)
	if err != nil || len(found) > 0 || last == 0 {
		return found, err
	}
	return s.span(ctx, last, 0, most)
}

// span lists messages with a UID greater than after, up to last; 0: without end.
func (s *imapSession) span(ctx context.Context, after, last uint32, most int) ([]listed, error) {
	if after == 1<<32-1 {
		return nil, nil
	}
	var set imap.UIDSet
	set.AddRange(imap.UID(after+1), imap.UID(last))
	var out []listed
	err := s.within(ctx, func() error {
		cmd := s.client.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			var l listed
			for item := msg.Next(); item != nil; item = msg.Next() {
				switch item := item.(type) {
				case imapclient.FetchItemDataUID:
					l.uid = uint32(item.UID)
				case imapclient.FetchItemDataRFC822Size:
					l.size = item.Size
				case imapclient.FetchItemDataInternalDate:
					l.arrived = item.Time
				}
			}
			// An open range always holds the last message, even one before its beginning.
			if l.uid > after && (last == 0 || l.uid <= last) {
				out = append(out, l)
			}
			if len(out) > 4*window { // keep the smallest
				out = smallest(out, most)
			}
		}
		return cmd.Close()
	})
	return smallest(out, most), err
}

func smallest(l []listed, most int) []listed {
	slices.SortFunc(l, func(a, b listed) int { return int(int64(a.uid) - int64(b.uid)) })
	l = slices.CompactFunc(l, func(a, b listed) bool { return a.uid == b.uid })
	return l[:min(len(l), most)]
}

func (s *imapSession) body(ctx context.Context, uid uint32, most int64) ([]byte, error) {
	var raw []byte
	found := false
	err := s.within(ctx, func() error {
		cmd := s.client.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{
			{Peek: true, Partial: &imap.SectionPartial{Offset: 0, Size: most}},
		}})
		var failed error
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			for item := msg.Next(); item != nil; item = msg.Next() {
				if section, ok := item.(imapclient.FetchItemDataBodySection); ok && section.Literal != nil && !found {
					found = true
					raw, failed = io.ReadAll(io.LimitReader(section.Literal, most))
				}
			}
		}
		return errors.Join(failed, cmd.Close())
	})
	if err == nil && !found {
		return nil, errGone
	}
	return raw, err
}

// errGone: somebody else took the message away between listing and fetching.
var errGone = &fault.Error{Code: fault.NotFound, Text: lang.T("Die Nachricht ist nicht mehr da.", "The message is no longer there.")}

func (s *imapSession) settle(ctx context.Context, uids []uint32, folder string) error {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	err := s.within(ctx, func() error {
		return s.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
	})
	if err != nil || folder == "" {
		return said(err)
	}
	// Without UIDPLUS, moving would also remove what others have marked for deletion.
	if caps := s.client.Caps(); !caps.Has(imap.CapMove) && !caps.Has(imap.CapUIDPlus) {
		return &fault.Error{Code: fault.Conflict, Text: lang.T("Der Mailserver kann Nachrichten nicht verschieben.", "The mail server cannot move messages.")}
	}
	return said(s.within(ctx, func() error {
		_, err := s.client.Move(set, folder).Wait()
		return err
	}))
}

// said makes a fault of the server's no, after which the session goes on.
func said(err error) error {
	var no *imap.Error
	if errors.As(err, &no) && no.Type == imap.StatusResponseTypeNo {
		return &fault.Error{Code: fault.Conflict, Text: lang.T("Der Mailserver kann die Nachricht nicht ablegen.", "The mail server cannot file the message."), Cause: err}
	}
	return err
}

func (s *imapSession) wait(ctx context.Context, most time.Duration) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	if !s.idle {
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	var idle *imapclient.IdleCommand
	if err := s.within(ctx, func() (err error) { idle, err = s.client.Idle(); return err }); err != nil {
		return err
	}
	select {
	case <-s.changed:
	case <-timer.C:
	case <-s.client.Closed():
	case <-ctx.Done():
	}
	if err := s.within(ctx, func() error { return errors.Join(idle.Close(), idle.Wait()) }); err != nil {
		return err
	}
	return ctx.Err()
}

func (s *imapSession) close() { _ = s.client.Close() }
