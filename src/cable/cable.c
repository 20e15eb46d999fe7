/*
 * A record made whole: the source's own columns and the telegram's fields brought together, and what does not fit
 * together said in a sentence each.
 */
#include "cable/cable_priv.h"

enum { ID_MAX = 120 };

static void remark(struct arena *a, struct cable *c, const char *text)
{
	if (!c->remarks)
		c->remarks = arena_new(a, struct str, 8);
	if (c->n_remarks < 8)
		c->remarks[c->n_remarks++] = str_of(text);
}

/*
 * The pages of 2010 have wrong minutes, so the telegram's own date wins; one that is days away is another cable's, or
 * an error that a person must see.
 */
static void settle_date(struct arena *a, const struct cable_record *r, struct cable *c)
{
	struct cable_date dtg = c->telegram.header.dtg.date;
	char ours[32], theirs[32];

	c->date = r->date;
	if (dtg.precision == DATE_NONE)
		return;
	if (r->date.precision == DATE_NONE || cable_date_near(r->date, dtg, 1)) {
		c->date = dtg;
		return;
	}
	cable_date_format(r->date, ours);
	cable_date_format(dtg, theirs);
	remark(a, c, arena_printf(a, "%.*s is dated %s, its date-time group says %s", STR_ARG(c->id), ours, theirs));
}

static void settle_class(struct arena *a, const struct cable_record *r, struct cable *c)
{
	struct classification own;
	char ours[64], theirs[64];

	if (!class_parse(r->classification, &own)) {
		c->class = c->telegram.class;
		return;
	}
	c->class = own;
	c->class.captions |= c->telegram.class.captions;
	if (c->telegram.class.level == LEVEL_UNKNOWN || c->telegram.class.level == own.level ||
	    (own.level <= LEVEL_SBU && c->telegram.class.level <= LEVEL_SBU))
		return;
	class_format((struct classification){own.level, 0}, ours);
	class_format((struct classification){c->telegram.class.level, 0}, theirs);
	remark(a, c, arena_printf(a, "%.*s is listed as %s, its text says %s", STR_ARG(c->id), ours, theirs));
}

/* Years differ when the text's was implied; post and serial must not. */
static void check_number(struct arena *a, struct cable *c)
{
	const struct mrn *own = &c->telegram.number;
	char text[MRN_MAX];

	if (!own->post[0] || !c->mrn.post[0])
		return;
	if (own->serial == c->mrn.serial && str_eq(str_of(own->post), str_of(c->mrn.post)))
		return;
	mrn_format_spaced(own, text);
	remark(a, c, arena_printf(a, "%.*s holds a text that calls itself %s", STR_ARG(c->id), text));
}

int cable_read(struct arena *a, const struct cable_record *r, struct cable *out, struct err *e)
{
	struct str id = str_trim(r->id);
	char canonical[MRN_MAX];

	*out = (struct cable){.running_number = r->running_number,
			      .origin = str_trim(r->origin),
			      .header = r->header,
			      .body = r->body};
	if (!id.n)
		return err_set(e, REFTEL_EINVAL, "the record has no reference id");
	if (id.n > ID_MAX)
		return err_set(e, REFTEL_EINVAL, "the reference id \"%.*s...\" is longer than %d bytes", 40, id.p,
			       ID_MAX);
	if (!r->header.n && !r->body.n)
		return err_set(e, REFTEL_EINVAL, "%.*s has neither header nor text", STR_ARG(id));
	if (r->header.n >= UINT32_MAX || r->body.n >= UINT32_MAX)
		return err_set(e, REFTEL_ELIMIT, "%.*s is larger than 4 GiB", STR_ARG(id));
	out->id = id;
	if (mrn_parse(id, &out->mrn, NULL) == REFTEL_OK && out->mrn.year) {
		mrn_format(&out->mrn, canonical);
		out->id = arena_str(a, str_of(canonical));
	} else {
		out->mrn = (struct mrn){0};
	}
	telegram_parse(a, r->header, r->body, r->date, &out->telegram);
	settle_date(a, r, out);
	settle_class(a, r, out);
	check_number(a, out);
	out->subject = out->telegram.subject.n ? out->telegram.subject : arena_str(a, str_trim(r->title));
	return REFTEL_OK;
}
