/*
 * Posts: under which name the cables of an embassy, a consulate, a mission or a department are numbered. A table of the
 * posts as numbered in the full release of 2011, and of the other names that people and telegrams give them. The table
 * makes spellings one; it does not decide what is a post: a name that it does not know stays as it is.
 */
#include "cable/cable_priv.h"

#include <stdlib.h>
#include <string.h>

/* In byte order, for the binary search. */
static const char *const posts[] = {
	"ABIDJAN",       "ABUDHABI",     "ABUJA",         "ACCRA",         "ADANA",
	"ADDISABABA",    "AITTAIPEI",    "ALEXANDRIA",    "ALGIERS",       "ALMATY",
	"AMMAN",         "AMSTERDAM",    "ANKARA",        "ANTANANARIVO",  "APIA",
	"ASHGABAT",      "ASMARA",       "ASTANA",        "ASUNCION",      "ATHENS",
	"AUCKLAND",      "BAGHDAD",      "BAKU",          "BAMAKO",        "BANDARSERIBEGAWAN",
	"BANGKOK",       "BANGUI",       "BANJUL",        "BARCELONA",     "BASRAH",
	"BEIJING",       "BEIRUT",       "BELFAST",       "BELGRADE",      "BELMOPAN",
	"BERLIN",        "BERN",         "BISHKEK",       "BOGOTA",        "BONN",
	"BRASILIA",      "BRATISLAVA",   "BRAZZAVILLE",   "BRIDGETOWN",    "BRUSSELS",
	"BUCHAREST",     "BUDAPEST",     "BUENOSAIRES",   "BUJUMBURA",     "CAIRO",
	"CALCUTTA",      "CALGARY",      "CANBERRA",      "CAPETOWN",      "CARACAS",
	"CASABLANCA",    "CHENGDU",      "CHENNAI",       "CHIANGMAI",     "CHISINAU",
	"CIA",           "CIUDADJUAREZ", "COLOMBO",       "CONAKRY",       "COPENHAGEN",
	"COTONOU",       "CURACAO",      "DAKAR",         "DAMASCUS",      "DARESSALAAM",
	"DHAHRAN",       "DHAKA",        "DILI",          "DJIBOUTI",      "DOHA",
	"DUBAI",         "DUBLIN",       "DURBAN",        "DUSHANBE",      "DUSSELDORF",
	"FLORENCE",      "FRANKFURT",    "FREETOWN",      "FUKUOKA",       "GABORONE",
	"GAZA",          "GENEVA",       "GEORGETOWN",    "GRENADA",       "GUADALAJARA",
	"GUANGZHOU",     "GUATEMALA",    "GUAYAQUIL",     "HALIFAX",       "HAMBURG",
	"HAMILTON",      "HANOI",        "HARARE",        "HAVANA",        "HELSINKI",
	"HERMOSILLO",    "HILLAH",       "HOCHIMINHCITY", "HONGKONG",      "HYDERABAD",
	"IRANRPODUBAI",  "ISLAMABAD",    "ISTANBUL",      "IZMIR",         "JAKARTA",
	"JCS",           "JEDDAH",       "JERUSALEM",     "JOHANNESBURG",  "KABUL",
	"KADUNA",        "KAMPALA",      "KARACHI",       "KATHMANDU",     "KHARTOUM",
	"KIEV",          "KIGALI",       "KINGSTON",      "KINSHASA",      "KIRKUK",
	"KOLKATA",       "KOLONIA",      "KOROR",         "KRAKOW",        "KUALALUMPUR",
	"KUWAIT",        "KYIV",         "LAGOS",         "LAHORE",        "LAPAZ",
	"LEIPZIG",       "LENINGRAD",    "LIBREVILLE",    "LILONGWE",      "LIMA",
	"LISBON",        "LJUBLJANA",    "LOME",          "LONDON",        "LUANDA",
	"LUSAKA",        "LUXEMBOURG",   "MADRAS",        "MADRID",        "MAJURO",
	"MALABO",        "MANAGUA",      "MANAMA",        "MANILA",        "MAPUTO",
	"MASERU",        "MATAMOROS",    "MBABANE",       "MELBOURNE",     "MERIDA",
	"MEXICO",        "MILAN",        "MINSK",         "MOGADISHU",     "MONROVIA",
	"MONTERREY",     "MONTEVIDEO",   "MONTREAL",      "MOSCOW",        "MOSUL",
	"MUMBAI",        "MUNICH",       "MUSCAT",        "NAGOYA",        "NAHA",
	"NAIROBI",       "NAPLES",       "NASSAU",        "NDJAMENA",      "NEWDELHI",
	"NIAMEY",        "NICOSIA",      "NOGALES",       "NOUAKCHOTT",    "OSAKAKOBE",
	"OSLO",          "OTTAWA",       "OUAGADOUGOU",   "PANAMA",        "PARAMARIBO",
	"PARIS",         "PARISFR",      "PERTH",         "PESHAWAR",      "PHNOMPENH",
	"PODGORICA",     "PONTADELGADA", "PORTAUPRINCE",  "PORTLOUIS",     "PORTMORESBY",
	"PORTOFSPAIN",   "PRAGUE",       "PRAIA",         "PRETORIA",      "PRISTINA",
	"QUEBEC",        "QUITO",        "RABAT",         "RANGOON",       "RECIFE",
	"REYKJAVIK",     "RIGA",         "RIODEJANEIRO",  "RIYADH",        "ROME",
	"RPODUBAI",      "SANAA",        "SANJOSE",       "SANSALVADOR",   "SANTIAGO",
	"SANTODOMINGO",  "SAOPAULO",     "SARAJEVO",      "SECDEF",        "SEOUL",
	"SHANGHAI",      "SHENYANG",     "SINGAPORE",     "SKOPJE",        "SOFIA",
	"STATE",         "STOCKHOLM",    "STPETERSBURG",  "STRASBOURG",    "SURABAYA",
	"SUVA",          "SYDNEY",       "TAIPEI",        "TALLINN",       "TASHKENT",
	"TBILISI",       "TEGUCIGALPA",  "TEHRAN",        "TELAVIV",       "THEHAGUE",
	"THESSALONIKI",  "TIJUANA",      "TIRANA",        "TOKYO",         "TORONTO",
	"TRIPOLI",       "TUNIS",        "ULAANBAATAR",   "UNESCOPARISFR", "UNROME",
	"UNVIEVIENNA",   "USDAO",        "USEUBRUSSELS",  "USNATO",        "USOSCE",
	"USTRGENEVA",    "USUNNEWYORK",  "USUNROME",      "VALLETTA",      "VANCOUVER",
	"VATICAN",       "VIENNA",       "VIENTIANE",     "VILNIUS",       "VLADIVOSTOK",
	"WARSAW",        "WELLINGTON",   "WHITEHOUSE",    "WINDHOEK",      "YAOUNDE",
	"YEKATERINBURG", "YEREVAN",      "ZAGREB",        "ZURICH",
};

struct alias {
	const char *name, *post;
};

static const struct alias aliases[] = {
	{"ADDIS", "ADDISABABA"},
	{"AITAIPEI", "AITTAIPEI"},
	{"ALKUWAIT", "KUWAIT"},
	{"BERNE", "BERN"},
	{"BOMBAY", "MUMBAI"},
	{"BRASIILIA", "BRASILIA"},
	{"BSB", "BANDARSERIBEGAWAN"},
	{"CASA", "CASABLANCA"},
	{"CDJ", "CIUDADJUAREZ"},
	{"DEPARTMENTOFSTATE", "STATE"},
	{"DEPTOFSTATE", "STATE"},
	{"GUATEMALACITY", "GUATEMALA"},
	{"HAGUE", "THEHAGUE"},
	{"HCMC", "HOCHIMINHCITY"},
	{"HOLYSEE", "VATICAN"},
	{"IRANRPO", "RPODUBAI"},
	{"KUWAITCITY", "KUWAIT"},
	{"MEXICOCITY", "MEXICO"},
	{"NATO", "USNATO"},
	{"OSCEVIENNA", "USOSCE"},
	{"PANAMACITY", "PANAMA"},
	{"RIO", "RIODEJANEIRO"},
	{"RPOIRAN", "RPODUBAI"},
	{"SANTODOMIGO", "SANTODOMINGO"},
	{"SAOPAOLO", "SAOPAULO"},
	{"SECRETARYOFSTATE", "STATE"},
	{"SECSTATE", "STATE"},
	{"SECSTATEWASHDC", "STATE"},
	{"STATEDEPARTMENT", "STATE"},
	{"STATEDEPT", "STATE"},
	{"TALLIN", "TALLINN"},
	{"TELAVIVE", "TELAVIV"},
	{"UNESCO", "UNESCOPARISFR"},
	{"UNVIE", "UNVIEVIENNA"},
	{"USEU", "USEUBRUSSELS"},
	{"USINT", "HAVANA"},
	{"USINTHAVANA", "HAVANA"},
	{"USMISSIONGENEVA", "GENEVA"},
	{"USMISSIONUNVIE", "UNVIEVIENNA"},
	{"USMISSIONUSNATO", "USNATO"},
	{"USOSCEVIENNA", "USOSCE"},
	{"USUN", "USUNNEWYORK"},
	{"USUNNY", "USUNNEWYORK"},
	{"USUNY", "USUNNEWYORK"},
	{"VATICANCITY", "VATICAN"},
};

/* The first letter decides most steps of a search. */
static inline int order_of(const char *a, const char *b)
{
	return *a != *b ? (unsigned char)*a - (unsigned char)*b : strcmp(a, b);
}

static int by_post(const void *key, const void *item)
{
	return order_of(key, *(const char *const *)item);
}

static int by_alias(const void *key, const void *item)
{
	return order_of(key, ((const struct alias *)item)->name);
}

static const char *alias_of(const char *name)
{
	const struct alias *a = bsearch(name, aliases, sizeof(aliases) / sizeof(*aliases), sizeof(*aliases), by_alias);

	return a ? a->post : NULL;
}

bool post_is_known(const char *canonical)
{
	return bsearch(canonical, posts, sizeof(posts) / sizeof(*posts), sizeof(*posts), by_post) != NULL;
}

/* Letters in upper case, blanks left out; false when anything else stands there or it does not fit. */
static bool letters_upper(struct str s, char out[MRN_POST_MAX])
{
	size_t n = 0;
	bool fits = true;

	for (size_t i = 0; i < s.n && fits; i++) {
		if (s.p[i] == ' ')
			continue;
		fits = ascii_alpha((unsigned char)s.p[i]) && n + 1 < MRN_POST_MAX;
		if (fits)
			out[n++] = (char)ascii_toupper((unsigned char)s.p[i]);
	}
	out[n] = '\0';
	return fits && n > 0;
}

/*
 * Upper case, letters only: "Sana'a" is SANAA. Accents are folded, because reporters keep them and telegrams do not;
 * a name of plain letters, which nearly every one is, has nothing to fold.
 */
static bool squeeze(struct str name, char out[MRN_POST_MAX])
{
	struct arena a = {0};
	bool fits = letters_upper(name, out);

	if (!fits) {
		fits = letters_upper(text_fold(&a, name), out);
		arena_free(&a);
	}
	return fits;
}

static bool holds_blank(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_space((unsigned char)s.p[i]))
			return true;
	return false;
}

/* What stands before a post's name and is no part of it. */
static struct str without_office(struct str name)
{
	static const char *const offices[] = {"us interests section",
					      "u.s. embassy in",
					      "us embassy in",
					      "u.s. embassy",
					      "us embassy",
					      "amembassy",
					      "amconsul",
					      "embassy in",
					      "embassy",
					      "consulate general in",
					      "consulate general",
					      "consulate in",
					      "consulate",
					      "us mission to",
					      "us mission",
					      "usmission",
					      "mission to",
					      "mission",
					      "iran rpo",
					      "us delegation to",
					      "the u.s. embassy in"};

	name = str_trim(name);
	if (!holds_blank(name))
		return name;
	for (size_t i = 0; i < sizeof(offices) / sizeof(*offices); i++) {
		struct str o = str_of(offices[i]);

		if (str_istarts(name, o) && name.n > o.n && ascii_space((unsigned char)name.p[o.n]))
			return str_trim(str_sub(name, o.n, name.n));
	}
	return name;
}

bool mrn_post_canonical(struct str name, char out[MRN_POST_MAX])
{
	const char *post;

	if (str_istarts(str_trim(name), STR("iran rpo ")))
		name = STR("RPODUBAI"); /* the label of the office that numbers so */
	if (name.n > 200 || !squeeze(without_office(name), out))
		return false;
	post = alias_of(out);
	if (post)
		memcpy(out, post, strlen(post) + 1);
	return true;
}

bool mrn_post_of_origin(struct str origin, char out[MRN_POST_MAX])
{
	return mrn_post_canonical(origin, out);
}
