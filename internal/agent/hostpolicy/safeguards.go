package hostpolicy

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/core/conversion"
)

// This file reads what the administrator declares to be there for the worst case: dumps and the backup.

const (
	maxDumps     = 50
	maxDumpHours = 24 * 31
)

// The forms of what ends in an argument of a tool. None can begin with a hyphen, or hold what splits words.
var (
	software   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,62}$`)
	filePath   = regexp.MustCompile(`^(/[A-Za-z0-9._@+-]+)+$`)
	repository = regexp.MustCompile(`^[A-Za-z0-9/][A-Za-z0-9._@:/~+-]{0,400}$`)
	hostName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$`)
)

// fields calls the reader of each field of a mapping.
func (r *reading) fields(key string, n ast.Node, values map[string]func(key string, n ast.Node)) bool {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		r.wrong(n.GetToken(), key, "erwartet werden Schlüssel mit Werten", "keys with values are expected")
		return false
	}
	for _, pair := range m.Values {
		name := pair.Key.GetToken().Value
		read, known := values[name]
		if !known {
			r.wrong(pair.Key.GetToken(), key+"."+name, "diesen Schlüssel gibt es nicht", "there is no such key")
			continue
		}
		read(key+"."+name, pair.Value)
	}
	return true
}

// shaped reads a plain value of a form.
func (r *reading) shaped(form *regexp.Regexp, de, en string, into *string) func(string, ast.Node) {
	return func(key string, n ast.Node) {
		value, ok := r.text(key, n)
		if ok && !form.MatchString(value) || form == filePath && path.Clean(value) != value {
			r.wrong(n.GetToken(), key, "%[1]q ist "+de, "%[1]q is "+en, value)
			return
		}
		*into = value
	}
}

func (r *reading) absolute(into *string) func(string, ast.Node) {
	return r.shaped(filePath, "kein vollständiger Pfad", "no clean absolute path", into)
}

func (r *reading) number(most int, into *int) func(string, ast.Node) {
	return func(key string, n ast.Node) {
		value, ok := r.text(key, n)
		if !ok {
			return
		}
		number, err := strconv.Atoi(value)
		if err != nil || number < 1 || number > most {
			r.wrong(n.GetToken(), key, "erwartet wird eine Zahl von 1 bis %[1]d", "a number from 1 to %[1]d is expected", most)
			return
		}
		*into = number
	}
}

func (r *reading) dumps(key string, n ast.Node) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok || len(seq.Values) > maxDumps {
		r.wrong(n.GetToken(), key, "erwartet wird eine Liste (höchstens %[1]d Einträge)", "a list is expected (of at most %[1]d entries)", maxDumps)
		return
	}
	for _, entry := range seq.Values {
		d := conversion.Dump{MaxAge: conversion.DefaultMaxAge}
		hours := int(conversion.DefaultMaxAge / time.Hour)
		if !r.fields(key, entry, map[string]func(string, ast.Node){
			"of":            r.shaped(software, "kein Name einer Software", "no name of software", &d.Of),
			"path":          r.absolute(&d.Path),
			"max_age_hours": r.number(maxDumpHours, &hours),
		}) {
			continue
		}
		d.MaxAge = time.Duration(hours) * time.Hour
		if d.Of == "" || d.Path == "" {
			r.wrong(entry.GetToken(), key, "es fehlt of oder path", "of or path is missing")
			continue
		}
		r.policy.Dumps = append(r.policy.Dumps, d)
	}
}

func (r *reading) backup(key string, n ast.Node) {
	var s backup.Source
	tool := func(key string, n ast.Node) {
		value, ok := r.text(key, n)
		if ok && !slices.Contains(backup.Tools, backup.Tool(value)) {
			r.wrong(n.GetToken(), key, "erwartet wird restic, borg oder file", "restic, borg or file is expected")
			return
		}
		s.Tool = backup.Tool(value)
	}
	before := len(r.places)
	if !r.fields(key, n, map[string]func(string, ast.Node){
		"tool":                  tool,
		"repository":            r.shaped(repository, "kein Ort eines Repositorys", "no place of a repository", &s.Repository),
		"password_file":         r.absolute(&s.PasswordFile),
		"host":                  r.shaped(hostName, "kein Name eines Hosts", "no name of a host", &s.Host),
		"path":                  r.absolute(&s.Path),
		"verified_path":         r.absolute(&s.VerifiedPath),
		"max_age_hours":         r.number(backup.MaxHours, &s.Demand.MaxAgeHours),
		"verified_max_age_days": r.number(backup.MaxDays, &s.Demand.VerifiedMaxAgeDays),
	}) || len(r.places) > before {
		return
	}
	switch {
	case s.Tool == "":
		r.wrong(n.GetToken(), key, "es fehlt tool", "tool is missing")
	case s.Tool == backup.File && (s.Path == "" || s.Repository != "" || s.PasswordFile != "" || s.Host != ""):
		r.wrong(n.GetToken(), key, "zu file gehört path und sonst nur verified_path", "to file belongs path, and besides only verified_path")
	case s.Tool != backup.File && (s.Repository == "" || s.PasswordFile == "" || s.Path != ""):
		r.wrong(n.GetToken(), key, "zu %[1]s gehören repository und password_file", "to %[1]s belong repository and password_file", string(s.Tool))
	case s.Tool == backup.Borg && s.Host != "":
		r.wrong(n.GetToken(), key, "host gehört zu restic", "host belongs to restic")
	default:
		r.policy.Backup = s
	}
}
