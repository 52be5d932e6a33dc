package probe

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// This file asks database servers whether they are there, in the first words of their protocols and without
// credentials: no user is logged in, no command is sent but Redis's PING.

var errForm = errors.New("not the expected protocol")

// maxAnswer bounds the first answer of a server, in bytes.
const maxAnswer = 16 << 10

// ask opens a connection, says hello, and lets read judge the answer.
func ask(ctx context.Context, address string, hello []byte, read func(io.Reader) (bool, string, error)) (bool, string, error) {
	conn, err := dial(ctx, address)
	if err != nil {
		return false, saw(err), err
	}
	defer func() { _ = conn.Close() }() // only the answer was wanted
	if len(hello) > 0 {
		if _, err := conn.Write(hello); err != nil {
			return false, saw(err), nil
		}
	}
	passed, text, err := read(io.LimitReader(conn, maxAnswer))
	if err != nil && !errors.Is(err, errForm) {
		return false, saw(err), nil
	}
	if err != nil {
		return false, err.Error(), nil
	}
	return passed, printable(text), nil
}

// ReadMySQL judges the greeting of a MariaDB or MySQL server (protocol version 10): passed if it invites to log
// in. A server that sends an error instead, like one with too many connections, is not well.
func ReadMySQL(r io.Reader) (passed bool, text string, err error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return false, "", err
	}
	size := int(head[0]) | int(head[1])<<8 | int(head[2])<<16
	if size < 3 || size > maxAnswer-len(head) || head[3] != 0 {
		return false, "", fmt.Errorf("%w: no greeting of a MySQL server", errForm)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return false, "", err
	}
	switch body[0] {
	case 10:
		version, _, found := bytes.Cut(body[1:], []byte{0})
		if !found || len(version) == 0 || len(version) > 200 {
			return false, "", fmt.Errorf("%w: a greeting without a version", errForm)
		}
		return true, "version " + string(version), nil
	case 0xff:
		return false, fmt.Sprintf("error %d: %.150s", binary.LittleEndian.Uint16(body[1:]), body[3:]), nil
	}
	return false, "", fmt.Errorf("%w: MySQL protocol version %d", errForm, body[0])
}

// helloPostgreSQL asks to begin a session of protocol 3.0 as a user that nobody has. The server answers with a
// demand for credentials, or says that it does not know the user; both it does only when it takes connections.
var helloPostgreSQL = func() []byte {
	body := []byte("\x00\x03\x00\x00user\x00patchwart-check\x00database\x00patchwart-check\x00\x00")
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4)), body...)
}()

// Classes of errors (PostgreSQL, appendix A) in which a server does not take connections.
var notServing = map[string]string{
	"57P01": "it is shutting down", "57P02": "it has crashed", "57P03": "it cannot be connected to now", "53300": "it has too many connections",
}

// ReadPostgreSQL judges the first answer of a PostgreSQL server.
func ReadPostgreSQL(r io.Reader) (passed bool, text string, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return false, "", err
	}
	size := int(binary.BigEndian.Uint32(head[1:])) - 4
	if size < 0 || size > maxAnswer-len(head) || head[0] != 'R' && head[0] != 'E' && head[0] != 'v' {
		return false, "", fmt.Errorf("%w: no answer of a PostgreSQL server", errForm)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return false, "", err
	}
	if head[0] != 'E' {
		return true, "takes connections", nil
	}
	code := ""
	for field := range bytes.SplitSeq(body, []byte{0}) {
		if len(field) == 6 && field[0] == 'C' {
			code = string(field[1:])
		}
	}
	switch why, bad := notServing[code]; {
	case code == "":
		return false, "", fmt.Errorf("%w: an error without a code", errForm)
	case bad:
		return false, code + ", " + why, nil
	case strings.HasPrefix(code, "28"), strings.HasPrefix(code, "3D"):
		return true, "takes connections", nil // it looked for the user, or for the database
	}
	return false, "error " + code, nil
}

// ReadRedis judges a Redis server's answer to PING. That it wants a password first is an answer, too.
func ReadRedis(r io.Reader) (passed bool, text string, err error) {
	var line []byte
	var b [1]byte
	for len(line) < 512 {
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return false, "", err
		}
		if b[0] == '\n' {
			break
		}
		line = append(line, b[0])
	}
	answer := strings.TrimSuffix(string(line), "\r")
	switch {
	case answer == "+PONG":
		return true, "PONG", nil
	case strings.HasPrefix(answer, "-NOAUTH"):
		return true, "wants a password", nil
	case strings.HasPrefix(answer, "-"):
		return false, answer[1:], nil
	}
	return false, "", fmt.Errorf("%w: no answer of a Redis server", errForm)
}
