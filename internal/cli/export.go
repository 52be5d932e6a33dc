package cli

import (
	"github.com/patchwart/patchwart/client"
)

type exportCmd struct {
	System string `arg:"" help:"arg_system"`
	Format string `enum:"sbom,vex,openvex" default:"vex" placeholder:"${word_value}" help:"flag_export_format"`
}

// Run writes the document as it is: it is for other tools, whatever the language.
func (cmd exportCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	doc, err := c.Export(a.ctx, cmd.System, client.ExportForm(cmd.Format))
	if err != nil {
		return err
	}
	_, err = a.out.Write(doc)
	return err
}
