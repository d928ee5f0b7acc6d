/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar kernel list`: one line a kernel, newest last, as `ls` and a bisection would have it. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "vm/kernel/cached.h"
#include "vm/kernel/command.h"
#include "vm/kernel/debver.h"
#include "vm/kernel/offers.h"

#define LIST_AGE_MAX (12 * 3600)

struct row {
	char release[128], version[128], suite[64];
	uint64_t bytes; /* to fetch; 0: not known */
	bool cached, offered, complete, symbols, headers;
};

struct rows {
	struct row *all;
	unsigned int count, room;
	bool failed;
};

static struct row *find_or_add(struct rows *rows, const char *release, const char *version,
			       const char *suite)
{
	struct row *more;

	for (unsigned int i = 0; i < rows->count; i++) {
		struct row *r = &rows->all[i];

		if (strcmp(r->release, release) == 0 && strcmp(r->version, version) == 0 &&
		    (strcmp(r->suite, suite) == 0 || !suite[0]))
			return r;
	}
	if (rows->count == rows->room) {
		more = realloc(rows->all,
			       (rows->room = rows->room ? 2 * rows->room : 64) * sizeof(*more));
		rows->failed = rows->failed || !more;
		if (!more)
			return NULL;
		rows->all = more;
	}
	more = &rows->all[rows->count++];
	memset(more, 0, sizeof(*more));
	snprintf(more->release, sizeof(more->release), "%s", release);
	snprintf(more->version, sizeof(more->version), "%s", version);
	snprintf(more->suite, sizeof(more->suite), "%s", suite);
	return more;
}

static int add_cached(void *ctx, const struct cached_kernel *c)
{
	struct row *row = find_or_add(ctx, c->release, c->version, c->suite);

	if (!row)
		return -ENOMEM;
	row->cached = row->complete = true;
	return 0;
}

static void add_offers(struct rows *rows, const struct debian_spec *spec,
		       const struct archive_index *c)
{
	struct kernel_offer o;
	struct row *row;

	for (unsigned int i = 0; i < c->count; i++) {
		if (!offers_at(c, i, &o) || !debian_spec_matches(spec, o.release) ||
		    (spec->suite[0] && strcmp(spec->suite, o.image->suite) != 0))
			continue;
		row = find_or_add(rows, o.release, o.image->version, o.image->suite);
		if (!row)
			return;
		row->offered = true;
		row->complete = row->cached || o.complete;
		row->symbols = o.symbols;
		row->headers = o.headers;
		row->bytes = o.image->bytes + (o.modules ? o.modules->bytes : 0) +
			     (o.base ? o.base->bytes : 0);
	}
}

static int by_version(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int r = debver_compare(x->version, y->version);

	if (r == 0)
		r = debver_compare(x->release, y->release);
	return r ? r : strcmp(x->suite, y->suite);
}

static void print_text(const struct rows *rows)
{
	for (unsigned int i = 0; i < rows->count; i++) {
		const struct row *r = &rows->all[i];

		printf("%-34s %-22s %-18s", r->release, r->version, r->suite[0] ? r->suite : "-");
		if (r->bytes)
			printf(" %4.0f MB", (double)r->bytes / 1e6);
		else
			printf("        ");
		printf("%s%s%s%s\n", r->cached ? " cached" : "", r->symbols ? " symbols" : "",
		       r->headers ? " headers" : "", r->complete ? "" : " incomplete");
	}
}

static void print_json(const struct rows *rows)
{
	json_t *all = json_array();

	for (unsigned int i = 0; i < rows->count; i++) {
		const struct row *r = &rows->all[i];
		json_t *o = json_object();

		json_object_set_new(o, "release", utf8_json(r->release));
		json_object_set_new(o, "version", utf8_json(r->version));
		json_object_set_new(o, "suite", r->suite[0] ? utf8_json(r->suite) : json_null());
		json_object_set_new(o, "bytes",
				    r->bytes ? json_integer((json_int_t)r->bytes) : json_null());
		json_object_set_new(o, "cached", json_boolean(r->cached));
		json_object_set_new(o, "offered", json_boolean(r->offered));
		json_object_set_new(o, "complete", json_boolean(r->complete));
		json_object_set_new(o, "symbols", json_boolean(r->symbols));
		json_object_set_new(o, "headers", json_boolean(r->headers));
		json_array_append_new(all, o);
	}
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

static void tell(void *ctx, const char *line)
{
	fprintf(stderr, "hangar: %s\n", line);
}

static void rows_clear(struct rows *rows)
{
	free(rows->all);
}

int kernel_list(const struct kernel_command *c, struct diag *d)
{
	_cleanup_(rows_clear) struct rows rows = { 0 };
	_cleanup_(archive_index_clear) struct archive_index offered = { 0 };
	struct debian_spec spec;
	struct diag inner = { 0 };
	int r = debian_spec_parse(c->spec ? c->spec : "*", &spec, d);

	if (r < 0)
		return r;
	if (!c->cached) {
		r = offers_load(spec.suite, c->refresh ? 0 : LIST_AGE_MAX, tell, NULL, &offered,
				&inner);
		if (r < 0 && r != -ENETUNREACH)
			return diag_set(d, r, "%s", inner.message);
		if (r < 0) /* what is cached can be told all the same */
			diag_print(&inner, stderr);
	}
	add_offers(&rows, &spec, &offered);
	r = cached_each(&spec, add_cached, &rows);
	if (r < 0 || rows.failed)
		return diag_set(d, r < 0 ? r : -ENOMEM, "the cache cannot be read: %s",
				strerror(r < 0 ? -r : ENOMEM));
	if (rows.count)
		qsort(rows.all, rows.count, sizeof(*rows.all), by_version);
	if (c->json)
		print_json(&rows);
	else
		print_text(&rows);
	return 0;
}
