/*
 * cable: what a cable is. Its reference id (MRN), its date-time group, its classification, captions and TAGS, and
 * the reading of a telegram's text into fields, paragraphs and references. Text comes in as it was received and is
 * never changed: every field says where in the text it stands. What is not there is absent, not guessed.
 */
#ifndef REFTEL_CABLE_H
#define REFTEL_CABLE_H

#include "base/base.h"
#include "text/text.h"

/* ---- dates ------------------------------------------------------------------------------------------------------- */

enum date_precision { DATE_NONE, DATE_YEAR, DATE_MONTH, DATE_DAY, DATE_HOUR, DATE_MINUTE };

/* A UTC date as far as it is known. The fields beyond the precision are 0. */
struct cable_date {
	int16_t year;
	int8_t month, day, hour, minute;
	enum date_precision precision;
};

int64_t cable_date_seconds(struct cable_date d);             /* since 1970; the earliest instant meant */
void cable_date_format(struct cable_date d, char out[32]);   /* "2007-10-23 14:50", "2007-10-23", "2007-10" */
bool cable_date_parse(struct str s, struct cable_date *out); /* what cable_date_format writes; also with T and Z */
/* Same day, give or take `tolerance` days; a date without a day agrees with any day within it. */
bool cable_date_near(struct cable_date a, struct cable_date b, int tolerance);
const char *cable_month_name(int month); /* 1..12, "October" */

/* DTG `O 231450Z OCT 07` or `O R 161415Z DEC 2009 ZDS`, or without precedence; years 66..99 are 1966..1999. */
struct dtg {
	char precedence[2]; /* Z flash, O immediate, P priority, R routine; 0 where absent */
	struct cable_date date;
};
int dtg_parse(struct str s, struct dtg *out, struct err *e); /* the whole of s but for trailing Z.. operating signals */

/* ---- MRN --------------------------------------------------------------------------------------------------------- */

enum { MRN_POST_MAX = 40, MRN_MAX = 64 };

/*
 * A message reference number. The post is upper case without blanks (NEWDELHI), in its canonical spelling (STATE for
 * SECSTATE, UNVIEVIENNA for UNVIE, RIODEJANEIRO for RIO); year 0 where the form implies it.
 */
struct mrn {
	int16_t year; /* 2007 */
	char post[MRN_POST_MAX];
	uint32_t serial;
};

/*
 * The whole of s: 07ISLAMABAD4531, 07 ISLAMABAD 4531, 2007 ISLAMABAD 004531, ISLAMABAD 4531, 07NEWDELHI12,
 * 07 NEW DELHI 12, lower case too. EINVAL with the reason when it is none.
 */
int mrn_parse(struct str s, struct mrn *out, struct err *e);
void mrn_format(const struct mrn *m, char out[MRN_MAX]);        /* 07ISLAMABAD4531; without year ISLAMABAD4531 */
void mrn_format_spaced(const struct mrn *m, char out[MRN_MAX]); /* 07 ISLAMABAD 4531 */
bool mrn_eq(const struct mrn *a, const struct mrn *b);
/* The canonical id part of a post name or abbreviation ("New Delhi", "SECSTATE", "Embassy Islamabad"); false: none. */
bool mrn_post_canonical(struct str name, char out[MRN_POST_MAX]);
/* The id part under which the cables of an origin label are numbered ("Embassy Islamabad" -> ISLAMABAD). */
bool mrn_post_of_origin(struct str origin, char out[MRN_POST_MAX]);

/* An MRN found in running text. Serials that share a post (`09 FOO 12 AND 13`) are several hits. */
struct mrn_hit {
	struct mrn mrn;
	struct span at;
};
struct mrn_hits {
	struct mrn_hit *v;
	size_t n;
};
/*
 * Every MRN in text. In prose (a story) only forms with a year, or upper-case forms of known posts, count: words
 * before a number are no cable. strict false: in a reference list, where `ISLAMABAD 1044` is one.
 */
struct mrn_hits mrn_scan(struct arena *a, struct str text, bool strict);

/* ---- classification, captions, TAGS ------------------------------------------------------------------------------ */

enum class_level { LEVEL_UNKNOWN, LEVEL_UNCLASSIFIED, LEVEL_SBU, LEVEL_CONFIDENTIAL, LEVEL_SECRET, LEVEL_TOP_SECRET };

enum caption {
	CAPTION_NOFORN = 1 << 0,
	CAPTION_SIPDIS = 1 << 1,
	CAPTION_NODIS = 1 << 2,
	CAPTION_EXDIS = 1 << 3,
	CAPTION_STADIS = 1 << 4,
	CAPTION_LIMDIS = 1 << 5,
	CAPTION_NOTAL = 1 << 6,
	CAPTION_REL = 1 << 7,
	CAPTION_OTHER = 1 << 8, /* a handling word that has no bit of its own (FGI, ORCON, ...); see the text */
};

struct classification {
	enum class_level level;
	unsigned captions; /* enum caption */
};

/* "SECRET//NOFORN", "S E C R E T", "UNCLAS SENSITIVE", "confidential", "(S/NF)", "SBU", damaged spellings. */
bool class_parse(struct str s, struct classification *out);
const char *class_name(enum class_level level); /* "CONFIDENTIAL"; "" for LEVEL_UNKNOWN */
/* "SECRET//NOFORN" */
void class_format(struct classification c, char out[64]);
const char *caption_name(enum caption one);

enum tag_kind { TAG_OTHER, TAG_SUBJECT, TAG_COUNTRY, TAG_ORGANISATION, TAG_PROGRAM, TAG_PERSON };
enum tag_kind tag_kind_of(struct str tag);
const char *tag_kind_name(enum tag_kind k); /* "subject", "country", ...; "" for TAG_OTHER */
/* "terrorists and terrorism" for PTER, in either case; "" where it is not known for certain. */
struct str tag_meaning(struct str tag);
struct tag_word {
	const char *code, *meaning;
};
const struct tag_word *tag_words(size_t *n); /* all that are known, in order */

/* ---- the telegram ------------------------------------------------------------------------------------------------ */

enum ref_kind { REF_CABLE, REF_TELCON, REF_EMAIL, REF_LETTER, REF_MEETING, REF_DOCUMENT, REF_OTHER };
const char *ref_kind_name(enum ref_kind k);

struct reference {
	enum ref_kind kind;
	char letter;       /* 'A'; 0 where the list has none */
	struct mrn mrn;    /* REF_CABLE only; year filled from the citing cable's date when year_implied */
	bool year_implied; /* the year before is as possible */
	bool and_previous; /* "AND PREVIOUS" */
	unsigned captions; /* NOTAL, EXDIS, ... behind it */
	struct str text;   /* as it stands, line breaks made blanks */
	struct span at;    /* in the body */
};

struct addressee {
	struct str name;       /* "SECSTATE WASHDC" */
	struct str routing;    /* "RUEHC"; empty where absent */
	struct str precedence; /* "IMMEDIATE"; empty where absent */
	bool info;             /* INFO, not TO */
};

/* The transmission header, or what there is of it. */
struct telegram_header {
	struct dtg dtg; /* date.precision DATE_NONE: absent */
	struct str from;
	struct addressee *to;
	size_t n_to;
	bool partial_notice; /* "This record is a partial extract ..." stands where the header should */
	size_t unread;       /* lines that could not be read as anything; they stay in the text */
};

struct paragraph {
	int32_t number;             /* as printed; -1 where it has none */
	struct classification mark; /* level LEVEL_UNKNOWN where there is no portion mark */
	struct span at;             /* in the body, with number and mark */
	struct span text;           /* without them, trailing blank lines left out */
	bool summary, comment;      /* stands between SUMMARY / END SUMMARY, COMMENT / END COMMENT */
};

/* Why a cable's text ends before the cable does. */
enum partial_reason {
	PARTIAL_NO,       /* nothing says that it is cut */
	PARTIAL_EXTRACT,  /* its header says so */
	PARTIAL_SECTIONS, /* "SECTION 01 OF 03" and fewer came */
	PARTIAL_CUT,      /* it stops in a sentence, or with "..." */
	PARTIAL_NO_BODY,
};
const char *partial_reason_text(enum partial_reason r); /* a phrase for a report, "" for PARTIAL_NO */

struct telegram {
	struct telegram_header header;
	/* all spans are bytes of the body */
	struct span class_line;
	struct classification class; /* of the class line and the captions around it */
	struct mrn number;           /* the body's own number; post "" where absent */
	int section, sections;       /* "SECTION 01 OF 03"; 0 where absent */
	struct span eo_line;
	struct str subject; /* lines joined by a blank; empty where absent */
	struct span subject_at;
	struct str *tags; /* upper case, each once, in order */
	size_t n_tags;
	struct span refs_at;
	struct reference *refs;
	size_t n_refs;
	struct str classified_by; /* "DCM Jane Doe"; empty where absent */
	struct str reason;        /* "1.4 (b) and (d)" */
	struct cable_date declassify;
	struct paragraph *paragraphs; /* those with a number; when there is none, one without for the whole text */
	size_t n_paragraphs;
	struct span text_at;  /* from behind the fields to before the signatory */
	struct str signatory; /* upper case, "" where absent */
	struct span signatory_at;
	struct spans
		artefacts; /* page lines, stray captions, rules, section headings: not the cable's sentences; sorted */
	enum partial_reason partial;
	size_t unread; /* lines of the head that could not be read */
};

/*
 * Reads header and body (either may be empty). date is the citing cable's date for implied years (precision DATE_NONE
 * where unknown: the DTG is taken). Everything in *out is in `a` or points into the texts. Never fails: what cannot be
 * read is absent and counted in unread. At most UINT32_MAX - 1 bytes each.
 */
void telegram_parse(struct arena *a, struct str header, struct str body, struct cable_date date, struct telegram *out);

/*
 * Cuts a raw telegram whose header and body were run together (formats 2b and 2c of docs/formats.md) into the two;
 * where no class line is found the whole is body.
 */
void telegram_split(struct str raw, struct str *header, struct str *body);

/* The paragraph that holds byte `off` of the body, else NULL. */
const struct paragraph *telegram_paragraph_at(const struct telegram *t, uint32_t off);

/* ---- a raw record: what a source read from one file or row ------------------------------------------------------- */

struct cable_record {
	struct str id;           /* as the source has it */
	uint32_t running_number; /* 0 where absent */
	struct cable_date date;  /* of the source's own column */
	struct str origin;
	struct str classification; /* as the source has it */
	struct str title;          /* the source's own subject line, often cut; else empty */
	struct str refs;           /* ids joined by '|', else empty */
	struct str released;
	struct str header, body; /* UTF-8, as received */
};

/* A record made whole: one parse, ready to be stored or shown. */
struct cable {
	struct str id;  /* canonical where the record's id is an MRN, else as the record has it, trimmed */
	struct mrn mrn; /* post "" where the id is none */
	uint32_t running_number;
	struct cable_date
		date; /* the DTG where it agrees with the record's day (give or take one), else the record's */
	struct str origin;
	struct classification class; /* of the record, else of the body */
	struct str subject;          /* of the body, else the record's title */
	struct str header, body;
	struct telegram telegram;
	/* what does not fit together, each a sentence for the status list; empty for most */
	struct str *remarks;
	size_t n_remarks;
};

/* Errors: EINVAL without id or with neither header nor body. The record's texts must outlive the cable. */
int cable_read(struct arena *a, const struct cable_record *r, struct cable *out, struct err *e);

#endif
