package cli

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/countersign"
	"github.com/patchwart/patchwart/internal/core/lang"
)

var countersignWords = struct{ Order, Changes, Reboot, Digest, Until, Next, Waits, Done, Has, Key, Policy lang.Text }{
	Order:   lang.T("Arbeitsauftrag %[1]s für %[2]s: %[3]s", "Work order %[1]s for %[2]s: %[3]s"),
	Changes: lang.T("%[1]s %[2]s → %[3]s", "%[1]s %[2]s → %[3]s"),
	Reboot:  lang.T("Ein Neustart des Hosts ist erlaubt.", "A reboot of the host is permitted."),
	Digest:  lang.T("Prüfsumme %[1]s", "digest %[1]s"),
	Until:   lang.T("beginnt von %[1]s bis %[2]s (UTC)", "begins from %[1]s to %[2]s (UTC)"),
	Next:    lang.T("Unterschreiben: patchwart countersign %[1]s --key DATEI --digest %[2]s", "To sign: patchwart countersign %[1]s --key FILE --digest %[2]s"),
	Waits:   lang.T("◐ Der Host wartet auf die zweite Unterschrift.", "◐ The host waits for the second signature."),
	Has:     lang.T("● gegengezeichnet %[1]s mit Schlüssel %[2]s", "● countersigned %[1]s with key %[2]s"),
	Done:    lang.T("Ob der Schlüssel gilt, entscheidet der Host.", "Whether the key counts, the host decides."),
	Key:     lang.T("● Der geheime Schlüssel steht in %[1]s; er verlässt diesen Rechner nicht.", "● The secret key is in %[1]s; it does not leave this machine."),
	Policy:  lang.T("In /etc/patchwart/host.yaml jedes Hosts, für den er gilt:", "In /etc/patchwart/host.yaml of each host that it is for:"),
}

// shownOrder is what the signed bytes say, as far as people need it to decide. It is read from the bytes that
// will be signed, and not from what the server says about them.
type shownOrder struct {
	ID        string    `json:"id"`
	Verb      string    `json:"verb"`
	System    string    `json:"system"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	Reboot    bool      `json:"reboot"`
	Packages  []struct {
		Name string `json:"name"`
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"packages"`
	Measure json.RawMessage `json:"measure"`
}

func (cmd countersignCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	w, err := c.WorkOrder(a.ctx, cmd.ID)
	if err != nil {
		return err
	}
	var o shownOrder
	if err := json.Unmarshal(w.Document, &o); err != nil {
		return &client.Error{Code: client.CodeInvalid, Cause: err, Text: lang.T("Der Arbeitsauftrag ist nicht zu lesen.", "The work order cannot be read.")}
	}
	sum := sha256.Sum256(w.Document)
	digest := hex.EncodeToString(sum[:])
	if cmd.Key != "" {
		if cmd.Digest != digest {
			return &client.Error{Code: client.CodeConflict,
				Text: lang.Textf("Der Auftrag hat die Prüfsumme %[1]s, und nicht die angegebene.", "The order's digest is %[1]s, and not the one that was named.", digest),
				Mend: lang.Textf("Bitte ansehen, was jetzt vorliegt: patchwart countersign %[1]s", "Please look at what there is now: patchwart countersign %[1]s", cmd.ID)}
		}
		key, err := readSecondKey(cmd.Key)
		if err != nil {
			return err
		}
		at := time.Now().UTC().Truncate(time.Second)
		public, _ := key.Public().(ed25519.PublicKey) // it always is one
		if w, err = c.Countersign(a.ctx, cmd.ID, client.CountersignRequest{PublicKey: public, At: at, Signature: ed25519.Sign(key, countersign.Message(w.Document, at))}); err != nil {
			return err
		}
	}
	return a.result(w, func() { a.workOrder(w, o, digest) })
}

func (a *app) workOrder(w client.WorkOrder, o shownOrder, digest string) {
	words := countersignWords
	a.print(a.tf(words.Order, clean(o.ID), clean(o.System), clean(o.Verb)))
	for _, p := range o.Packages {
		a.print("  " + a.tf(words.Changes, clean(p.Name), clean(p.From), clean(p.To)))
	}
	if len(o.Measure) > 0 {
		a.print("  " + clean(string(o.Measure)))
	}
	if o.Reboot {
		a.print("  " + a.t(words.Reboot))
	}
	a.print("  " + a.tf(words.Until, o.NotBefore.UTC().Format(time.DateTime), o.NotAfter.UTC().Format(time.DateTime)))
	a.print("  " + a.tf(words.Digest, digest))
	switch {
	case w.Second != nil:
		a.print(a.tf(words.Has, w.Second.At.Format(time.DateTime), clean(w.Second.Key)))
		a.print("  " + a.t(words.Done))
	case w.Waits:
		a.say(words.Waits)
		a.print("  " + a.tf(words.Next, clean(w.Run), digest))
	default:
		a.print("  " + a.tf(words.Next, clean(w.Run), digest))
	}
}

const maxSecondKey = 4 << 10

// readSecondKey reads a second operator's secret key. Whoever else could read it could have signed.
func readSecondKey(path string) (ed25519.PrivateKey, error) {
	bad := func(cause error) error {
		return &client.Error{Code: client.CodeInvalid, Cause: cause,
			Text: lang.Textf("%[1]s ist kein geheimer Ed25519-Schlüssel (PKCS #8, PEM).", "%[1]s is no secret Ed25519 key (PKCS #8, PEM).", path),
			Mend: lang.T("Einen machen: patchwart countersign-key DATEI", "To make one: patchwart countersign-key FILE")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, bad(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, bad(err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, &client.Error{Code: client.CodeForbidden,
			Text: lang.Textf("Die Schlüsseldatei %[1]s ist für andere zugänglich.", "The key file %[1]s is open to others.", path),
			Mend: lang.Textf("chmod 600 %[1]s – und ein neuer Schlüssel, wenn andere ihn gelesen haben können.", "chmod 600 %[1]s – and a new key, if others may have read it.", path)}
	}
	doc, err := io.ReadAll(io.LimitReader(f, maxSecondKey))
	if err != nil {
		return nil, bad(err)
	}
	block, _ := pem.Decode(doc)
	if block == nil {
		return nil, bad(nil)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, bad(err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, bad(fmt.Errorf("it is a %T", parsed))
	}
	return key, nil
}

func (cmd countersignKeyCmd) Run(a *app) error {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(cmd.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // never over an older key
	if err != nil {
		return &client.Error{Code: client.CodeConflict, Cause: err,
			Text: lang.Textf("%[1]s lässt sich nicht anlegen.", "%[1]s cannot be made.", cmd.File),
			Mend: lang.T("Bitte eine Datei nennen, die es noch nicht gibt.", "Please name a file that does not exist yet.")}
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	shown := "ed25519:" + base64.StdEncoding.EncodeToString(public)
	return a.result(map[string]string{"public": shown, "key": countersign.KeyID(public), "file": cmd.File}, func() {
		a.print(a.tf(countersignWords.Key, clean(cmd.File)))
		a.print("  " + a.t(countersignWords.Policy))
		a.print(`  second_keys: ["` + shown + `"]`)
	})
}
