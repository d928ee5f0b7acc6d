/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A circle as one sentence: each member waits for the next, and says so in its part. The stacks of
 * all of them follow, taken now: an explanation that cannot be checked is worth little.
 */
#include "watch/deadlock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"

#define TRIES 5 /* a task that runs shows no stack now and then */

/* "waits for X that NEXT holds". Of the three of the story more is known. */
static const char *const things[CLAIM_COUNT] = {
	[CLAIM_HANDLES] = "an open journal handle",
	[CLAIM_COMMIT] = "the commit of a journal",
	[CLAIM_MEMORY] = "memory",
	[CLAIM_PAGE] = "a page",
	[CLAIM_BUFFER] = "a buffer",
	[CLAIM_FLUSHER] = "the flusher",
	[CLAIM_INODE] = "an inode",
	[CLAIM_DIR] = "the lock of a directory",
	[CLAIM_FILE] = "the lock of an inode",
	[CLAIM_RENAME] = "the rename mutex",
	[CLAIM_MMAP] = "the mmap lock",
	[CLAIM_OWNER] = "a lock",
};

static const struct suspect *member(const struct deadlock *w, unsigned int m)
{
	return &w->suspects.list[w->cycle.members[m % w->cycle.count]];
}

static void add(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void add(char *buf, size_t size, const char *format, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	va_start(ap, format);
	vsnprintf(buf + len, size - len, format, ap);
	va_end(ap);
}

/* A task chooses its name: one line it shall stay. */
static const char *name_of(const struct suspect *s, char *buf, size_t size)
{
	snprintf(buf, size, "%s[%d]", s->comm, (int)s->tid);
	for (char *p = buf; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = '?';
	return buf;
}

static const char *group_of(const struct deadlock *w, unsigned int m)
{
	return watch_group_name(w->base.ctx, w->actors[w->cycle.members[m]].group);
}

static void say_memory(struct deadlock *w, unsigned int m, bool told, char *buf, size_t size)
{
	const struct suspect *s = member(w, m), *victim = member(w, m + 1);
	const struct deadlock_group *g = &w->groups[w->actors[w->cycle.members[m]].group];
	const char *group = group_of(w, m);
	char from[64], to[64], limit[32], kept[32];

	add(buf, size, "%s%s%s for memory in group %s at its limit (%s)",
	    told ? "" : name_of(s, from, sizeof(from)), told ? "" : " ",
	    s->still ? "waits" : "loops", group,
	    units_format_bytes(g->limit_bytes, limit, sizeof(limit)));
	units_format_bytes(victim->death.kept_bytes, kept, sizeof(kept));
	if (victim == s)
		add(buf, size, ", and is itself that group's victim: it keeps %s", kept);
	else if (!victim->death.killed)
		add(buf, size, "; nobody of %s is to die, and %s gives nothing back because it ",
		    group, name_of(victim, to, sizeof(to)));
	else
		add(buf, size, "; %s's victim %s (keeps %s) cannot die because it ", group,
		    name_of(victim, to, sizeof(to)), kept);
}

/* Of one that moves, the function that it never leaves: what is further in comes and goes. */
static const char *place_of(const struct suspect *s)
{
	return !s->still && s->v.handle[0] ? s->v.handle : s->v.holder;
}

static void say_wait(const struct suspect *s, enum wait_claim wants, const struct suspect *next,
		     char *buf, size_t size)
{
	char to[64];

	name_of(next, to, sizeof(to));
	if (wants == CLAIM_HANDLES)
		add(buf, size, "waits for the handle of %s", to);
	else if (wants == CLAIM_COMMIT)
		add(buf, size, "waits in %s for %s's commit", s->in_sync ? "fsync" : s->v.site, to);
	else
		add(buf, size, "waits in %s for %s that %s holds (in %s)", s->v.site, things[wants],
		    to, place_of(next));
}

/* @told: the one before has named it already, as its victim. */
static bool say_member(struct deadlock *w, unsigned int m, bool told, char *buf, size_t size)
{
	const struct suspect *s = member(w, m);
	enum wait_claim wants = w->actors[w->cycle.members[m]].wants;
	char from[64];

	if (!told)
		add(buf, size, "%s", m ? "; " : "");
	if (wants == CLAIM_MEMORY) {
		say_memory(w, m, told, buf, size);
		return member(w, m + 1) != s;
	}
	if (!told)
		add(buf, size, "%s%s ", s->v.holds_commit ? "journal thread " : "",
		    name_of(s, from, sizeof(from)));
	say_wait(s, wants, member(w, m + 1), buf, size);
	return false;
}

static void say_text(struct deadlock *w, char *buf, size_t size)
{
	unsigned int others = w->cycle.stuck - w->cycle.count;
	bool told = false;

	/* The circle may end with a victim that begins it: the journal thread first, always. */
	for (unsigned int m = 0; m < w->cycle.count; m++)
		told = say_member(w, m, told, buf, size);
	if (told)
		add(buf, size, "waits as said");
	if (others)
		add(buf, size, "; %u more task%s wait%s for them", others, others == 1 ? "" : "s",
		    others == 1 ? "s" : "");
}

static void list_members(struct deadlock *w, struct finding *f)
{
	size_t len = 0;

	for (unsigned int m = 0; m < w->cycle.count; m++) {
		const struct suspect *s = member(w, m);
		const char *group = watch_group_name(w->base.ctx, s->group);
		char name[64];

		name_of(s, name, sizeof(name));
		*strrchr(name, '[') = '\0';
		add(f->members, sizeof(f->members), "%d %s %s %s\n", (int)s->tid,
		    wait_role_name(s->v.role), group[0] ? group : "-", name);
		if (!strchr(f->members + len, '\n')) { /* cut */
			f->members[len] = '\0';
			return;
		}
		len = strlen(f->members);
	}
}

static bool read_stack(struct deadlock *w, const struct suspect *s)
{
	for (int i = 0; i < TRIES; i++)
		if (!deadlock_read(w, s->tid))
			return false;
		else if (w->view.stack[0])
			return true;
	return false;
}

/* Whole frames only, each member its share; "--" between them. */
static void add_stacks(struct deadlock *w, struct finding *f)
{
	const size_t share = sizeof(f->stack) / w->cycle.count - 4;

	for (unsigned int m = 0; m < w->cycle.count; m++) {
		size_t n;

		if (!read_stack(w, member(w, m)))
			continue;
		if (f->stack[0])
			add(f->stack, sizeof(f->stack), "--\n");
		n = strlen(w->view.stack);
		if (n > share) {
			w->view.stack[share] = '\0';
			n = (size_t)(strrchr(w->view.stack, '\n') + 1 - w->view.stack);
			w->view.stack[n] = '\0';
		}
		add(f->stack, sizeof(f->stack), "%s", w->view.stack);
	}
}

void deadlock_say(struct deadlock *w, struct finding *f, uint64_t now)
{
	const struct suspect *first = member(w, 0);

	f->pid = first->tid;
	f->began_us = first->since_us;
	f->seconds = (double)(now - w->cycle.since_us) / 1e6;
	snprintf(f->comm, sizeof(f->comm), "%s", first->comm);
	snprintf(f->function, sizeof(f->function), "%s", first->v.site);
	snprintf(f->signature, sizeof(f->signature), "deadlock");
	for (unsigned int m = 0; m < w->cycle.count; m++) {
		const struct suspect *s = member(w, m);

		add(f->signature, sizeof(f->signature), "|%s", wait_role_name(s->v.role));
		if (!f->group[0] && w->actors[w->cycle.members[m]].wants == CLAIM_MEMORY)
			snprintf(f->group, sizeof(f->group), "%s", group_of(w, m));
	}
	say_text(w, f->text, sizeof(f->text));
	list_members(w, f);
	add_stacks(w, f);
}
