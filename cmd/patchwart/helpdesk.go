package main

import (
	"net"
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
	if settings.RT == nil && settings.Zammad == nil {
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
	config.Helpdesk = h
	if settings.RT != nil {
		desk, err := settings.RT.Open()
		if err != nil {
			return err
		}
		h.Desk, h.Name = desk, "rt"
		return nil
	}
	desk, err := settings.Zammad.Open()
	if err != nil {
		return err
	}
	// Zammad keeps each mail as it came: its signatures are verified here.
	h.Desk, h.Name, h.LookupTXT, h.Nudge = desk, "zammad", net.DefaultResolver.LookupTXT, desk.Nudge()
	if settings.Zammad.HookSecret != "" {
		h.Hook = desk
	}
	return nil
}
