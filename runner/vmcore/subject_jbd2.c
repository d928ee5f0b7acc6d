/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A commit waits until every handle of its transaction is closed (t_updates is 0). That takes
 * microseconds; a handle whose owner cannot go on stops the file system. The circle is closed when
 * the owner wants memory of a group at its limit, and that group's OOM victim, whose end would give
 * memory, waits for the very commit. Who waits is told by the journal's own wait queues, not by
 * names of functions.
 */
#include "vmcore/subject.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "event.h"
#include "kmsg/wait_sites.h"

/* A handle is open for milliseconds; on a stock kernel v1 groups were seen to stall 25 s and
 * recover, so what is told is how long, and not that it will last. */
#define OPEN_MS 10000
/* Each CPU keeps up to 64 pages charged in advance (MEMCG_CHARGE_BATCH). */
#define CHARGED_AHEAD_PAGES 64

struct circle {
	const json_t *journal, *transaction, *handle, *owner, *group, *victim;
	const char *victim_for;
	struct wait_verdict waits; /* the owner's */
	bool commit_waits;         /* the journal's thread is on j_wait_updates */
};

static bool has_pid(const json_t *pids, json_int_t pid)
{
	const json_t *one;
	size_t i;

	json_array_foreach (pids, i, one)
		if (json_integer_value(one) == pid)
			return true;
	return false;
}

/* From the stack's lines, "schedule (kernel/sched/core.c:6638)" or "schedule+0x2a [mod]". */
static void classify(const json_t *task, struct wait_verdict *ret)
{
	const json_t *stack = json_object_get(task, "stack"), *line;
	char names[WAIT_FRAMES_MAX][64];
	const char *functions[WAIT_FRAMES_MAX];
	unsigned int count = 0;
	size_t i;

	json_array_foreach (stack, i, line) {
		const char *text = json_string_value(line);
		size_t n = text ? strcspn(text, " +") : 0;

		if (!n || n >= sizeof(names[0]) || count == WAIT_FRAMES_MAX)
			continue;
		memcpy(names[count], text, n);
		names[count][n] = '\0';
		functions[count] = names[count];
		count++;
	}
	wait_classify(functions, count, ret);
}

static bool at_limit(const json_t *group, uint64_t page_bytes)
{
	uint64_t usage = event_number(group, "usage_bytes");

	return json_is_integer(json_object_get(group, "limit_bytes")) &&
	       usage + CHARGED_AHEAD_PAGES * page_bytes >= event_number(group, "limit_bytes");
}

/* The innermost group of @task that is at its limit. */
static const json_t *full_group(const json_t *task, uint64_t page_bytes)
{
	const json_t *group;
	size_t i;

	json_array_foreach (json_object_get(task, "memcgs"), i, group)
		if (at_limit(group, page_bytes))
			return group;
	return NULL;
}

static bool is_in(const json_t *task, const json_t *group)
{
	const char *address = event_text(group, "address");
	const json_t *one;
	size_t i;

	json_array_foreach (json_object_get(task, "memcgs"), i, one)
		if (address[0] && !strcmp(event_text(one, "address"), address))
			return true;
	return false;
}

static void find_victim(struct circle *c)
{
	const json_t *waiter;
	size_t i;

	json_array_foreach (json_object_get(c->journal, "waiters"), i, waiter) {
		const json_t *who = json_object_get(waiter, "who");

		if (!strcmp(event_text(waiter, "for"), "updates") || !json_object_get(who, "oom") ||
		    !is_in(who, c->group))
			continue;
		c->victim = who;
		c->victim_for = event_text(waiter, "for");
		return;
	}
}

/* Of two circles: one with a victim before one without, then the handle that is open longest. */
static bool better(const struct circle *a, const struct circle *b)
{
	if (!b->handle || !a->victim != !b->victim)
		return !b->handle || a->victim;
	return event_number(a->handle, "age_ms") > event_number(b->handle, "age_ms");
}

static void look_at_handle(const json_t *facts, struct circle *c, struct circle *best)
{
	json_int_t pid =
		json_integer_value(json_object_get(json_object_get(c->journal, "thread"), "pid"));
	const json_t *waiting = json_object_get(c->journal, "waiting");

	c->owner = json_object_get(c->handle, "owner");
	c->commit_waits = pid && has_pid(json_object_get(waiting, "updates"), pid);
	if (!c->commit_waits)
		return;
	classify(c->owner, &c->waits);
	if (c->waits.alloc[0])
		c->group = full_group(c->owner, event_number(facts, "page_bytes"));
	if (c->group)
		find_victim(c);
	if (better(c, best))
		*best = *c;
}

static void look_at_journal(const json_t *facts, const json_t *journal, struct circle *best)
{
	/* A commit waits before the transaction that it locked becomes the committing one. */
	static const char *const places[] = { "running", "committing" };

	for (size_t p = 0; p < ARRAY_SIZE(places); p++) {
		const json_t *transaction = json_object_get(journal, places[p]), *handle;
		size_t i;

		if (!transaction || !strcmp(event_text(transaction, "state"), "T_RUNNING"))
			continue;
		json_array_foreach (json_object_get(transaction, "handles"), i, handle) {
			struct circle c = { .journal = journal,
					    .transaction = transaction,
					    .handle = handle };

			look_at_handle(facts, &c, best);
		}
	}
}

static void say_owner(const struct circle *c, struct saying *s)
{
	char usage[32], limit[32];

	if (!c->waits.alloc[0]) {
		saying_add(s, "; its owner %s", wait_role_words(c->waits.role));
		return;
	}
	saying_add(s, "; its owner asks for memory (%s)", c->waits.alloc);
	if (c->group)
		saying_add(
			s, " in %s, which is at its limit (%s of %s)", event_text(c->group, "path"),
			subject_mib(event_number(c->group, "usage_bytes"), usage, sizeof(usage)),
			subject_mib(event_number(c->group, "limit_bytes"), limit, sizeof(limit)));
}

static void say_victim(const struct circle *c, struct saying *s)
{
	char who[96];

	if (!c->group)
		return;
	if (!c->victim) {
		saying_add(s, "; none of that group's OOM victims waits for this journal");
		return;
	}
	saying_add(
		s, "; that group's OOM victim %s cannot die because it waits for this commit (%s)",
		subject_who(c->victim, who, sizeof(who)),
		strcmp(c->victim_for, "done_commit") ? "to begin a handle" : "j_wait_done_commit");
}

static void say(const struct circle *c, char *says)
{
	struct saying s = { .buf = says };
	char thread[96], owner[96];

	saying_add(&s,
		   "Journal thread %s waits, in the commit of transaction %" PRIu64
		   " (%s, t_updates "
		   "%" PRIu64 "), for the handle %s of %s, open for %.0f s",
		   subject_who(json_object_get(c->journal, "thread"), thread, sizeof(thread)),
		   event_number(c->transaction, "tid"), event_text(c->transaction, "state"),
		   event_number(c->transaction, "updates"), event_text(c->handle, "address"),
		   subject_who(c->owner, owner, sizeof(owner)),
		   (double)event_number(c->handle, "age_ms") / 1000);
	say_owner(c, &s);
	say_victim(c, &s);
}

static bool judge_jbd2(const struct subject_dump *d, char *says)
{
	const json_t *journals = json_object_get(d->facts, "journals"), *journal;
	struct saying s = { .buf = says };
	struct circle best = { 0 };
	size_t i;

	json_array_foreach (journals, i, journal)
		look_at_journal(d->facts, journal, &best);
	if (!json_array_size(journals)) {
		saying_add(&s, "no ext4 file system with a journal is mounted");
		return false;
	}
	if (!best.handle) {
		saying_add(&s, "no commit of its %zu journal%s waits for an open handle",
			   json_array_size(journals), json_array_size(journals) == 1 ? "" : "s");
		return false;
	}
	if (event_number(best.handle, "age_ms") < OPEN_MS) {
		saying_add(&s, "a commit waits for a handle that is open for %.3f s only",
			   (double)event_number(best.handle, "age_ms") / 1000);
		return false;
	}
	say(&best, says);
	return true;
}

const struct subject_ops subject_jbd2 = { "jbd2-deadlock", judge_jbd2 };
