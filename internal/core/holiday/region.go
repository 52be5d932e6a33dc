package holiday

import (
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/de"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// regions names the regions by code (ISO 3166-2).
var regions = map[Region]lang.Text{
	"DE": lang.T("Deutschland", "Germany"), "AT": lang.T("Österreich", "Austria"), "CH": lang.T("der Schweiz", "Switzerland"),

	"DE-BW": lang.T("Baden-Württemberg", "Baden-Württemberg"), "DE-BY": lang.T("Bayern", "Bavaria"),
	"DE-BE": lang.T("Berlin", "Berlin"), "DE-BB": lang.T("Brandenburg", "Brandenburg"),
	"DE-HB": lang.T("Bremen", "Bremen"), "DE-HH": lang.T("Hamburg", "Hamburg"), "DE-HE": lang.T("Hessen", "Hesse"),
	"DE-MV": lang.T("Mecklenburg-Vorpommern", "Mecklenburg-Western Pomerania"), "DE-NI": lang.T("Niedersachsen", "Lower Saxony"),
	"DE-NW": lang.T("Nordrhein-Westfalen", "North Rhine-Westphalia"), "DE-RP": lang.T("Rheinland-Pfalz", "Rhineland-Palatinate"),
	"DE-SL": lang.T("dem Saarland", "Saarland"), "DE-SN": lang.T("Sachsen", "Saxony"), "DE-ST": lang.T("Sachsen-Anhalt", "Saxony-Anhalt"),
	"DE-SH": lang.T("Schleswig-Holstein", "Schleswig-Holstein"), "DE-TH": lang.T("Thüringen", "Thuringia"),

	"AT-1": lang.T("dem Burgenland", "Burgenland"), "AT-2": lang.T("Kärnten", "Carinthia"), "AT-3": lang.T("Niederösterreich", "Lower Austria"),
	"AT-4": lang.T("Oberösterreich", "Upper Austria"), "AT-5": lang.T("Salzburg", "Salzburg"), "AT-6": lang.T("der Steiermark", "Styria"),
	"AT-7": lang.T("Tirol", "Tyrol"), "AT-8": lang.T("Vorarlberg", "Vorarlberg"), "AT-9": lang.T("Wien", "Vienna"),

	"CH-AG": lang.T("dem Kanton Aargau", "Aargau"), "CH-AI": lang.T("dem Kanton Appenzell Innerrhoden", "Appenzell Innerrhoden"),
	"CH-AR": lang.T("dem Kanton Appenzell Ausserrhoden", "Appenzell Ausserrhoden"), "CH-BE": lang.T("dem Kanton Bern", "Bern"),
	"CH-BL": lang.T("dem Kanton Basel-Landschaft", "Basel-Landschaft"), "CH-BS": lang.T("dem Kanton Basel-Stadt", "Basel-Stadt"),
	"CH-FR": lang.T("dem Kanton Freiburg", "Fribourg"), "CH-GE": lang.T("dem Kanton Genf", "Geneva"), "CH-GL": lang.T("dem Kanton Glarus", "Glarus"),
	"CH-GR": lang.T("dem Kanton Graubünden", "Graubünden"), "CH-JU": lang.T("dem Kanton Jura", "Jura"), "CH-LU": lang.T("dem Kanton Luzern", "Lucerne"),
	"CH-NE": lang.T("dem Kanton Neuenburg", "Neuchâtel"), "CH-NW": lang.T("dem Kanton Nidwalden", "Nidwalden"), "CH-OW": lang.T("dem Kanton Obwalden", "Obwalden"),
	"CH-SG": lang.T("dem Kanton St. Gallen", "St. Gallen"), "CH-SH": lang.T("dem Kanton Schaffhausen", "Schaffhausen"),
	"CH-SO": lang.T("dem Kanton Solothurn", "Solothurn"), "CH-SZ": lang.T("dem Kanton Schwyz", "Schwyz"), "CH-TG": lang.T("dem Kanton Thurgau", "Thurgau"),
	"CH-TI": lang.T("dem Kanton Tessin", "Ticino"), "CH-UR": lang.T("dem Kanton Uri", "Uri"), "CH-VD": lang.T("dem Kanton Waadt", "Vaud"),
	"CH-VS": lang.T("dem Kanton Wallis", "Valais"), "CH-ZG": lang.T("dem Kanton Zug", "Zug"), "CH-ZH": lang.T("dem Kanton Zürich", "Zurich"),
}

// library are the library's lists, before corrections.
var library = map[Region][]*cal.Holiday{
	"DE": de.Holidays, "DE-BW": de.HolidaysBW, "DE-BY": de.HolidaysBY, "DE-BE": de.HolidaysBE, "DE-BB": de.HolidaysBB,
	"DE-HB": de.HolidaysHB, "DE-HH": de.HolidaysHH, "DE-HE": de.HolidaysHE, "DE-MV": de.HolidaysMV, "DE-NI": de.HolidaysNI,
	"DE-NW": de.HolidaysNW, "DE-RP": de.HolidaysRP, "DE-SL": de.HolidaysSL, "DE-SN": de.HolidaysSN, "DE-ST": de.HolidaysST,
	"DE-SH": de.HolidaysSH, "DE-TH": de.HolidaysTH,

	"AT": at.Holidays, "AT-1": at.Holidays, "AT-2": at.Holidays, "AT-3": at.Holidays, "AT-4": at.Holidays,
	"AT-5": at.Holidays, "AT-6": at.Holidays, "AT-7": at.Holidays, "AT-8": at.Holidays, "AT-9": at.Holidays,

	// The library's list of Switzerland joins those of the cantons; these are the days that all have.
	"CH":    {ch.Neujahr, ch.Auffahrt, ch.Bundesfeiertag, ch.Weihnachtstag},
	"CH-AG": ch.HolidaysAG, "CH-AI": ch.HolidaysAI, "CH-AR": ch.HolidaysAR, "CH-BE": ch.HolidaysBE, "CH-BL": ch.HolidaysBL,
	"CH-BS": ch.HolidaysBS, "CH-FR": ch.HolidaysFR, "CH-GE": ch.HolidaysGE, "CH-GL": ch.HolidaysGL, "CH-GR": ch.HolidaysGR,
	"CH-JU": ch.HolidaysJU, "CH-LU": ch.HolidaysLU, "CH-NE": ch.HolidaysNE, "CH-NW": ch.HolidaysNW, "CH-OW": ch.HolidaysOW,
	"CH-SG": ch.HolidaysSG, "CH-SH": ch.HolidaysSH, "CH-SO": ch.HolidaysSO, "CH-SZ": ch.HolidaysSZ, "CH-TG": ch.HolidaysTG,
	"CH-TI": ch.HolidaysTI, "CH-UR": ch.HolidaysUR, "CH-VD": ch.HolidaysVD, "CH-VS": ch.HolidaysVS, "CH-ZG": ch.HolidaysZG,
	"CH-ZH": ch.HolidaysZH,
}
