package mail_test

import (
	"bufio"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/mail"
)

// answering is a server that answers each command by its first word, "." after the mail. An empty answer hangs
// up, "…" says nothing at all.
func answering(t *testing.T, answers map[string]string) mail.Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		r := bufio.NewReader(conn)
		word, inside := "", false
		for {
			if !inside || word == "." {
				inside = false
				answer, known := answers[word]
				if !known {
					answer = "250 ok"
				}
				switch answer {
				case "":
					return
				case "…":
				default:
					_, _ = conn.Write([]byte(strings.ReplaceAll(answer, "\n", "\r\n") + "\r\n"))
					inside = word == "DATA" && answer[0] == '3'
				}
			}
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if line = strings.TrimRight(line, "\r\n"); line == "." || !inside {
				word, _, _ = strings.Cut(line, " ")
			}
		}
	}()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("no port")
	}
	return mail.Server{Host: "127.0.0.1", Port: addr.Port, TLS: mail.Plain, Timeout: 300 * time.Millisecond}
}

func TestWhatTheServerSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		answers   map[string]string
		change    func(*mail.Server)
		permanent bool
		unknown   bool
		code      int
	}{
		{"not now", map[string]string{"MAIL": "451 4.3.0 later"}, nil, false, false, 451},
		{"never", map[string]string{".": "554 5.7.1 spam"}, nil, true, false, 554},
		{"too busy to greet", map[string]string{"": "421 busy"}, nil, false, false, 421},
		{"hangs up before the mail", map[string]string{"DATA": ""}, nil, false, false, 0},
		{"hangs up after the mail", map[string]string{".": ""}, nil, false, true, 0},
		{"says nothing after the mail", map[string]string{".": "…"}, nil, false, true, 0},
		{"says nothing at all", map[string]string{"": "…"}, nil, false, false, 0},
		{"has no encryption", nil, func(s *mail.Server) { s.TLS = mail.StartTLS }, false, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			answers := map[string]string{"": "220 hello", "DATA": "354 go on", "QUIT": "221 bye"}
			for k, v := range c.answers {
				answers[k] = v
			}
			s := answering(t, answers)
			if c.change != nil {
				c.change(&s)
			}
			o, err := mail.NewOutbox(s, "", nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = o.Send(t.Context(), order())
			var no *mail.SendError
			if !errors.As(err, &no) || no.Permanent != c.permanent || no.Unknown != c.unknown || no.Code != c.code {
				t.Errorf("%+v", err)
			}
		})
	}
	s := answering(t, map[string]string{"": "220 hello", "DATA": "354 go on", ".": "250 taken as 7", "QUIT": ""})
	o, err := mail.NewOutbox(s, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := o.Send(t.Context(), order()); err != nil || got.Answer != "taken as 7" {
		t.Errorf("a server that hangs up afterwards: %+v %v", got, err)
	}
}
