package mail

// Compose writes a mail as it would be sent.
func Compose(o *Outbox, m Outgoing) (string, error) {
	l, err := m.compose(o.signer)
	return string(l.raw), err
}
