package mail_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/patchwart/patchwart/internal/adapter/mail/mailtest"
)

func TestOnPostfixAndDovecot(t *testing.T) {
	s := mailtest.Start(t)
	mailtest.Stories(t, s)
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
