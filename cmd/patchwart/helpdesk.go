package main

import (
	"strings"

	"github.com/patchwart/patchwart/internal/adapter/helpdesk"
	"github.com/patchwart/patchwart/internal/server"
)

// withHelpdesk joins the server with the help desk and the subscribers that the settings name.
func withHelpdesk(config *server.Config, path string) error {
	settings, err := helpdesk.Read(path, helpdesk.Known{States: server.DeskStates, Events: server.Events})
	if err != nil {
		return err
	}
	for _, w := range settings.Webhooks {
		sender, host, err := w.Open()
		if err != nil {
			return err
		}
		config.Hooks = append(config.Hooks, server.Hook{Name: w.Name, Host: host, Events: w.Events, Sender: sender})
	}
	if settings.RT == nil {
		return nil
	}
	every, err := settings.Interval()
	if err != nil {
		return err
	}
	h := &server.Helpdesk{Trusted: settings.Trusted, Accounts: map[string]server.Account{}, Field: settings.Field, Statuses: settings.Statuses, Every: every}
	for name, who := range settings.Accounts {
		customer, contact, _ := strings.Cut(who, "/")
		h.Accounts[name] = server.Account{Customer: customer, Contact: contact}
	}
	desk, err := settings.RT.Open()
	if err != nil {
		return err
	}
	h.Desk, h.Name = desk, "rt"
	config.Helpdesk = h
	return nil
}
