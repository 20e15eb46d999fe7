/*
 * A story on its way from a form to the archive's cables and into the desk, and back from there with its report.
 */
#include "web/story_priv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const formats[] = {"plain", "markdown", "html", "document"};

enum { TITLE_CUT = 200, FILE_CUT = 200 };

/* ---- coming in --------------------------------------------------------------------------------------------------- */

static bool format_of(struct str name, enum story_format *f)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (str_eq(name, str_of(formats[i]))) {
			*f = (enum story_format)i;
			return true;
		}
	return false;
}

/* One line that the desk takes, cut between characters. */
static struct str line_fit(struct arena *a, struct str s, size_t most)
{
	s = str_trim(report_clean(a, s, false));
	if (s.n > most) {
		while (most && ((unsigned char)s.p[most] & 0xc0) == 0x80)
			most--;
		s = str_trim(str_sub(s, 0, most));
	}
	return s;
}

/* A browser ends the lines of what is typed in with CR LF. */
static struct str lines_plain(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n')
			p[n++] = s.p[i];
	return (struct str){p, n};
}

static const struct upload *upload_find(const struct request *rq)
{
	for (size_t i = 0; i < rq->n_uploads; i++)
		if (str_eq(rq->uploads[i].field, STR("file")) && rq->uploads[i].size)
			return &rq->uploads[i];
	return NULL;
}

static int upload_read(struct request *rq, const struct upload *u, bool known, enum story_format f, struct story *out,
		       struct err *e)
{
	const struct worker_options o = {.stop = &rq->stop};
	struct str raw;
	int rc = file_read(&rq->arena, u->path, WORKER_DOCX_MAX, &raw, e);

	if (rc != REFTEL_OK)
		return rc;
	if (known && !worker_is_zip(raw))
		return story_read(&rq->arena, raw, f, out, e);
	return story_read_file(&rq->arena, raw, arena_dup(&rq->arena, u->name), &o, out, e);
}

int sent_story_read(struct request *rq, struct sent_story *out, struct err *e)
{
	struct str text = params_get(&rq->fields, "text"), title = params_get(&rq->fields, "title");
	const struct upload *u = upload_find(rq);
	enum story_format f = STORY_PLAIN;
	bool known = format_of(params_get(&rq->fields, "format"), &f) && f != STORY_DOCUMENT;
	int rc;

	*out = (struct sent_story){0};
	if (!u && !text.n)
		return err_set(e, REFTEL_EINVAL, "there is no story: paste its text or choose its file");
	if (u) {
		out->file = line_fit(&rq->arena, u->name, FILE_CUT);
		rc = upload_read(rq, u, known, f, &out->story, e);
	} else {
		text = lines_plain(&rq->arena, text);
		rc = story_read(&rq->arena, text, known ? f : story_sniff(text, NULL), &out->story, e);
	}
	if (rc != REFTEL_OK)
		return rc;
	if (!str_trim(out->story.text).n)
		return err_set(e, REFTEL_EINVAL, "no text was found in the story");
	if (!title.n)
		title = out->story.title.n ? out->story.title : out->file;
	if (!title.n)
		title = str_sub(out->story.text, out->story.blocks[0].at.off, out->story.blocks[0].at.end);
	out->title = line_fit(&rq->arena, title, TITLE_CUT);
	return REFTEL_OK;
}

int sent_story_again(struct request *rq, struct sent_story *out, struct err *e)
{
	struct str text = lines_plain(&rq->arena, params_get(&rq->fields, "text"));
	enum story_format f;

	*out = (struct sent_story){
		.title = line_fit(&rq->arena, params_get(&rq->fields, "title"), TITLE_CUT),
		.file = line_fit(&rq->arena, params_get(&rq->fields, "from"), FILE_CUT),
	};
	if (!text.n || !format_of(params_get(&rq->fields, "format"), &f))
		return err_set(e, REFTEL_EINVAL, "the check is no longer at hand: check the story again");
	return story_read(&rq->arena, text, f, &out->story, e);
}

int story_check(struct request *rq, const struct story *s, struct report *out, struct err *e)
{
	struct check_options o = {.stop = &rq->stop, .catalog = rq->in->catalog};

	if (!rq->in->catalog) {
		*e = rq->in->why;
		return e->code ? e->code : err_set(e, REFTEL_EFORMAT, "the index cannot be read: reftel reindex");
	}
	return check_story(rq->in->archive, s, &o, out, e);
}

size_t report_to_look_at(const struct report *r)
{
	size_t n = r->n_findings;

	for (size_t i = 0; i < r->n_quotes; i++)
		n += report_wants_eye(&r->quotes[i]);
	return n;
}

void story_draft_of(const struct sent_story *x, const struct report *r, struct arena *a, struct desk_draft *out)
{
	struct report_style style = {.story = arena_dup(a, x->file.n ? x->file : x->title), .one_line = true};
	char *json = report_json(r, &style);

	*out = (struct desk_draft){
		.file = x->file,
		.format = str_of(formats[x->story.format]),
		.raw = x->story.raw,
		.report = arena_str(a, str_of(json)),
		.quotations = r->n_quotes,
		.findings = report_to_look_at(r),
	};
	free(json);
}

int story_keep(struct request *rq, const struct sent_story *x, const struct report *r, int64_t *story, int *ordinal,
	       struct err *e)
{
	struct desk_actor who = rq_actor(rq);
	struct desk_drafts drafts;
	struct desk_draft d;
	int64_t draft;
	int rc;

	story_draft_of(x, r, &rq->arena, &d);
	rc = desk_draft_add(rq->worker->desk, &who, rq_collection(rq), story, x->title, &d, &draft, e);
	if (rc == REFTEL_OK)
		rc = desk_drafts(rq->worker->desk, &rq->arena, *story, &drafts, e);
	for (size_t i = 0; rc == REFTEL_OK && i < drafts.n; i++)
		if (drafts.v[i].id == draft)
			*ordinal = drafts.v[i].ordinal;
	return rc;
}

/* ---- kept -------------------------------------------------------------------------------------------------------- */

int64_t story_number(const struct request *rq)
{
	struct params p = {.n = 1};

	p.v[0] = (struct param){STR("n"), rq->part[3]};
	return params_number(&p, "n", 1, INT64_MAX, 0);
}

/* What the last word is on each quotation, and whether it still holds. */
static int rulings_read(struct request *rq, struct kept_story *k, struct err *e)
{
	struct desk_overrules all;
	struct ruling *v = arena_new(&rq->arena, struct ruling, k->report.n_quotes);
	int rc = desk_overrules(rq->worker->desk, &rq->arena, k->story.id, &all, e);

	k->rulings = v;
	k->shown = arena_new(&rq->arena, const struct report_ruling *, k->report.n_quotes);
	for (size_t i = 0; rc == REFTEL_OK && all.n && i < k->report.n_quotes; i++) {
		const struct quote_result *q = &k->report.quotes[i];
		char key[REPORT_KEY_LENGTH + 1];

		report_key(&k->report, q, key);
		for (size_t x = 0; x < all.n; x++)
			if (str_eq(all.v[x].key, str_of(key)))
				v[i].last = all.v[x].as.n ? &all.v[x] : NULL;
		if (!v[i].last || !str_eq(v[i].last->verdict, str_of(verdict_name(q->verdict))))
			continue;
		for (int as = 0; as < N_VERDICTS; as++)
			if (str_eq(v[i].last->as, str_of(verdict_name((enum verdict)as)))) {
				v[i].holds = true;
				v[i].shown = (struct report_ruling){(enum verdict)as, v[i].last->author,
								    v[i].last->reason, v[i].last->when};
				k->shown[i] = &v[i].shown;
			}
	}
	return rc;
}

int kept_story_open(struct request *rq, int64_t ordinal, struct kept_story *k, struct err *e)
{
	struct desk *d = rq->worker->desk;
	enum story_format f = STORY_PLAIN;
	int rc = desk_story_find(d, &rq->arena, rq_collection(rq), story_number(rq), &k->story, e);

	if (rc == REFTEL_OK)
		rc = desk_drafts(d, &rq->arena, k->story.id, &k->drafts, e);
	if (rc == REFTEL_OK && !k->drafts.n)
		rc = err_set(e, REFTEL_ENOTFOUND, "this story has no draft");
	if (rc == REFTEL_OK && !ordinal)
		ordinal = k->drafts.v[k->drafts.n - 1].ordinal;
	if (rc == REFTEL_OK)
		rc = desk_draft_find(d, &rq->arena, k->story.id, (int)ordinal, &k->draft, e);
	if (rc != REFTEL_OK)
		return rc;
	format_of(k->draft.format, &f);
	rc = story_read(&rq->arena, k->draft.raw, f, &k->text, e);
	if (rc == REFTEL_OK)
		rc = report_read(k->draft.report, &k->text, &k->report, e);
	return rc == REFTEL_OK ? rulings_read(rq, k, e) : rc;
}

void kept_story_close(struct kept_story *k)
{
	report_free(&k->report);
}

json_t *kept_story_report(const struct kept_story *k, struct arena *a)
{
	struct str name = k->draft.file.n ? k->draft.file : k->story.title;
	struct report_style style = {.story = arena_dup(a, name), .one_line = true, .rulings = k->shown};
	char *text = report_json(&k->report, &style);
	json_t *j = json_loads(text, JSON_ALLOW_NUL, NULL);

	free(text);
	return j ? j : json_null();
}
