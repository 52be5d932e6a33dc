package holiday

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// observed is a feast as a region keeps it.
type observed struct {
	feast    feast
	from, to int       // years; 0: from the beginning, without end
	where    lang.Text // empty: by law in the whole region
}

// correction changes the library's list of one region: the feasts named are taken off, then these are added.
// Where a feast is a holiday in parts only, it is taken off and added with where.
type correction struct {
	region Region
	off    []string // German names
	add    []observed
}

// Where a feast holds if not everywhere.
var (
	byMunicipality = lang.T("je nach Gemeinde", "by municipality")
	byDistrict     = lang.T("je nach Bezirk und Gemeinde", "by district and municipality")
	byCustom       = lang.T("vielerorts frei, aber nicht nach kantonalem Recht", "free in many places, but not by the canton's law")
	ofTheLand      = lang.T("nur Landesfeiertag: Schulen und Ämter", "a day of the state only: schools and offices")
	catholic       = lang.T("im katholischen Kantonsteil", "in the Catholic part of the canton")
	reformed       = lang.T("im reformierten Kantonsteil", "in the Reformed part of the canton")
)

func always(feasts ...feast) []observed { return in(lang.Text{}, feasts...) }

func in(where lang.Text, feasts ...feast) []observed {
	var list []observed
	for _, f := range feasts {
		list = append(list, observed{feast: f, where: where})
	}
	return list
}

func since(year int, f feast) observed  { return observed{feast: f, from: year} }
func onceIn(year int, f feast) observed { return observed{feast: f, from: year, to: year} }

// corrections are what the library does not have or has otherwise. For Switzerland they follow the list of
// the Federal Office of Justice (public holidays and days treated like them) and the cantons' own lists, as
// two other open data sets carry them; where these differ, the day is not taken to hold everywhere.
var corrections = []correction{
	// 500 years of the Reformation, once in all of Germany.
	{"DE", nil, []observed{onceIn(2017, reformation)}},
	{"DE-BW", nil, []observed{onceIn(2017, reformation)}},
	{"DE-HE", nil, []observed{onceIn(2017, reformation)}},
	{"DE-NW", nil, []observed{onceIn(2017, reformation)}},
	{"DE-RP", nil, []observed{onceIn(2017, reformation)}},
	{"DE-SL", nil, []observed{onceIn(2017, reformation)}},
	// Art. 1 BayFTG: 15 August where more Catholics than Protestants live, by the last census; 8 August in
	// the city of Augsburg.
	{"DE-BY", nil, slices.Concat([]observed{onceIn(2017, reformation)},
		in(lang.T("in Gemeinden mit überwiegend katholischer Bevölkerung", "in municipalities with a mostly Catholic population"), assumption),
		in(lang.T("nur in der Stadt Augsburg", "in the city of Augsburg only"), peace))},
	{"DE-BE", []string{"Frauentag"}, []observed{since(2019, womensDay), onceIn(2017, reformation), onceIn(2020, liberation), onceIn(2025, liberation), onceIn(2028, uprising)}},
	{"DE-BB", nil, always(easter, whitSunday)},
	{"DE-MV", nil, []observed{since(2023, womensDay)}},
	// The four Länder of the north made Reformation Day a holiday in 2018; in 2017 it was one everywhere.
	{"DE-HB", []string{"Reformationstag"}, []observed{since(2017, reformation)}},
	{"DE-HH", []string{"Reformationstag"}, []observed{since(2017, reformation)}},
	{"DE-NI", []string{"Reformationstag"}, []observed{since(2017, reformation)}},
	{"DE-SH", []string{"Reformationstag"}, []observed{since(2017, reformation)}},
	{"DE-SN", nil, in(byMunicipality, corpus)},
	{"DE-TH", nil, in(byMunicipality, corpus)},

	// Days of the states' patrons are no days of rest by the law on rest from work (ARG, section 7).
	{"AT-1", nil, in(ofTheLand, martin)},
	{"AT-2", nil, in(ofTheLand, joseph, plebisciteK)},
	{"AT-3", nil, in(ofTheLand, leopold)},
	{"AT-4", nil, []observed{{feast: florian, from: 2004, where: ofTheLand}}},
	{"AT-5", nil, in(ofTheLand, rupert)},
	{"AT-6", nil, in(ofTheLand, joseph)},
	{"AT-7", nil, in(ofTheLand, joseph)},
	{"AT-8", nil, in(ofTheLand, joseph)},
	{"AT-9", nil, in(ofTheLand, leopold)},

	{"CH-ZH", nil, in(byCustom, berchtold)},
	{"CH-LU", []string{"Josefstag"}, slices.Concat(in(byMunicipality, joseph), in(byCustom, berchtold, eastMonday, whitMonday))},
	{"CH-UR", []string{"Zweiter Weihnachtsfeiertag"}, always(stephen)},
	{"CH-OW", nil, slices.Concat(always(nicholas), in(byCustom, berchtold, eastMonday, whitMonday, secondDay))},
	{"CH-NW", nil, in(byCustom, berchtold, eastMonday, whitMonday, secondDay)},
	{"CH-GL", nil, slices.Concat(always(naefels), in(byCustom, berchtold))},
	{"CH-ZG", []string{"Ostermontag", "Pfingstmontag", "Zweiter Weihnachtsfeiertag"},
		slices.Concat(always(corpus, assumption, conception), in(byCustom, berchtold, eastMonday, whitMonday, secondDay))},
	{"CH-FR", []string{"Tag der Arbeit", "Fronleichnam", "Mariä Himmelfahrt", "Allerheiligen"},
		slices.Concat(in(catholic, corpus, assumption, allSaints, conception), in(reformed, berchtold, eastMonday, whitMonday, secondDay))},
	{"CH-SO", []string{"Tag der Arbeit", "Pfingstmontag", "Fronleichnam", "Mariä Himmelfahrt", "Allerheiligen", "Zweiter Weihnachtsfeiertag"},
		slices.Concat(in(lang.T("ab 12 Uhr", "from noon on"), labour), in(lang.T("nicht im Bezirk Bucheggberg", "not in the district of Bucheggberg"), corpus, assumption, allSaints),
			in(byMunicipality, joseph), in(byCustom, berchtold, eastMonday, whitMonday, secondDay))},
	{"CH-BL", []string{"Fronleichnam", "Mariä Himmelfahrt"}, in(byMunicipality, corpus, assumption, allSaints, conception)},
	{"CH-SH", nil, in(byCustom, berchtold)},
	{"CH-AR", []string{"Zweiter Weihnachtsfeiertag"}, always(stephen)},
	{"CH-AI", []string{"Zweiter Weihnachtsfeiertag"}, slices.Concat(always(stephen), in(lang.T("nicht im Bezirk Oberegg", "not in the district of Oberegg"), mauritius))},
	{"CH-SG", nil, in(byCustom, berchtold)},
	{"CH-GR", []string{"Heilige Drei Könige", "Josefstag", "Karfreitag", "Fronleichnam", "Mariä Himmelfahrt", "Allerheiligen", "Mariä Empfängnis"},
		in(byMunicipality, epiphany, joseph, goodFriday, corpus, assumption, allSaints, conception)},
	{"CH-AG", []string{"Berchtoldstag", "Ostermontag", "Pfingstmontag", "Fronleichnam", "Mariä Himmelfahrt", "Allerheiligen", "Mariä Empfängnis", "Zweiter Weihnachtsfeiertag"},
		in(byDistrict, berchtold, eastMonday, labour, whitMonday, corpus, assumption, allSaints, conception, secondDay)},
	{"CH-TI", nil, always(peterPaul)},
	{"CH-VD", nil, always(fastMonday)},
	{"CH-VS", nil, in(byCustom, berchtold, eastMonday, whitMonday, secondDay)},
	// 2 January and 26 December are holidays in Neuchâtel when the day before is a Sunday.
	{"CH-NE", []string{"Fronleichnam"}, slices.Concat(always(republic, berchtold.only(onMonday), secondDay.only(onMonday)), in(byMunicipality, corpus), in(byCustom, fastMonday))},
	{"CH-GE", []string{"Fronleichnam"}, always(geneva, restoration)},
	{"CH-JU", nil, always(plebiscite)},
}

// lists are the regions' holidays: the library's with the corrections.
var lists = corrected()

func corrected() map[Region][]observed {
	all := map[Region][]observed{}
	for region, list := range library {
		for _, h := range list {
			all[region] = append(all[region], observed{feast: of(h)})
		}
	}
	for _, c := range corrections {
		kept := slices.DeleteFunc(all[c.region], func(o observed) bool { return slices.Contains(c.off, o.feast.name.DE) })
		all[c.region] = append(kept, c.add...)
	}
	return all
}
