package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/agent"
	"github.com/patchwart/patchwart/internal/agent/identity"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/durable"
)

const maxToken = 4 << 10

func (c command) enrol(ctx context.Context, args []string) error {
	set := c.flags("enrol")
	e := identity.Enrolment{Now: time.Now()}
	set.StringVar(&e.Server, "server", "", "")
	set.StringVar(&e.System, "name", "", "")
	set.StringVar(&e.Authority, "authority", "", "")
	set.StringVar(&e.Dir, "state", agent.DefaultDir, "")
	set.BoolVar(&e.Again, "again", false, "")
	file := set.String("token-file", "", "")
	if err := c.parse(set, args); err != nil {
		return err
	}
	if *file == "" {
		c.complain(lang.T("--token-file fehlt; - liest das Token von der Standardeingabe.", "--token-file is missing; - reads the token from standard input."))
		return errUsage
	}
	var err error
	if e.Token, err = c.token(*file); err != nil {
		return err
	}
	id, err := identity.Enrol(ctx, e)
	if err != nil {
		return err
	}
	c.say(c.out, lang.Textf(
		"%[1]s ist bei %[2]s angemeldet. Das Zertifikat gilt bis %[3]s.", "%[1]s is enrolled with %[2]s. The certificate is good until %[3]s.",
		id.System, id.Server, lang.T(lang.Date(id.Expires, lang.DE), lang.Date(id.Expires, lang.EN))))
	return nil
}

// token reads the one-time token: never from the arguments, which everybody on the host can see.
func (c command) token(file string) (string, error) {
	in := c.in
	if file != "-" {
		if err := durable.Secret(file); err != nil {
			return "", &fault.Error{Code: fault.Invalid, Cause: err, Text: lang.T("Die Tokendatei wird nicht gelesen.", "The token file is not read."),
				Mend: lang.T("Sie muss root gehören und nur für root lesbar sein.", "It must belong to root and be readable by root only.")}
		}
		f, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("read the token: %w", err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxToken))
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}
