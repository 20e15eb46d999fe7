/*
 * desk: what the people of a newsroom add to their archives: who they are and what they may do, their sessions, the log
 * of who did what, notes, stars, tags, saved searches, stories with their drafts and overruled verdicts. All of it is
 * in one SQLite database, desk.db, beside no text of any cable. A collection is an archive that the desk serves under a
 * name; the desk knows only the name.
 *
 * A struct desk belongs to one thread; any number of them may have the same file open.
 */
#ifndef REFTEL_DESK_H
#define REFTEL_DESK_H

#include "base/base.h"

struct desk;

enum {
	DESK_NAME_MAX = 64,         /* bytes of a user's name, a tag, a collection */
	DESK_PASSWORD_MIN = 10,     /* bytes */
	DESK_PASSWORD_MAX = 1024,   /* bytes: more is refused, not cut */
	DESK_NOTE_MAX = 64 << 10,   /* bytes of a note or a reason */
	DESK_TITLE_MAX = 256,       /* bytes of a story's title */
	DESK_DRAFT_MAX = 32 << 20,  /* bytes of a draft, and of its report */
	DESK_TOKEN_TEXT = 43,       /* letters of a session's or a script's token: 32 random bytes in base64url */
	DESK_IDLE_S = 8 * 3600,     /* a session ends when it was not used for so long */
	DESK_SESSION_S = 7 * 86400, /* and after so long in any case */
};

/* Opens desk.db in the folder, and makes it (mode 0600) where there is none. EFORMAT: foreign or of a newer reftel. */
int desk_open(const char *dir, struct desk **out, struct err *e);
void desk_close(struct desk *d);
/* Readers that need several answers to be of one moment, or to cost one look at the locks. The end cannot fail. */
int desk_read_begin(struct desk *d, struct err *e);
void desk_read_end(struct desk *d);

/* ---- the log ----------------------------------------------------------------------------------------------------- */

/*
 * Append-only: every entry carries the hash of the one before (BLAKE2b-256 over that hash and the entry's fields in the
 * order of this struct, texts with their length: docs/desk.md), triggers refuse to change or remove one, and
 * desk_log_verify() recomputes the chain. Whoever can write the file can make a new chain; that shows against a head
 * that was written down elsewhere.
 */
struct desk_entry {
	int64_t number;    /* 1, 2, ... without a gap */
	int64_t when;      /* seconds since 1970 */
	struct str who;    /* a user's name; empty: nobody who is known (a failed login) */
	struct str from;   /* network address, or "command" */
	struct str action; /* "login", "login.refused", "user.add", "import", "note.add", "overrule", "export", ... */
	struct str object; /* what it was done to: "cables/08KALVIK412", "user/anna" */
	struct str detail; /* one line for people; may be empty */
	unsigned char hash[32];
};
/*
 * number and hash are worked out; when 0: now. Texts are kept as one line of at most 1,024 bytes of valid UTF-8: longer
 * ones are cut, what is no text is made visible; an entry is never refused for what is in it.
 */
int desk_log(struct desk *d, const struct desk_entry *x, struct err *e);
struct desk_log_filter {
	int64_t after;          /* number; 0: from the beginning */
	int64_t before;         /* number; 0: to the end */
	struct str who, action; /* empty: any; action matches itself and what is behind its dot */
	bool newest_first;
	size_t limit; /* 0: all */
};
/* The texts live until fn returns. A non-zero result ends the walk and is handed on. */
int desk_log_each(struct desk *d, const struct desk_log_filter *f, int (*fn)(void *ctx, const struct desk_entry *x),
		  void *ctx, struct err *e);
struct desk_log_head {
	int64_t number;
	unsigned char hash[32];
};
/*
 * Holds the whole log against its chain; *head is where it ends. known (may be NULL): a head that was written down,
 * which the chain must pass through. EFORMAT: changed, the message names the first entry that does not fit.
 */
int desk_log_verify(struct desk *d, const struct desk_log_head *known, struct desk_log_head *head, struct err *e);

/* ---- users ------------------------------------------------------------------------------------------------------- */

enum role { ROLE_NONE, ROLE_READER, ROLE_EDITOR, ROLE_ADMIN };
const char *role_name(enum role r); /* "reader" */
enum role role_of(struct str name); /* ROLE_NONE: no such role */

/* Reader: search, read, check, star, save searches. Editor: also notes, tags, stories, overruling, import. Admin: also
 * users and the log. */
struct desk_user {
	int64_t id;
	struct str name;      /* [a-z0-9._-], how one logs in */
	struct str full_name; /* as people know them */
	enum role role;
	bool disabled;
	bool totp;                   /* has a second factor */
	int64_t created, last_login; /* seconds; 0: never */
	bool all_collections;
	struct str *collections; /* names; where not all */
	size_t n_collections;
};
struct desk_users {
	struct desk_user *v;
	size_t n;
};
/* by: who does it, for the log. Every change is logged in the same transaction. */
struct desk_actor {
	int64_t user; /* 0: the command, or the one person of a desk without users */
	struct str name, from;
};

int desk_users(struct desk *d, struct arena *a, struct desk_users *out, struct err *e);
int desk_user_count(struct desk *d, uint64_t *n, struct err *e);
/* ENOTFOUND. Capital letters are taken for small ones, here and in desk_login(). */
int desk_user_find(struct desk *d, struct arena *a, struct str name, struct desk_user *out, struct err *e);
/*
 * EEXIST; EINVAL: name, password or role is none. Passwords are kept as Argon2id strings (libsodium, interactive). A
 * new user sees no collection until desk_user_set_collections() says which.
 */
int desk_user_add(struct desk *d, const struct desk_actor *by, struct str name, struct str full_name, enum role role,
		  struct str password, struct err *e);
/* Ends the user's sessions, tokens for scripts stay. All changes of a user: ENOTFOUND where there is none. */
int desk_user_set_password(struct desk *d, const struct desk_actor *by, int64_t user, struct str password,
			   struct err *e);
/* EINVAL: it would leave the desk without an admin who may log in. Both end the user's sessions. */
int desk_user_set_role(struct desk *d, const struct desk_actor *by, int64_t user, enum role role, struct err *e);
int desk_user_set_disabled(struct desk *d, const struct desk_actor *by, int64_t user, bool disabled, struct err *e);
int desk_user_set_name(struct desk *d, const struct desk_actor *by, int64_t user, struct str full_name, struct err *e);
/* all: every collection, now and later; else those named. Whoever is an admin sees no more than this either. */
int desk_user_set_collections(struct desk *d, const struct desk_actor *by, int64_t user, bool all,
			      const struct str *names, size_t n, struct err *e);
bool desk_user_sees(const struct desk_user *u, struct str collection);

/*
 * The second factor (TOTP, RFC 6238: SHA-1, 6 digits, 30 s, one step either way). begin makes a secret that does not
 * count yet; confirm with a code of it makes it count. A code's time step is used once.
 */
int desk_totp_begin(struct desk *d, struct arena *a, const struct desk_actor *by, int64_t user, struct str *base32,
		    struct err *e);
/* What the telephone's program reads, as a picture or typed in: "otpauth://totp/..." */
struct str desk_totp_address(struct arena *a, struct str name, struct str base32);
int desk_totp_confirm(struct desk *d, const struct desk_actor *by, int64_t user, struct str code, int64_t now,
		      struct err *e);
int desk_totp_remove(struct desk *d, const struct desk_actor *by, int64_t user, struct err *e);

/* ---- sessions ---------------------------------------------------------------------------------------------------- */

struct desk_session {
	int64_t id;
	struct desk_user user;
	char token[DESK_TOKEN_TEXT + 1]; /* only where it was just made: the file keeps its hash */
	char csrf[DESK_TOKEN_TEXT + 1];  /* to be sent back with every change */
	bool script;                     /* a script's token: no cookie, no csrf; id is the token's */
};
/*
 * EINVAL: name, password or code is wrong (one sentence for all, after the same work). EBUSY: too many failures for
 * this name or this address (each counted in the file, so that a restart forgets nothing); the message says how long to
 * wait. REFTEL_EINVAL with *want_code: name and password are right and a code is needed or was wrong. from is the
 * network address as text; behind a proxy, the one that the proxy names. Takes 64 MB and a tenth of a second of work: a
 * server bounds how many run at once.
 */
int desk_login(struct desk *d, struct arena *a, struct str name, struct str password, struct str code, struct str from,
	       int64_t now, struct desk_session *out, bool *want_code, struct err *e);
/*
 * Is it this user's password? Asked again before what a borrowed session must not do. Counts as an attempt to log in:
 * EINVAL it is not, EBUSY as above.
 */
int desk_password_again(struct desk *d, struct arena *a, const struct desk_actor *by, struct str password, int64_t now,
			struct err *e);
/* ENOTFOUND: no such session, ended, or its user is disabled. A use is noted at most once a minute. */
int desk_session_find(struct desk *d, struct arena *a, struct str token, int64_t now, struct desk_session *out,
		      struct err *e);
/* ENOTFOUND also where by is neither its user nor an admin nor the command. */
int desk_session_end(struct desk *d, const struct desk_actor *by, int64_t session, struct err *e);
int desk_sessions_end(struct desk *d, const struct desk_actor *by, int64_t user, struct err *e); /* all of a user */

/*
 * Tokens for scripts: as long as they live, they may do what their user may, and only through /api. expires 0: never.
 * desk_tokens(): newest first.
 */
struct desk_token {
	int64_t id, user, created, expires, last_used; /* seconds */
	struct str label;
};
struct desk_tokens {
	struct desk_token *v;
	size_t n;
};
int desk_token_make(struct desk *d, const struct desk_actor *by, int64_t user, struct str label, int64_t expires,
		    char token[DESK_TOKEN_TEXT + 1], struct err *e);
int desk_tokens(struct desk *d, struct arena *a, int64_t user, struct desk_tokens *out, struct err *e);
/* ENOTFOUND also where by is neither its user nor an admin nor the command. */
int desk_token_end(struct desk *d, const struct desk_actor *by, int64_t token, struct err *e);
int desk_token_find(struct desk *d, struct arena *a, struct str token, int64_t now, struct desk_session *out,
		    struct err *e);

/* ---- what is added to cables ------------------------------------------------------------------------------------- */

/*
 * In the functions below collection and cable name a cable; user 0 is the one person of a desk without users. What
 * people hand in is refused where it is empty, has control characters or is no UTF-8 (EINVAL) or is too long (ELIMIT).
 * Whether the user may see the collection is the caller's to ask (desk_user_sees).
 */
struct desk_note {
	int64_t id, user, when, changed;
	struct str author; /* full name, or name */
	struct str collection, cable;
	int paragraph; /* -1: the whole cable */
	struct str text;
};
struct desk_notes {
	struct desk_note *v;
	size_t n;
};
int desk_notes(struct desk *d, struct arena *a, struct str collection, struct str cable, struct desk_notes *out,
	       struct err *e);
int desk_note_add(struct desk *d, const struct desk_actor *by, struct str collection, struct str cable, int paragraph,
		  struct str text, int64_t *id, struct err *e);
/* ENOTFOUND: no such note in this collection. Its author alone (else EREADONLY), or an admin (any: true). */
int desk_note_change(struct desk *d, const struct desk_actor *by, struct str collection, int64_t note, bool any,
		     struct str text, struct err *e);
int desk_note_remove(struct desk *d, const struct desk_actor *by, struct str collection, int64_t note, bool any,
		     struct err *e);

struct desk_marked {
	struct str cable;
	int64_t when;
};
struct desk_marks {
	struct desk_marked *v;
	size_t n;
};
/* Stars are a person's own, newest first. */
int desk_star(struct desk *d, const struct desk_actor *by, struct str collection, struct str cable, bool on,
	      struct err *e);
int desk_starred(struct desk *d, int64_t user, struct str collection, struct str cable, bool *on, struct err *e);
int desk_stars(struct desk *d, struct arena *a, int64_t user, struct str collection, struct desk_marks *out,
	       struct err *e);
/* Tags are the newsroom's: a word or a few, unlike TAGS, which are the cable's. Capital letters make no other tag. */
struct desk_tag {
	struct str name;
	uint64_t cables;
};
struct desk_tags {
	struct desk_tag *v;
	size_t n;
};
int desk_tag(struct desk *d, const struct desk_actor *by, struct str collection, struct str cable, struct str tag,
	     bool on, struct err *e);
int desk_tags_of(struct desk *d, struct arena *a, struct str collection, struct str cable, struct desk_tags *out,
		 struct err *e);
int desk_tags(struct desk *d, struct arena *a, struct str collection, struct desk_tags *out, struct err *e);
int desk_tagged(struct desk *d, struct arena *a, struct str collection, struct str tag, struct desk_marks *out,
		struct err *e);

/* ---- saved searches ---------------------------------------------------------------------------------------------- */

struct desk_search {
	int64_t id, when;
	struct str collection, name, address; /* address: the query string of the search page */
	int64_t seen_version;                 /* of the archive, when its owner last looked: what is newer is new */
	int64_t seen_when;
};
struct desk_searches {
	struct desk_search *v;
	size_t n;
};
int desk_searches(struct desk *d, struct arena *a, int64_t user, struct str collection, struct desk_searches *out,
		  struct err *e);
/* EEXIST: this user has one of that name in this collection. */
int desk_search_save(struct desk *d, const struct desk_actor *by, struct str collection, struct str name,
		     struct str address, int64_t seen_version, int64_t *id, struct err *e);
int desk_search_find(struct desk *d, struct arena *a, int64_t user, int64_t search, struct desk_search *out,
		     struct err *e);
int desk_search_seen(struct desk *d, int64_t user, int64_t search, int64_t version, struct err *e);
int desk_search_remove(struct desk *d, const struct desk_actor *by, int64_t search, struct err *e);

/* ---- stories ----------------------------------------------------------------------------------------------------- */

struct desk_story {
	int64_t id, created, changed;
	struct str collection, title, author;
	size_t n_drafts;
	int64_t last_draft; /* its id */
};
struct desk_stories {
	struct desk_story *v;
	size_t n;
};
/* A draft as it was handed in, with the report that was made of it then (the JSON object of docs/check-report.md). */
struct desk_draft {
	int64_t id, story, when;
	int ordinal;                 /* 1, 2, ... */
	struct str author, file;     /* file: the name it came under; may be empty */
	struct str format;           /* "html", "markdown", "plain", "document": HTML made of a .docx or .odt */
	struct str raw;              /* empty in lists */
	struct str report;           /* empty in lists */
	size_t quotations, findings; /* counts, for lists; findings: what a person should look at */
};
struct desk_drafts {
	struct desk_draft *v;
	size_t n;
};
/* A verdict that a person set aside. It belongs to the quotation's words, so that it holds in the next draft too. */
struct desk_overrule {
	int64_t id, when;
	struct str author;
	struct str key; /* what the quotation is known by: a hash of its folded words and its citation, as text */
	struct str quotation, verdict; /* the words; the verdict that was overruled ("altered") */
	struct str as;                 /* what it is instead: a verdict's name; empty: taken back by author */
	struct str reason;             /* never empty but where as is */
};
struct desk_overrules {
	struct desk_overrule *v; /* the one that counts for a key is the last; earlier ones stay to be seen */
	size_t n;
};
int desk_stories(struct desk *d, struct arena *a, struct str collection, struct desk_stories *out, struct err *e);
int desk_story_find(struct desk *d, struct arena *a, struct str collection, int64_t story, struct desk_story *out,
		    struct err *e);
/* Adds a draft to a story, or to a new one of this title (*story 0). *story and *draft are filled. */
int desk_draft_add(struct desk *d, const struct desk_actor *by, struct str collection, int64_t *story, struct str title,
		   const struct desk_draft *x, int64_t *draft, struct err *e);
int desk_drafts(struct desk *d, struct arena *a, int64_t story, struct desk_drafts *out, struct err *e);
int desk_draft_find(struct desk *d, struct arena *a, int64_t story, int ordinal, struct desk_draft *out, struct err *e);
int desk_overrule_add(struct desk *d, const struct desk_actor *by, struct str collection, int64_t story,
		      const struct desk_overrule *x, struct err *e);
/* Takes an overruling back: kept, and said by whom, as an entry of its own. ENOTFOUND: nothing is overruled. */
int desk_overrule_remove(struct desk *d, const struct desk_actor *by, struct str collection, int64_t story,
			 struct str key, struct err *e);
int desk_overrules(struct desk *d, struct arena *a, int64_t story, struct desk_overrules *out, struct err *e);

#endif
