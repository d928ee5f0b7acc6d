/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading JSON objects by the key table, and saying where and why one is refused. Places are a list
 * on the C stack, innermost first; line and column are worked out only when something is refused.
 */
#ifndef HANGAR_READER_H
#define HANGAR_READER_H

#include <stdint.h>

#include "base/diag.h"
#include "scenario/catalogue.h"
#include "scenario/keys.h"
#include "scenario/where.h"

struct place {
	const struct place *up;
	const char *key; /* NULL: an array element */
	size_t index;
	const struct object *object; /* what stands here, when it is an object of the table */
	const json_t *value;
};

struct reader {
	const char *text;
	size_t size;
	const char *path;                  /* of the file, NULL: from memory */
	const struct catalogue *catalogue; /* NULL: stressors are not checked */
	struct diag *diag;
	const struct place *place; /* the value in hand; NULL: the top */
};

/*
 * One step down, to a member or to an element, and back up. @p is the caller's and must live until
 * place_up(). @object and @value: see struct place; NULL where no message needs them.
 */
void place_key(struct reader *r, struct place *p, const char *key, const struct object *object,
	       const json_t *value);
void place_index(struct reader *r, struct place *p, size_t index, const struct object *object,
		 const json_t *value);
void place_up(struct reader *r);

/**
 * object_read - read @value by the rows of @o into the struct at @base (already holding its
 * defaults) Returns 0, or -EINVAL / -ENOMEM with r->diag filled.
 */
int object_read(struct reader *r, const struct object *o, json_t *value, void *base);

/* Fill the struct at @base (zeroed) with the defaults of its rows. 0 or -ENOMEM. */
int object_defaults(const struct object *o, void *base);

/* A zeroed array of json_array_size(@value) structs of @o at @ret, its length at @ret_n, each read.
 */
int objects_read(struct reader *r, const struct object *o, json_t *value, void **ret,
		 unsigned int *ret_n);

/* Store one value by its row (value.c), or its default (defaults.c). */
int value_read(struct reader *r, const struct key *k, json_t *value, void *base);
int value_default(const struct key *k, void *base);
/* From the text of an amount by the row's type; *ret_why is a phrase for the error (value.c). */
int parse_amount(const struct key *k, const char *text, uint64_t *ret, const char **ret_why);
/* Rows of words (words.c). */
int read_text(struct reader *r, const struct key *k, json_t *value, char **to);
int read_word(struct reader *r, const struct key *k, json_t *value, void *to);
int read_texts(struct reader *r, const struct key *k, json_t *value, char ***to);
int word_index(const char *text, const char *const *words); /* -1: none of them */

/* strdup() with the out-of-memory message; frees what *@to held. */
int store_text(struct reader *r, const char *text, char **to);
/* Array of texts, each of at most KEY_TEXT_MAX bytes; @words: only these, or NULL. */
int store_texts(struct reader *r, json_t *value, const char *const *words, char ***to);
/* "150%" in units of 1/@scale percent; -EINVAL, -ENODATA (no %), -ERANGE. */
int percent_parse(const char *text, unsigned int scale, uint64_t *ret);
/* Is @text a name as KEY_NAME wants it? */
bool is_name(const char *text, size_t max);

/*
 * Refusals. All return -EINVAL. The message begins with the key in hand where there is one:
 * `"memory" `, so @fmt goes on as a sentence. reader_refuse_key() points at the key @key of the
 * object in hand and leaves the wording to @fmt.
 */
int reader_refuse(struct reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int reader_refuse_key(struct reader *r, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int reader_refuse_memory(struct reader *r);

/* "group \"victims\"", "run 2 of phase \"storm\"": the object in hand, for messages. Returns @buf.
 */
const char *reader_title(const struct reader *r, char *buf, size_t size);
/* @text in double quotes, control characters replaced, cut at 48 bytes. Returns @buf. */
const char *quoted(const char *text, char *buf, size_t size);
/* "text", "a number", "true or false", ...: what @value is. */
const char *json_kind(const json_t *value);

/* Line and column of the value in hand (0, 0 when unknown). */
void reader_where(const struct reader *r, unsigned int *ret_line, unsigned int *ret_column);

#endif
