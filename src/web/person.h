/*
 * What the pages of people and of oneself share.
 */
#ifndef REFTEL_WEB_PERSON_H
#define REFTEL_WEB_PERSON_H

#include "web/web_priv.h"

/* ?done=NAME: the sentence that says so, or nothing. */
void put_done(struct request *rq, struct buf *b);
/* On a desk without users there are none to show: says by what command that changes. */
void put_alone(struct request *rq, struct answer *an, const char *title);
/* <form method=post action=path> with csrf and do=what, to be closed by the caller. */
void put_form(struct request *rq, struct buf *b, const char *path, const char *what, const char *css);
void put_new_password(struct buf *b);
/* The two fields of put_new_password(). EINVAL: they differ. */
int password_get(struct request *rq, struct str *out, struct err *e);

/* qr.c: text as a QR code in SVG; nothing where it is too long for one. label: what it is, for who cannot see it. */
void put_qr(struct buf *b, const char *text, const char *label);

#endif
