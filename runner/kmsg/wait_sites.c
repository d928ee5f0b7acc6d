/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stack is walked outwards from where the task sleeps. The lock or sleep itself is weak evidence
 * ("a mutex"); the first row that stands by itself, or that explains this weak one, decides. Only
 * near the sleep: a function ten calls out tells what the task is doing, not what it waits for.
 */
#include "kmsg/wait_sites.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/frames.h"
#include "kmsg/wait_rows.h"

#define NEAR_STRONG 2 /* telling frames walked before a row no longer decides by itself */
#define NEAR_AFTER 5  /* and before it no longer explains the lock: open-coded lockers are deep */

static bool names(const char *pattern, const char *function)
{
	size_t n = strcspn(pattern, "*");

	return !strncmp(pattern, function, n) && (pattern[n] || !function[n]);
}

static const char *any_of(const char *const *list, const char *function)
{
	for (; *list; list++)
		if (names(*list, function))
			return *list;
	return NULL;
}

static void note_frames(struct wait_verdict *v, const char *function)
{
	if (!v->alloc[0] && !v->handle[0] && any_of(wait_alloc_frames, function))
		snprintf(v->alloc, sizeof(v->alloc), "%s", function);
	if (!v->handle[0] && any_of(wait_handle_frames, function))
		snprintf(v->handle, sizeof(v->handle), "%s", function);
	if (any_of(wait_commit_frames, function))
		v->holds_commit = true;
	if (any_of(wait_refused_frames, function))
		v->refused = true;
}

/* @here: the function is where the task waits, so what it takes it need not have yet. */
static void note_holds(struct wait_verdict *v, const char *function, bool here)
{
	unsigned int claims = 0;

	for (unsigned int i = 0; i < wait_hold_count; i++)
		if ((!here || wait_hold_rows[i].here) &&
		    names(wait_hold_rows[i].function, function))
			claims |= wait_hold_rows[i].claims;
	if (any_of(wait_handle_frames, function))
		claims |= 1u << CLAIM_HANDLES;
	v->holds |= claims;
	if (claims && !v->holder[0])
		snprintf(v->holder, sizeof(v->holder), "%s", function);
}

struct walk {
	bool asleep; /* the ways to sleep are left out: the first function is where it waits */
	unsigned int weak, passed; /* ways to sleep seen; telling frames since the last of them */
	bool decided;
};

static void decide(struct wait_verdict *v, enum wait_role role, const char *function)
{
	v->role = role;
	snprintf(v->site, sizeof(v->site), "%s", function);
}

static bool by_weak(struct walk *w, struct wait_verdict *v, const char *function)
{
	for (unsigned int i = 0; i < wait_weak_count; i++) {
		const struct wait_weak_row *row = &wait_weak_rows[i];

		if (!names(row->function, function))
			continue;
		if (w->passed)
			return true; /* a second lock further out was taken before */
		w->weak |= row->weak;
		if (row->role)
			decide(v, row->role, function);
		return true;
	}
	return false;
}

static bool near_enough(const struct walk *w, unsigned int after)
{
	if (after && w->asleep && !w->passed)
		return true;
	return after ? (after & w->weak) && w->passed < NEAR_AFTER
		     : !(w->weak & WEAK_LOCK) && w->passed < NEAR_STRONG;
}

static bool by_family(const struct wait_family *family, struct walk *w, struct wait_verdict *v,
		      const char *function)
{
	for (unsigned int i = 0; i < family->count; i++) {
		const struct wait_row *row = &family->rows[i];

		if (!names(row->function, function))
			continue;
		if (near_enough(w, row->after)) {
			decide(v, row->role, function);
			return true;
		}
	}
	return false;
}

static bool by_row(struct walk *w, struct wait_verdict *v, const char *function)
{
	for (size_t i = 0; wait_families[i]; i++)
		if (by_family(wait_families[i], w, v, function))
			return true;
	return false;
}

static void step(struct walk *w, struct wait_verdict *v, const char *function)
{
	bool here = false;

	note_frames(v, function);
	if (!w->decided && by_row(w, v, function))
		here = w->decided = true;
	else if (!w->decided && !by_weak(w, v, function) && !frame_is_dull(function))
		w->passed++;
	note_holds(v, function, here);
}

/* What the stack as a whole says of the wait at its inner end. */
static void widen(struct wait_verdict *v)
{
	enum wait_thing thing = wait_role_thing(v->role);

	v->inner = v->role;
	if (v->holds_commit && v->role != WAIT_JOURNAL_UPDATES &&
	    (thing == THING_IO || v->role == WAIT_COMPLETION))
		v->role = WAIT_JOURNAL_IO;
	else if ((thing == THING_MEMORY || v->alloc[0]) && v->handle[0])
		v->role = WAIT_MEMORY_WITH_HANDLE;
	/* To open a handle is not to have one; a nested start would not wait. */
	if (v->role == WAIT_JOURNAL_LOCKED || v->role == WAIT_JOURNAL_SPACE || v->holds_commit) {
		v->handle[0] = '\0';
		v->holds &= ~(1u << CLAIM_HANDLES);
	}
	if (v->holds_commit)
		v->holds |= 1u << CLAIM_COMMIT;
}

void wait_classify(const char *const *functions, unsigned int count, struct wait_verdict *ret)
{
	struct walk w = { 0 };

	memset(ret, 0, sizeof(*ret));
	for (unsigned int i = 0; i < count && i < WAIT_FRAMES_MAX; i++)
		step(&w, ret, functions[i]);
	widen(ret);
}

static void classify(const char *stack, bool asleep, struct wait_verdict *ret)
{
	struct walk w = { .asleep = asleep };
	unsigned int count = 0;

	memset(ret, 0, sizeof(*ret));
	while (*stack && strncmp(stack, "--\n", 3) && count < WAIT_FRAMES_MAX) {
		size_t len = strcspn(stack, "\n");
		char line[256];
		struct frame f;

		snprintf(line, sizeof(line), "%.*s", (int)(len < sizeof(line) ? len : 255), stack);
		if (frame_parse(line, &f) && f.trusted) {
			step(&w, ret, f.name);
			count++;
		}
		stack += len + (stack[len] == '\n');
	}
	widen(ret);
}

void wait_classify_stack(const char *stack, struct wait_verdict *ret)
{
	classify(stack, false, ret);
}

void wait_classify_asleep(const char *stack, struct wait_verdict *ret)
{
	classify(stack, true, ret);
}

bool wait_site_at(unsigned int i, const char **function, enum wait_role *role)
{
	if (i < wait_weak_count) {
		*function = wait_weak_rows[i].function;
		*role = wait_weak_rows[i].role;
		return true;
	}
	i -= wait_weak_count;
	for (size_t k = 0; wait_families[k]; i -= wait_families[k++]->count) {
		if (i >= wait_families[k]->count)
			continue;
		*function = wait_families[k]->rows[i].function;
		*role = wait_families[k]->rows[i].role;
		return true;
	}
	return false;
}
