/*
 * What kind of thing a TAGS code names. Most are told by their shape (5 FAH-3: two letters a country, four letters with
 * a field's initial a subject, K and three letters a programme); the organisations that look like something else are
 * listed.
 */
#include "cable/cable_priv.h"

#include <string.h>

const char *tag_kind_name(enum tag_kind k)
{
	static const char *const names[] = {"", "subject", "country", "organisation", "programme", "person"};

	return names[k <= TAG_PERSON ? k : TAG_OTHER];
}

enum tag_kind tag_kind_of(struct str tag)
{
	static const char *const organisations[] = {
		"AMIS",     "APEC",  "ASEAN", "AU-1",  "CACM", "CERN",   "COMESA",  "EBRD", "ECOWAS", "ESCAP", "EUN",
		"IAEA",     "IBRD",  "ICAO",  "ICCAT", "ICRC", "ICTR",   "ICTY",    "IADB", "ILO",    "IMF",   "IMO",
		"INTERPOL", "ITU",   "NATO",  "OAS",   "OAU",  "OECD",   "OIC",     "OPCW", "OPEC",   "OSCE",  "PKO",
		"SADC",     "UN",    "UNAUS", "UNDP",  "UNEP", "UNESCO", "UNFICYP", "UNGA", "UNHCR",  "UNHRC", "UNICEF",
		"UNIDO",    "UNMIK", "UNO",   "UNRWA", "UNSC", "WFP",    "WHO",     "WIPO", "WMO",    "WTO",   "WTRO"};

	for (size_t i = 0; i < sizeof(organisations) / sizeof(*organisations); i++)
		if (str_ieq(tag, str_of(organisations[i])))
			return TAG_ORGANISATION;
	if (str_find(tag, STR(","), 0) != SIZE_MAX)
		return TAG_PERSON;
	for (size_t i = 0; i < tag.n; i++)
		if (!ascii_alpha((unsigned char)tag.p[i]))
			return TAG_OTHER;
	if (tag.n == 2)
		return TAG_COUNTRY;
	if (tag.n == 4 && ascii_toupper((unsigned char)*tag.p) == 'K')
		return TAG_PROGRAM;
	if (tag.n == 4 && strchr("ABCEMOPST", ascii_toupper((unsigned char)*tag.p)))
		return TAG_SUBJECT;
	return TAG_OTHER;
}
