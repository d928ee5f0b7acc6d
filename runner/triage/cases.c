/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader tells a headline at once and the rest when the report ends; offline both are one case,
 * and the same stall told again some minutes later is still that case. A boot has its own tasks and
 * its own clock: with the next one everything begins afresh.
 */
#include "triage/cases.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/aftermath.h"
#include "triage/boots.h"
#include "triage/bystanders.h"
#include "triage/same.h"
#include "triage/store.h"

/* What is known of a case besides the case. */
struct slot {
	uint32_t id;    /* the reader's number of its first telling */
	bool ended;     /* that telling is complete */
	bool repeating; /* a later telling is open */
	uint64_t told;  /* seq of the last line of its last telling */
	size_t text_bytes;
};

struct cases {
	cases_take_fn take;
	void *ctx;
	struct kmsg_reader *reader;
	struct store *store;
	struct boots boots;
	struct bystanders bystanders;
	uint64_t seq;
	const struct kmsg_record *now; /* the record being fed, NULL: none */
	size_t text_bytes;
	unsigned int count;
	struct slot slots[CASES_MAX];
	struct triage_case list[CASES_MAX];
};

static void told(void *ctx, const struct finding *f);
static void ended(void *ctx, const struct kmsg_span *span);

static int new_reader(struct cases *c)
{
	kmsg_reader_free(c->reader);
	c->reader = kmsg_reader_new(told, c);
	if (!c->reader)
		return -ENOMEM;
	kmsg_reader_on_end(c->reader, ended);
	return 0;
}

struct cases *cases_new(cases_take_fn take, void *ctx)
{
	struct cases *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->take = take;
	c->ctx = ctx;
	c->store = store_new();
	if (!c->store || new_reader(c) < 0)
		return cases_free(c);
	return c;
}

struct cases *cases_free(struct cases *c)
{
	if (!c)
		return NULL;
	for (unsigned int i = 0; i < c->count; i++)
		report_text_clear(&c->list[i].text);
	kmsg_reader_free(c->reader);
	store_free(c->store);
	free(c);
	return NULL;
}

static void swap(struct cases *c, unsigned int a, unsigned int b)
{
	struct triage_case one = c->list[a];
	struct slot slot = c->slots[a];

	c->list[a] = c->list[b];
	c->slots[a] = c->slots[b];
	c->list[b] = one;
	c->slots[b] = slot;
}

/* In order of headlines. They come nearly so: an OOM kill is told some lines later. */
static void sort(struct cases *c, unsigned int count)
{
	for (unsigned int i = 1; i < count; i++)
		for (unsigned int k = i; k && c->list[k].line < c->list[k - 1].line; k--)
			swap(c, k, k - 1);
}

static void forget(struct cases *c, unsigned int from, unsigned int count)
{
	for (unsigned int i = from; i < from + count; i++) {
		report_text_clear(&c->list[i].text);
		c->text_bytes -= c->slots[i].text_bytes;
	}
	c->count -= count;
	memmove(c->list + from, c->list + from + count, (c->count - from) * sizeof(c->list[0]));
	memmove(c->slots + from, c->slots + from + count, (c->count - from) * sizeof(c->slots[0]));
}

static void hand_out(struct cases *c, unsigned int count)
{
	struct cases_batch batch = { c->list, count, boots_current(&c->boots),
				     boots_release(&c->boots) };

	if (!count)
		return;
	sort(c, count);
	for (unsigned int i = 0; i < count; i++)
		c->list[i].bystanders = c->bystanders.count ? &c->bystanders : NULL;
	c->take(c->ctx, &batch);
	forget(c, 0, count);
}

/* Too many: hand out those of which nothing was heard for longest. */
static void make_room(struct cases *c)
{
	unsigned int front = 0;

	while (front < c->count / 2 + 1) {
		unsigned int oldest = c->count;

		for (unsigned int i = front; i < c->count; i++)
			if (c->slots[i].ended && !c->slots[i].repeating &&
			    (oldest == c->count || c->slots[i].told < c->slots[oldest].told))
				oldest = i;
		if (oldest == c->count)
			break;
		swap(c, front++, oldest);
	}
	hand_out(c, front);
}

static unsigned int find(const struct cases *c, uint32_t id)
{
	for (unsigned int i = c->count; i--;)
		if (c->slots[i].id == id)
			return i;
	return CASES_MAX;
}

static void begin(struct cases *c, const struct finding *f)
{
	struct triage_case *one;
	unsigned int i;

	if (c->count == CASES_MAX)
		make_room(c);
	if (c->count == CASES_MAX)
		return; /* as many open reports: cannot be */
	i = c->count++;
	one = &c->list[i];
	*one = (struct triage_case){ .f = *f,
				     .line = store_number(c->store, c->seq),
				     .count = 1,
				     .longest_seconds = f->seconds,
				     .boot = boots_current(&c->boots) };
	one->last_line = one->line;
	if (c->now && c->now->when_size && c->now->when_size < sizeof(one->when))
		memcpy(one->when, c->now->when, c->now->when_size);
	c->slots[i] = (struct slot){ .id = f->id, .told = c->seq };
}

/* A panic that follows a report is part of it; the report's own kind told again is a repeat. */
static void again(struct triage_case *one, struct slot *slot, const struct finding *f)
{
	if (f->seconds > one->longest_seconds)
		one->longest_seconds = f->seconds;
	if (slot->repeating || (f->kind == FINDING_PANIC && one->f.kind != FINDING_PANIC))
		return;
	one->count++;
	slot->repeating = true;
}

static void told(void *ctx, const struct finding *f)
{
	struct cases *c = ctx;
	unsigned int i = f->more_of ? find(c, f->more_of) : CASES_MAX;

	if (!f->more_of) {
		begin(c, f);
	} else if (i == CASES_MAX) {
		return; /* handed out already */
	} else if (c->slots[i].ended) {
		again(&c->list[i], &c->slots[i], f);
	} else {
		c->list[i].f = *f;
		if (f->seconds > c->list[i].longest_seconds)
			c->list[i].longest_seconds = f->seconds;
	}
}

/* A case that was told before, as another one: count it there. */
static bool merged(struct cases *c, unsigned int i)
{
	for (unsigned int k = 0; k < c->count; k++) {
		struct triage_case *before = &c->list[k];

		if (k == i || !c->slots[k].ended || !same_case(&before->f, &c->list[i].f))
			continue;
		before->count += c->list[i].count;
		before->last_line = c->list[i].last_line;
		c->slots[k].told = c->slots[i].told;
		if (c->list[i].longest_seconds > before->longest_seconds)
			before->longest_seconds = c->list[i].longest_seconds;
		forget(c, i, 1);
		return true;
	}
	return false;
}

static void ended(void *ctx, const struct kmsg_span *span)
{
	struct cases *c = ctx;
	unsigned int i = find(c, span->id);
	uint64_t number = store_number(c->store, span->last);

	if (i == CASES_MAX)
		return;
	if (number > c->list[i].last_line)
		c->list[i].last_line = number;
	c->slots[i].told = span->last;
	if (c->slots[i].ended) {
		c->slots[i].repeating = false;
		return;
	}
	c->slots[i].ended = true;
	number = store_number(c->store, span->headline);
	if (number)
		c->list[i].line = number;
	c->list[i].severity = severity_of(&c->list[i].f);
	if (merged(c, i))
		return;
	c->slots[i].text_bytes = store_take(c->store, span->first, span->last, span->caller,
					    CASES_REPORT_LINES, &c->list[i].text);
	c->text_bytes += c->slots[i].text_bytes;
}

/* Everything of this boot is complete. */
static void boot_ends(struct cases *c)
{
	kmsg_reader_flush(c->reader, c->seq, 0);
	store_trim(c->store, UINT64_MAX);
	bystanders_end(&c->bystanders);
	hand_out(c, c->count);
	c->bystanders.count = 0;
	if (new_reader(c) < 0)
		abort();
}

void cases_feed(struct cases *c, const struct kmsg_record *rec, uint64_t line)
{
	struct kmsg_record own = *rec;
	uint64_t oldest;

	if (rec->facility)
		return;
	if (boots_begins(&c->boots, rec)) {
		boot_ends(c);
		boots_next(&c->boots, rec);
	}
	own.seq = ++c->seq;
	c->now = &own;
	store_add(c->store, own.seq, line, own.caller, own.text);
	kmsg_reader_feed(c->reader, &own, own.seq);
	c->now = NULL;
	bystanders_line(&c->bystanders, own.text);
	aftermath_line(c->list, c->count, own.text, line);
	oldest = kmsg_reader_oldest(c->reader);
	store_trim(c->store, oldest);
	if (c->text_bytes > CASES_TEXT_BYTES)
		make_room(c);
}

bool cases_wants_all(const struct cases *c)
{
	return kmsg_reader_oldest(c->reader) != UINT64_MAX || bystanders_reading(&c->bystanders);
}

void cases_end(struct cases *c)
{
	boot_ends(c);
	boots_end(&c->boots);
}

unsigned int cases_boots(const struct cases *c)
{
	return boots_seen(&c->boots);
}
