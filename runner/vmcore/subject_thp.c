/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A huge page is taken off its split queue under the lock of the queue that it is charged to. When
 * it was uncharged before it was freed, that is its node's: the node's count goes below zero, which
 * lasts, and two CPUs change one list at once, which sooner or later breaks it. While a lock is
 * held, the queue is being changed, and a link that points one way only proves nothing.
 */
#include "vmcore/subject.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "event.h"

struct evidence {
	const json_t *surplus;  /* a queue that counts more than hang on it */
	const json_t *negative; /* a queue whose count is below zero */
	const json_t *broken_queue, *broken;
	const json_t *bad_queue, *bad; /* an entry that is freed, or charged elsewhere */
	const json_t *crash, *crash_page;
	size_t bad_count;
	const json_t *named;
};

/* With its path when it is named first; @e->named is the last one that was. */
static const char *queue_name(struct evidence *e, const json_t *queue, char *buf, size_t size)
{
	if (e->named == queue)
		snprintf(buf, size, "that %s",
			 strcmp(event_text(queue, "of"), "node") ? "memory cgroup" : "node");
	else
		snprintf(buf, size, "%s %.120s (%s)",
			 strcmp(event_text(queue, "of"), "node") ? "memory cgroup" : "node",
			 event_text(queue, "name"), event_text(queue, "address"));
	e->named = queue;
	return buf;
}

/* Some CPU stands in the midst of a change that is no fault. */
static bool proves(const json_t *queue, const json_t *broken)
{
	return strcmp(event_text(broken, "what"), "one-sided") != 0 ||
	       !json_is_true(json_object_get(queue, "locked"));
}

static json_int_t surplus_of(const json_t *queue)
{
	return json_integer_value(json_object_get(queue, "length")) -
	       json_integer_value(json_object_get(queue, "entries"));
}

static void look_at_queue(const json_t *queue, struct evidence *e)
{
	const json_t *bad = json_object_get(queue, "bad"), *broken;
	size_t i;

	json_int_t length = json_integer_value(json_object_get(queue, "length"));
	json_int_t entries = json_integer_value(json_object_get(queue, "entries"));

	if (length < 0)
		e->negative = queue;
	/* Of several the one that is off by most. A scan in progress holds some entries itself. */
	if (length > entries && (!e->surplus || length - entries > surplus_of(e->surplus)))
		e->surplus = queue;
	json_array_foreach (json_object_get(queue, "broken"), i, broken) {
		if (e->broken || !proves(queue, broken))
			continue;
		e->broken_queue = queue;
		e->broken = broken;
	}
	e->bad_count += json_array_size(bad);
	if (!e->bad && json_array_size(bad)) {
		e->bad_queue = queue;
		e->bad = json_array_get(bad, 0);
	}
}

static void look_at_crash(const json_t *crash, struct evidence *e)
{
	const json_t *one, *page;
	size_t i, p;

	json_array_foreach (crash, i, one) {
		const json_t *broken = json_object_get(json_object_get(one, "list"), "broken");

		if (!e->crash || json_array_size(broken))
			e->crash = one;
		json_array_foreach (json_object_get(one, "pages"), p, page)
			if (e->crash == one &&
			    (!e->crash_page || strcmp(event_text(page, "problem"), "")))
				e->crash_page = page;
	}
}

static void say_negative(struct evidence *e, struct saying *s)
{
	json_int_t length = json_integer_value(json_object_get(e->negative, "length"));
	char name[200];

	saying_add(s,
		   "The split queue of %s counts %" JSON_INTEGER_FORMAT ": %" JSON_INTEGER_FORMAT
		   " huge page%s that hung on another queue %s taken off under its lock",
		   queue_name(e, e->negative, name, sizeof(name)), length, -length,
		   length == -1 ? "" : "s", length == -1 ? "was" : "were");
	if (e->surplus)
		saying_add(s, "; that of %s counts %" JSON_INTEGER_FORMAT " more than hang on it",
			   queue_name(e, e->surplus, name, sizeof(name)), surplus_of(e->surplus));
}

static void say_broken(struct evidence *e, struct saying *s)
{
	static const char *const what[][2] = {
		{ "null", "is NULL, as in a struct page that was freed" },
		{ "wild", "leads nowhere" },
		{ "one-sided", "does not point back" },
		{ "loop", "leads back into the list" },
	};
	const char *kind = event_text(e->broken, "what"), *says = "is wrong";
	char name[200];

	for (size_t i = 0; i < ARRAY_SIZE(what); i++)
		if (!strcmp(what[i][0], kind))
			says = what[i][1];
	saying_add(s, "%s split queue of %s is broken: \"%s\" of %s %s ", s->used ? "; the" : "The",
		   queue_name(e, e->broken_queue, name, sizeof(name)),
		   event_text(e->broken, "member"),
		   json_is_true(json_object_get(e->broken, "head")) ? "its head" : "the entry at",
		   event_text(e->broken, "entry"));
	if (!strcmp(kind, "poison"))
		saying_add(s, "is %s (%s): it was taken off before",
			   event_text(e->broken, "poison"), event_text(e->broken, "value"));
	else
		saying_add(s, "(%s) %s", event_text(e->broken, "value"), says);
}

static void say_bad(struct evidence *e, struct saying *s)
{
	bool freed = !strcmp(event_text(e->bad, "problem"), "freed");
	char name[200];

	saying_add(s, "%s page %s hangs on the split queue of %s",
		   s->used ? "; the huge" : "The huge", event_text(e->bad, "page"),
		   queue_name(e, e->bad_queue, name, sizeof(name)));
	if (freed)
		saying_add(s, " though it was freed: it is no compound page's head any more");
	else
		saying_add(s, ", but by its charge (%s) a free takes the lock of that of %s",
			   event_text(e->bad, "charged_to"), event_text(e->bad, "belongs_on_name"));
	if (e->bad_count > 1)
		saying_add(s, ", and %zu more like it", e->bad_count - 1);
}

static void say_crash(const struct evidence *e, struct saying *s)
{
	char who[96];

	saying_add(s, "; %s of %s was at work on it", event_text(e->crash, "function"),
		   subject_who(e->crash, who, sizeof(who)));
	if (e->crash_page)
		saying_add(s, " with page %s in hand (references %" JSON_INTEGER_FORMAT ", %s)",
			   event_text(e->crash_page, "page"),
			   json_integer_value(json_object_get(e->crash_page, "references")),
			   json_is_true(json_object_get(e->crash_page, "head"))
				   ? "a compound page's head"
				   : "no compound page any more");
}

/* The crash alone is one on a broken list when the list in its hands is. */
static bool crash_proves(const struct evidence *e)
{
	return json_array_size(json_object_get(json_object_get(e->crash, "list"), "broken")) > 0;
}

static void say_crash_list(const struct evidence *e, struct saying *s)
{
	const json_t *list = json_object_get(e->crash, "list");
	const json_t *broken = json_array_get(json_object_get(list, "broken"), 0);

	saying_add(s,
		   "%s list of huge pages at %s, taken off a split queue to be split, is broken: "
		   "\"%s\" of the entry at %s is %s",
		   s->used ? "; the" : "The", event_text(list, "address"),
		   event_text(broken, "member"), event_text(broken, "entry"),
		   event_text(broken, "value"));
}

static bool judge_thp(const struct subject_dump *d, char *says)
{
	const json_t *queues = json_object_get(d->facts, "queues"), *queue;
	struct saying s = { .buf = says };
	struct evidence e = { 0 };
	uint64_t entries = 0;
	size_t i;

	json_array_foreach (queues, i, queue) {
		look_at_queue(queue, &e);
		entries += event_number(queue, "entries");
	}
	look_at_crash(json_object_get(d->facts, "crash"), &e);
	if (e.negative)
		say_negative(&e, &s);
	if (e.broken)
		say_broken(&e, &s);
	if (e.bad)
		say_bad(&e, &s);
	if (e.crash && crash_proves(&e))
		say_crash_list(&e, &s);
	if (s.used && e.crash)
		say_crash(&e, &s);
	if (s.used)
		return true;
	saying_add(&s, "all %" PRIu64 " split queues with their %" PRIu64 " huge pages are whole",
		   event_number(d->facts, "queues_walked"), entries);
	return false;
}

const struct subject_ops subject_thp = { "thp-deferred-split", judge_thp };
