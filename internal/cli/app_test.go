package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/api/apitest"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// On a terminal the step under way and what its tool says stand in one line, which the step's end
// replaces; what the tool says cannot steer the terminal.
func TestFollowOnATerminal(t *testing.T) {
	t.Parallel()
	c, err := client.New(apitest.Serve(t, apitest.New()).URL, apitest.Token)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := &app{ctx: t.Context(), out: &out, lang: lang.EN, live: true, colour: true}
	if err := a.follow(c, "r-live"); err != nil {
		t.Fatal(err)
	}
	shown := out.String()
	for _, want := range []string{
		"\x1b[36m◐\x1b[0m Apply  \x1b[2mrunning\x1b[0m",
		"\r\x1b[K08:00:24  \x1b[36m◐\x1b[0m Apply  \x1b[2mSetting up openssl (3.0.17) ...\x1b[0m",
		"\r\x1b[K08:00:46  \x1b[32m●\x1b[0m Apply  done (42 s)\n",
		"\x1b[32m● done\x1b[0m  1 security update is installed and verified.\n",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in what was shown:\n%q", want, shown)
		}
	}
	if strings.Contains(shown, "\x1b[31m(3.0.17)") {
		t.Error("a tool's colours reached the terminal")
	}
}

type cancelling struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (c *cancelling) Write(p []byte) (int, error) {
	c.cancel()
	return c.Buffer.Write(p)
}

func TestCtrlCEndsWaitingWithItsOwnCode(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	out := &cancelling{cancel: cancel}
	code := Main(ctx, []string{"run", "show", "r-db1", "--follow", "--lang", "en",
		"--server", apitest.Serve(t, apitest.New()).URL, "--token-file", apitest.TokenFile(t)},
		strings.NewReader(""), out, io.Discard, Hooks{})
	if code != ExitInterrupted || !strings.Contains(out.String(), "◇ planned  Sat 28 Nov, 05:00–07:00") {
		t.Errorf("code %d, output %q", code, out.String())
	}
}

func TestABuildWithoutServerSaysSo(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	if code := Main(t.Context(), []string{"serve", "--lang", "en"}, nil, io.Discard, &errs, Hooks{}); code != ExitInternal || errs.Len() == 0 {
		t.Errorf("code %d, %q", code, &errs)
	}
}

func TestEveryCodeHasItsExitCode(t *testing.T) {
	t.Parallel()
	codes := map[client.Code]int{
		client.CodeInvalid: 3, client.CodeNotFound: 4, client.CodeRefused: 5, client.CodeConflict: 6,
		client.CodeForbidden: 7, client.CodeUnavailable: 8, client.CodeInternal: 1, "other": 1,
	}
	for code, want := range codes {
		if got := exitCode(t.Context(), &client.Error{Code: code}); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
	if got := exitCode(t.Context(), errors.New("x")); got != ExitInternal {
		t.Errorf("any error: %d", got)
	}
	listed := map[int]bool{}
	for _, e := range exitWords {
		if listed[e.code] || e.text.DE == "" || e.text.EN == "" {
			t.Errorf("code %d is listed twice, or without words", e.code)
		}
		listed[e.code] = true
	}
}

func TestCleanLeavesNothingThatSteersATerminal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain, ümlaut – ●":    "plain, ümlaut – ●",
		"\x1b[31mred\x1b[0m":   "red",
		"title\x1b]0;evil\x07": "title0;evil",
		"over\rwritten":        "overwritten",
		"two\nlines\tand":      "two lines and",
		"right\u202eto left":   "rightto left",
		"cut\x1b[":             "cut",
		"\u009b31mC1":          "31mC1",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		out := clean(rapid.String().Draw(t, "s"))
		if strings.ContainsFunc(out, func(c rune) bool { return c < ' ' || c >= 0x7f && c < 0xa0 }) {
			t.Fatalf("%q", out)
		}
	})
}

func TestTablesAlignUmlautsAndShapes(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &app{out: &out, lang: lang.DE, colour: true}
	a.table("  ", []lang.Text{lang.T("länge", "length"), lang.T("stand", "state")}, [][]cell{
		{text("ö"), painted(green, "● gut")}, {text("lang genug"), text("◇")},
	})
	want := "  \x1b[2mLÄNGE\x1b[0m       \x1b[2mSTAND\x1b[0m\n  ö           \x1b[32m● gut\x1b[0m\n  lang genug  ◇\n"
	if got := out.String(); got != want {
		t.Errorf("%q", got)
	}
}

func TestWrapKeepsEveryWord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[a-zäöü]{1,12}`)).Draw(t, "words")
		most := rapid.IntRange(1, 40).Draw(t, "most")
		lines := wrap(strings.Join(words, " "), most)
		if got := strings.Fields(strings.Join(lines, " ")); strings.Join(got, " ") != strings.Join(words, " ") {
			t.Fatalf("%q became %q", words, lines)
		}
		for _, line := range lines {
			if utf8.RuneCountInString(line) > most && strings.Contains(line, " ") {
				t.Fatalf("line %q is longer than %d", line, most)
			}
		}
	})
}

// Every command and option has words in both languages, and no word is left over.
func TestTheHelpHasItsWords(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if code := Main(t.Context(), []string{"--help", "--lang", "en"}, nil, &out, io.Discard, Hooks{}); code != ExitOK {
		t.Fatalf("code %d", code)
	}
	for name, text := range helpWords {
		if text.DE == "" || text.EN == "" {
			t.Errorf("%s lacks a wording", name)
		}
	}
	if strings.Contains(out.String(), "${") {
		t.Errorf("a word is missing:\n%s", &out)
	}
}
