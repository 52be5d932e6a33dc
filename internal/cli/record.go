package cli

import (
	"errors"
	"fmt"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

func (recordVerifyCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	check, err := c.VerifyRecord(a.ctx)
	if err != nil {
		return err
	}
	err = a.result(check, func() { a.record(check) })
	if !check.Good {
		return errors.Join(errRecord, err)
	}
	return err
}

func (a *app) record(c client.RecordCheck) {
	if c.Good {
		a.print(a.paint(green, "●") + " " + a.t(c.Text))
	} else {
		a.print(a.paint(red, "✕") + " " + a.t(c.Text))
	}
	broken := ""
	if c.Broken != nil {
		broken = fmt.Sprintf("%d (%s): %s", c.Broken.Index, clean(c.Broken.Kind), a.t(c.Broken.What))
	}
	a.pairs(pair{lang.T("Einträge", "entries"), lang.Count(c.Size, a.lang)}, pair{lang.T("Wurzel", "root hash"), clean(c.Root)},
		pair{lang.T("erster falscher", "first wrong"), broken})
}
