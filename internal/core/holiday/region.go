package holiday

import (
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/de"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// regions are the regions by code (ISO 3166-2), as a sentence has them.
var regions = map[Region]lang.Text{
	"DE": lang.T("in Deutschland", "in Germany"), "AT": lang.T("in Österreich", "in Austria"), "CH": lang.T("in der Schweiz", "in Switzerland"),

	"DE-BW": lang.T("in Baden-Württemberg", "in Baden-Württemberg"), "DE-BY": lang.T("in Bayern", "in Bavaria"),
	"DE-BE": lang.T("in Berlin", "in Berlin"), "DE-BB": lang.T("in Brandenburg", "in Brandenburg"),
	"DE-HB": lang.T("in Bremen", "in Bremen"), "DE-HH": lang.T("in Hamburg", "in Hamburg"), "DE-HE": lang.T("in Hessen", "in Hesse"),
	"DE-MV": lang.T("in Mecklenburg-Vorpommern", "in Mecklenburg-Western Pomerania"), "DE-NI": lang.T("in Niedersachsen", "in Lower Saxony"),
	"DE-NW": lang.T("in Nordrhein-Westfalen", "in North Rhine-Westphalia"), "DE-RP": lang.T("in Rheinland-Pfalz", "in Rhineland-Palatinate"),
	"DE-SL": lang.T("im Saarland", "in Saarland"), "DE-SN": lang.T("in Sachsen", "in Saxony"), "DE-ST": lang.T("in Sachsen-Anhalt", "in Saxony-Anhalt"),
	"DE-SH": lang.T("in Schleswig-Holstein", "in Schleswig-Holstein"), "DE-TH": lang.T("in Thüringen", "in Thuringia"),

	"AT-1": lang.T("im Burgenland", "in Burgenland"), "AT-2": lang.T("in Kärnten", "in Carinthia"), "AT-3": lang.T("in Niederösterreich", "in Lower Austria"),
	"AT-4": lang.T("in Oberösterreich", "in Upper Austria"), "AT-5": lang.T("in Salzburg", "in Salzburg"), "AT-6": lang.T("in der Steiermark", "in Styria"),
	"AT-7": lang.T("in Tirol", "in Tyrol"), "AT-8": lang.T("in Vorarlberg", "in Vorarlberg"), "AT-9": lang.T("in Wien", "in Vienna"),

	"CH-AG": lang.T("im Kanton Aargau", "in Aargau"), "CH-AI": lang.T("im Kanton Appenzell Innerrhoden", "in Appenzell Innerrhoden"),
	"CH-AR": lang.T("im Kanton Appenzell Ausserrhoden", "in Appenzell Ausserrhoden"), "CH-BE": lang.T("im Kanton Bern", "in Bern"),
	"CH-BL": lang.T("im Kanton Basel-Landschaft", "in Basel-Landschaft"), "CH-BS": lang.T("im Kanton Basel-Stadt", "in Basel-Stadt"),
	"CH-FR": lang.T("im Kanton Freiburg", "in Fribourg"), "CH-GE": lang.T("im Kanton Genf", "in Geneva"), "CH-GL": lang.T("im Kanton Glarus", "in Glarus"),
	"CH-GR": lang.T("im Kanton Graubünden", "in Graubünden"), "CH-JU": lang.T("im Kanton Jura", "in Jura"), "CH-LU": lang.T("im Kanton Luzern", "in Lucerne"),
	"CH-NE": lang.T("im Kanton Neuenburg", "in Neuchâtel"), "CH-NW": lang.T("im Kanton Nidwalden", "in Nidwalden"), "CH-OW": lang.T("im Kanton Obwalden", "in Obwalden"),
	"CH-SG": lang.T("im Kanton St. Gallen", "in St. Gallen"), "CH-SH": lang.T("im Kanton Schaffhausen", "in Schaffhausen"),
	"CH-SO": lang.T("im Kanton Solothurn", "in Solothurn"), "CH-SZ": lang.T("im Kanton Schwyz", "in Schwyz"), "CH-TG": lang.T("im Kanton Thurgau", "in Thurgau"),
	"CH-TI": lang.T("im Kanton Tessin", "in Ticino"), "CH-UR": lang.T("im Kanton Uri", "in Uri"), "CH-VD": lang.T("im Kanton Waadt", "in Vaud"),
	"CH-VS": lang.T("im Kanton Wallis", "in Valais"), "CH-ZG": lang.T("im Kanton Zug", "in Zug"), "CH-ZH": lang.T("im Kanton Zürich", "in Zurich"),
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
