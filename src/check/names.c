/*
 * The words under which verdicts and their kin are printed. They are part of the report's format: docs/check-report.md.
 */
#include "check/check.h"

const char *verdict_name(enum verdict v)
{
	static const char *const names[N_VERDICTS] = {
		[VERDICT_VERBATIM] = "verbatim",   [VERDICT_ADAPTED] = "adapted",
		[VERDICT_ALTERED] = "altered",     [VERDICT_MISATTRIBUTED] = "misattributed",
		[VERDICT_NOT_HELD] = "not-held",   [VERDICT_NO_SOURCE] = "no-source",
		[VERDICT_TOO_SHORT] = "too-short",
	};

	return names[v];
}

const char *piece_kind_name(enum piece_kind k)
{
	static const char *const names[] = {
		[PIECE_SAME] = "same",       [PIECE_ARTEFACT] = "artefact", [PIECE_ELLIPSIS] = "ellipsis",
		[PIECE_GLOSS] = "gloss",     [PIECE_DOUBLED] = "doubled",   [PIECE_REDACTED] = "redacted",
		[PIECE_CHANGED] = "changed", [PIECE_ADDED] = "added",       [PIECE_DROPPED] = "dropped",
	};

	return names[k];
}

const char *citation_state_name(enum citation_state s)
{
	static const char *const names[] = {
		[CITATION_HELD] = "held",         [CITATION_PARTLY] = "held-in-part",
		[CITATION_NOT_HELD] = "not-held", [CITATION_AMBIGUOUS] = "ambiguous",
		[CITATION_UNNAMED] = "unnamed",
	};

	return names[s];
}

const char *resolved_by_name(enum resolved_by b)
{
	static const char *const names[] = {
		[BY_NOTHING] = "nothing",   [BY_NUMBER] = "running-number",
		[BY_MRN] = "reference-id",  [BY_LINK] = "link",
		[BY_DATE] = "date",         [BY_QUOTATIONS] = "quotations",
		[BY_CITATION] = "citation",
	};

	return names[b];
}

const char *finding_kind_name(enum finding_kind k)
{
	static const char *const names[] = {
		[FINDING_DATE] = "date",     [FINDING_CLASSIFICATION] = "classification",
		[FINDING_ORIGIN] = "origin", [FINDING_SIGNATORY] = "signatory",
		[FINDING_ID] = "id",         [FINDING_MARKING] = "marking",
	};

	return names[k];
}
