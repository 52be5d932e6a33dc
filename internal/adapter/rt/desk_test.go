package rt_test

import (
	"os"
	"testing"

	"github.com/patchwart/patchwart/internal/adapter/rt/rttest"
)

const (
	queue     = rttest.Queue
	elsewhere = rttest.Elsewhere
)

func TestMain(m *testing.M) {
	code := m.Run()
	rttest.Stop()
	os.Exit(code)
}
