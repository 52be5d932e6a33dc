package debian

import (
	"fmt"
	"strings"
)

// Status gives every package that is on a host, in the order of its status file (deb822; dpkg(1),
// "PACKAGE STATES"). What was removed is not there, also if its configuration files are; what is on
// hold, half installed or waiting for a trigger is there, for its files are.
//
// It reads whole fleets, so it looks at each line once and copies nothing: the texts it gives are part
// of the file's. A file that it cannot read is an error with the line: half an inventory must not pass
// for a small one.
func Status(file string, each func(Installed)) error {
	var name, arch, version, source, status string
	line, inside := 0, false
	flush := func() error {
		if !inside {
			return nil
		}
		inside = false
		there, err := onHost(status)
		switch {
		case name == "":
			return fmt.Errorf("the entry that ends at line %d has no field Package", line)
		case err != nil:
			return fmt.Errorf("the entry of %.80q that ends at line %d: %w", name, line, err)
		case there && version == "":
			return fmt.Errorf("the entry of %.80q that ends at line %d has no field Version", name, line)
		case there:
			p := Installed{Name: name, Arch: arch, Version: version}
			p.Source, p.SourceVersion = Origin(name, version, source)
			each(p)
		}
		name, arch, version, source, status = "", "", "", "", ""
		return nil
	}
	for file != "" {
		line++
		var text string
		if end := strings.IndexByte(file, '\n'); end >= 0 {
			text, file = file[:end], file[end+1:]
		} else {
			text, file = file, ""
		}
		if text == "" || text == "\r" {
			if err := flush(); err != nil {
				return err
			}
			continue
		}
		if text[0] == ' ' || text[0] == '\t' {
			if !inside && strings.TrimSpace(text) != "" {
				return fmt.Errorf("line %d: %.80q continues no field", line, text)
			}
			continue
		}
		colon := strings.IndexByte(text, ':')
		if colon <= 0 {
			return fmt.Errorf("line %d: %.80q is no field; a status file has lines like Package: name", line, text)
		}
		inside = true
		var into *string
		switch text[:colon] {
		case "Package":
			into = &name
		case "Architecture":
			into = &arch
		case "Version":
			into = &version
		case "Source":
			into = &source
		case "Status":
			into = &status
		default:
			continue
		}
		if *into != "" {
			return fmt.Errorf("line %d: a second field %s in one entry", line, text[:colon])
		}
		*into = strings.TrimSpace(text[colon+1:])
	}
	line++
	return flush()
}

// onHost reads the three words of a Status field: selection, flag, state.
func onHost(status string) (bool, error) {
	words := strings.Fields(status)
	if len(words) != 3 {
		return false, fmt.Errorf("its status %.80q has not three words like install ok installed", status)
	}
	switch words[2] {
	case "installed", "half-installed", "half-configured", "unpacked", "triggers-awaited", "triggers-pending":
		return true, nil
	case "config-files", "not-installed":
		return words[1] != "ok", nil // marked for reinstallation: something of it is there
	}
	return false, fmt.Errorf("%.40q is no package state", words[2])
}
