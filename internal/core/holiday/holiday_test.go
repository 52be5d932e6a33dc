package holiday_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/holiday"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// days are the holidays that hold in the whole region, as month and day.
func days(t testing.TB, code string, year int) string {
	t.Helper()
	region, err := holiday.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, h := range holiday.Between(wall.Date(year, 1, 1), wall.Date(year, 12, 31), region) {
		if h.Everywhere() {
			list = append(list, h.Day.String()[5:])
		}
	}
	return strings.Join(list, " ")
}

// TestKnownYears has whole years written out, those in which a law changed among them.
func TestKnownYears(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		region string
		year   int
		want   string
	}{
		{"DE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"},
		{"DE", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26"},
		{"DE-BW", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		{"DE-BY", 2024, "01-01 01-06 03-29 04-01 05-01 05-09 05-20 05-30 10-03 11-01 12-25 12-26"},
		{"DE-BY", 2017, "01-01 01-06 04-14 04-17 05-01 05-25 06-05 06-15 10-03 10-31 11-01 12-25 12-26"},
		{"DE-BE", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 10-03 12-25 12-26"},
		{"DE-BE", 2020, "01-01 03-08 04-10 04-13 05-01 05-08 05-21 06-01 10-03 12-25 12-26"},
		{"DE-BE", 2025, "01-01 03-08 04-18 04-21 05-01 05-08 05-29 06-09 10-03 12-25 12-26"},
		{"DE-BE", 2028, "01-01 03-08 04-14 04-17 05-01 05-25 06-05 06-17 10-03 12-25 12-26"},
		{"DE-BB", 2026, "01-01 04-03 04-05 04-06 05-01 05-14 05-24 05-25 10-03 10-31 12-25 12-26"},
		{"DE-HB", 2016, "01-01 03-25 03-28 05-01 05-05 05-16 10-03 12-25 12-26"},
		{"DE-HB", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 10-03 10-31 12-25 12-26"},
		{"DE-HH", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26"},
		{"DE-HE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 10-03 12-25 12-26"},
		{"DE-MV", 2022, "01-01 04-15 04-18 05-01 05-26 06-06 10-03 10-31 12-25 12-26"},
		{"DE-MV", 2023, "01-01 03-08 04-07 04-10 05-01 05-18 05-29 10-03 10-31 12-25 12-26"},
		{"DE-NI", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		{"DE-NW", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		{"DE-RP", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		{"DE-SL", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 08-15 10-03 11-01 12-25 12-26"},
		{"DE-SN", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 11-18 12-25 12-26"},
		{"DE-SN", 1995, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 11-22 12-25 12-26"},
		{"DE-ST", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		{"DE-SH", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		{"DE-TH", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 10-03 10-31 12-25 12-26"},
		{"DE-TH", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 09-20 10-03 10-31 12-25 12-26"},
		{"AT", 2024, "01-01 01-06 04-01 05-01 05-09 05-20 05-30 08-15 10-26 11-01 12-08 12-25 12-26"},
		{"AT", 2026, "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26"},
		{"AT-9", 2026, "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26"},
		{"CH", 2026, "01-01 05-14 08-01 12-25"},
		{"CH-ZH", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 08-01 12-25 12-26"},
		{"CH-BE", 2026, "01-01 01-02 04-03 04-06 05-14 05-25 08-01 12-25 12-26"},
		{"CH-LU", 2026, "01-01 04-03 05-14 06-04 08-01 08-15 11-01 12-08 12-25 12-26"},
		{"CH-UR", 2026, "01-01 01-06 03-19 04-03 04-06 05-14 05-25 06-04 08-01 08-15 11-01 12-08 12-25"},
		{"CH-UR", 2024, "01-01 01-06 03-19 03-29 04-01 05-09 05-20 05-30 08-01 08-15 11-01 12-08 12-25 12-26"},
		{"CH-SZ", 2026, "01-01 01-06 03-19 04-03 04-06 05-14 05-25 06-04 08-01 08-15 11-01 12-08 12-25 12-26"},
		{"CH-OW", 2026, "01-01 04-03 05-14 06-04 08-01 08-15 09-25 11-01 12-08 12-25"},
		{"CH-NW", 2026, "01-01 03-19 04-03 05-14 06-04 08-01 08-15 11-01 12-08 12-25"},
		{"CH-GL", 2026, "01-01 04-03 04-06 04-09 05-14 05-25 08-01 11-01 12-25 12-26"}, // 2 April is in Holy Week
		{"CH-GL", 2025, "01-01 04-03 04-18 04-21 05-29 06-09 08-01 11-01 12-25 12-26"},
		{"CH-ZG", 2026, "01-01 04-03 05-14 06-04 08-01 08-15 11-01 12-08 12-25"},
		{"CH-FR", 2026, "01-01 04-03 05-14 08-01 12-25"},
		{"CH-SO", 2026, "01-01 04-03 05-14 08-01 12-25"},
		{"CH-BS", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 08-01 12-25 12-26"},
		{"CH-BL", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 08-01 12-25 12-26"},
		{"CH-SH", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 08-01 12-25 12-26"},
		{"CH-AR", 2023, "01-01 04-07 04-10 05-18 05-29 08-01 12-25"}, // Christmas Day is a Monday
		{"CH-AI", 2024, "01-01 03-29 04-01 05-09 05-20 05-30 08-01 08-15 11-01 12-08 12-25 12-26"},
		{"CH-SG", 2026, "01-01 04-03 04-06 05-14 05-25 08-01 11-01 12-25 12-26"},
		{"CH-GR", 2026, "01-01 04-06 05-14 05-25 08-01 12-25 12-26"},
		{"CH-AG", 2026, "01-01 04-03 05-14 08-01 12-25"},
		{"CH-TG", 2026, "01-01 01-02 04-03 04-06 05-01 05-14 05-25 08-01 12-25 12-26"},
		{"CH-TI", 2026, "01-01 01-06 03-19 04-06 05-01 05-14 05-25 06-04 06-29 08-01 08-15 11-01 12-08 12-25 12-26"},
		{"CH-VD", 2026, "01-01 01-02 04-03 04-06 05-14 05-25 08-01 09-21 12-25"},
		{"CH-VS", 2026, "01-01 03-19 05-14 06-04 08-01 08-15 11-01 12-08 12-25"},
		{"CH-NE", 2026, "01-01 03-01 04-03 05-01 05-14 08-01 12-25"},
		{"CH-NE", 2023, "01-01 01-02 03-01 04-07 05-01 05-18 08-01 12-25"},
		{"CH-GE", 2026, "01-01 04-03 04-06 05-14 05-25 08-01 09-10 12-25 12-31"},
		{"CH-JU", 2026, "01-01 01-02 04-03 04-06 05-01 05-14 05-25 06-04 06-23 08-01 08-15 11-01 12-25"},
	} {
		if got := days(t, c.region, c.year); got != c.want {
			t.Errorf("%s %d:\n got  %s\n want %s", c.region, c.year, got, c.want)
		}
	}
}

func TestOneDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ region, day, de, en string }{
		{"DE-MV", "2022-03-08", "", ""},
		{"DE-MV", "2023-03-08", "Frauentag", "Women's Day"},
		{"DE-BB", "2026-04-05", "Ostersonntag", "Easter Sunday"},
		{"DE-BE", "2026-04-05", "", ""},
		{"DE-BB", "2026-05-24", "Pfingstsonntag", "Whit Sunday"},
		{"DE-BY", "2026-08-15", "", ""}, // by municipality
		{"DE-SL", "2026-08-15", "Mariä Himmelfahrt", "Assumption Day"},
		{"DE-SN", "2026-11-18", "Buß- und Bettag", "Day of Repentance and Prayer"},
		{"AT", "2026-10-26", "Nationalfeiertag", "National Day"},
		{"AT-9", "2026-11-15", "", ""},
		{"CH-ZH", "2026-08-01", "Bundesfeiertag", "National Day"},
		{"DE", "1994-12-25", "", ""}, // before the lists begin
	} {
		region, err := holiday.Parse(c.region)
		if err != nil {
			t.Fatal(err)
		}
		day, err := wall.ParseDay(c.day)
		if err != nil {
			t.Fatal(err)
		}
		name, ok := holiday.On(day, region)
		if name.DE != c.de || name.EN != c.en || ok != (c.de != "") {
			t.Errorf("%s in %s: %+v, %v", c.day, c.region, name, ok)
		}
	}
}

func TestWhatHoldsInPartsIsToldApart(t *testing.T) {
	t.Parallel()
	at := func(region holiday.Region, day wall.Day) holiday.Holiday {
		for _, h := range holiday.Between(day, day, region) {
			return h
		}
		return holiday.Holiday{}
	}
	for _, c := range []struct {
		region holiday.Region
		day    wall.Day
		where  string
	}{
		{"DE-BY", wall.Date(2026, 8, 15), "in municipalities with a mostly Catholic population"},
		{"DE-BY", wall.Date(2026, 8, 8), "in the city of Augsburg only"},
		{"DE-TH", wall.Date(2026, 6, 4), "by municipality"},
		{"AT-2", wall.Date(2026, 10, 10), "a day of the state only: schools and offices"},
		{"CH-FR", wall.Date(2026, 12, 8), "in the Catholic part of the canton"},
		{"CH-SO", wall.Date(2026, 5, 1), "from noon on"},
		{"CH-LU", wall.Date(2026, 4, 6), "free in many places, but not by the canton's law"},
	} {
		h := at(c.region, c.day)
		if h.Where.EN != c.where || h.Everywhere() {
			t.Errorf("%s %s: %+v", c.region, c.day, h)
		}
		if _, ok := holiday.On(c.day, c.region); ok {
			t.Errorf("%s counts everywhere in %s", c.day, c.region)
		}
		if limits := holiday.Limits(c.region); !strings.Contains(limits.EN, h.Name.EN) || !strings.Contains(limits.DE, h.Name.DE) {
			t.Errorf("%s is not among the limits of %s: %s", h.Name.EN, c.region, limits.EN)
		}
	}
	if limits := holiday.Limits("DE-HE"); !limits.IsZero() {
		t.Errorf("Hesse has limits: %s", limits.EN)
	}
	if got := holiday.Limits("DE-BY").DE; got != "Nicht überall in Bayern gesetzlicher Feiertag: Mariä Himmelfahrt (in Gemeinden mit überwiegend katholischer Bevölkerung) und Friedensfest (nur in der Stadt Augsburg)." {
		t.Error(got)
	}
}

// gauss computes Easter Sunday as C. F. Gauss did, with the corrections for 1954 and the like: another way
// than the library's.
func gauss(year int) wall.Day {
	a, b, c := year%19, year%4, year%7
	k := year / 100
	m := (15 - (13+8*k)/25 + k - k/4) % 30
	n := (4 + k - k/4) % 7
	d := (19*a + m) % 30
	e := (2*b + 4*c + 6*d + n) % 7
	if d == 29 && e == 6 {
		return wall.Date(year, time.April, 19)
	}
	if d == 28 && e == 6 && (11*m+11)%30 < 19 {
		return wall.Date(year, time.April, 18)
	}
	return wall.Date(year, time.March, 22+d+e)
}

func TestEaster(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]string{1990: "1990-04-15", 2000: "2000-04-23", 2008: "2008-03-23", 2011: "2011-04-24", 2024: "2024-03-31", 2026: "2026-04-05", 2038: "2038-04-25", 2049: "2049-04-18", 2060: "2060-04-18"} {
		if got := gauss(year).String(); got != want {
			t.Errorf("Gauss has Easter on %s, it is on %s", got, want)
		}
	}
	for year := 1990; year <= holiday.Last; year++ {
		if got := holiday.Easter(year); got != gauss(year) {
			t.Errorf("Easter of %d is on %s, not on %s", year, gauss(year), got)
		}
		if year < holiday.First {
			continue
		}
		for offset, region := range map[int]holiday.Region{-2: "DE", 0: "DE-BB", 1: "AT", 39: "CH", 49: "DE-BB", 50: "DE-BE", 60: "AT"} {
			if _, ok := holiday.On(gauss(year).Add(offset), region); !ok {
				t.Errorf("%d days from Easter of %d is no holiday of %s", offset, year, region)
			}
		}
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	for _, r := range holiday.Regions() {
		country, part, _ := strings.Cut(string(r), "-")
		if part != "" {
			count[country]++
		}
		if again, err := holiday.Parse(" " + strings.ToLower(string(r))); err != nil || again != r {
			t.Errorf("%s: %v", r, err)
		}
		if name := r.In(); name.DE == "" || name.EN == "" {
			t.Errorf("%s has no name", r)
		}
		for _, h := range holiday.Between(wall.Date(2026, 1, 1), wall.Date(2028, 12, 31), r) {
			if h.Name.DE == "" || h.Name.EN == "" {
				t.Errorf("%s: %s has no name: %+v", r, h.Day, h.Name)
			}
		}
	}
	if count["DE"] != 16 || count["AT"] != 9 || count["CH"] != 26 {
		t.Errorf("%v", count)
	}
	for _, wrong := range []string{"", "XX", "DE-XX", "FR", "Bayern"} {
		if r, err := holiday.Parse(wrong); err == nil {
			t.Errorf("%q became %s", wrong, r)
		}
	}
}

// TestBetweenAndOnAgree: day by day or in one go, a region has the same holidays, in order, none twice.
func TestBetweenAndOnAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		region := rapid.SampledFrom(holiday.Regions()).Draw(t, "region")
		from := wall.Date(1994, 1, 1).Add(rapid.IntRange(0, 206*365).Draw(t, "from"))
		to := from.Add(rapid.IntRange(-2, 500).Draw(t, "days"))
		list := holiday.Between(from, to, region)
		for d := from; !d.After(to); d = d.Add(1) {
			name, ok := holiday.On(d, region)
			at := slices.IndexFunc(list, func(h holiday.Holiday) bool { return h.Day == d && h.Everywhere() })
			if ok != (at >= 0) || ok && list[at].Name != name {
				t.Fatalf("%s in %s: %v alone, %d in the list", d, region, ok, at)
			}
		}
		for i, h := range list {
			if i > 0 && h.Day.Before(list[i-1].Day) || h.Day.Before(from) || h.Day.After(to) {
				t.Fatalf("%+v out of order", h)
			}
		}
	})
}
