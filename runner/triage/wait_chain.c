/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The story of jbd2 and memory, as the author of a good bug report pieced it together from a
 * vmcore: the journal thread waits for a handle; its holder asks for memory in a group at its
 * limit; the group's victim gives none back, for it waits for the journal thread. A log holds
 * mostly parts of it: hung tasks are those in state D, and the holder often runs.
 */
#include "triage/wait_chain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "triage/oom_story.h"

void chain_link(struct chain *c, enum link_ground ground, const char *from, const char *to,
		const char *format, ...)
{
	struct chain_link *l = &c->links[c->count];
	va_list ap;

	if (c->count == CHAIN_LINKS_MAX)
		return;
	c->count++;
	l->ground = ground;
	snprintf(l->from, sizeof(l->from), "%s", from);
	snprintf(l->to, sizeof(l->to), "%s", to);
	va_start(ap, format);
	vsnprintf(l->because, sizeof(l->because), format, ap);
	va_end(ap);
}

void chain_miss(struct chain *c, const char *format, ...)
{
	va_list ap;

	if (c->missing_count == CHAIN_MISSING_MAX)
		return;
	va_start(ap, format);
	vsnprintf(c->missing[c->missing_count++], sizeof(c->missing[0]), format, ap);
	va_end(ap);
}

const char *chain_name(const char *comm, int pid, char *buf, size_t size)
{
	snprintf(buf, size, "%s[%d]", comm, pid);
	return buf;
}

static const char *name_of(const struct hung_task *t, char *buf, size_t size)
{
	return chain_name(t->comm, t->pid, buf, size);
}

static bool waits_for_commit(const struct hung_task *t)
{
	return wait_role_thing(t->v.role) == THING_COMMIT && !t->v.holds_commit;
}

static void find_people(const struct hung_set *set, struct chain *c)
{
	for (unsigned int i = 0; i < set->count; i++) {
		const struct hung_task *t = &set->tasks[i];

		if (t->v.holds_commit) {
			c->journals++;
			if (!c->journal || t->v.role == WAIT_JOURNAL_UPDATES)
				c->journal = t;
		} else if (t->v.handle[0]) {
			c->holders++;
			if (!c->holder || t->v.role == WAIT_MEMORY_WITH_HANDLE)
				c->holder = t;
		}
		c->for_commit += i < set->hung && waits_for_commit(t);
	}
}

static void link_waiters(struct chain *c)
{
	char to[80], from[80];

	if (!c->for_commit)
		return;
	if (!c->journal) {
		chain_miss(c,
			   "the journal thread: %u task%s for its commit, but no report is of "
			   "it; it runs, or waits in a way that is not reported",
			   c->for_commit, c->for_commit == 1 ? " waits" : "s wait");
		return;
	}
	snprintf(from, sizeof(from), "%u task%s", c->for_commit, c->for_commit == 1 ? "" : "s");
	name_of(c->journal, to, sizeof(to));
	if (c->journals == 1)
		chain_link(c, LINK_SEEN, from, to,
			   "their stacks wait for a commit, and this is the only journal thread "
			   "that is reported");
	else
		chain_link(c, LINK_CONCLUDED, from, to,
			   "their stacks wait for a commit; of which of the %u journals that are "
			   "reported, stacks do not say",
			   c->journals);
}

static void link_journal(struct chain *c)
{
	char from[80], to[80];

	if (!c->journal)
		return;
	name_of(c->journal, from, sizeof(from));
	if (c->journal->v.role != WAIT_JOURNAL_UPDATES) {
		chain_link(c, LINK_SEEN, from,
			   c->journal->v.role == WAIT_JOURNAL_IO ? "the device" : "", "it %s (%s)",
			   wait_role_words(c->journal->v.role), c->journal->v.site);
		return;
	}
	if (!c->holder) {
		chain_link(c, LINK_SEEN, from, "",
			   "it waits until every open handle of its transaction is closed");
		chain_miss(c, "the task that has a handle open: none of the reported stacks is "
			      "inside one. It runs (state R is never reported) or sleeps killably: "
			      "SysRq-t or SysRq-l shows it, a vmcore proves it (journal_info)");
		return;
	}
	name_of(c->holder, to, sizeof(to));
	chain_link(
		c, LINK_CONCLUDED, from, to,
		"it waits for open handles, and %s is inside %s, which runs only with one open%s%s",
		to, c->holder->v.handle, c->holders > 1 ? " (so are others)" : "",
		c->holder->c ? "" : "; a dump by SysRq shows it");
}

/* The OOM report that @t belongs to: the last whose table holds it, else the last of all. */
static const struct hung_oom *oom_of(const struct hung_set *set, const struct hung_task *t,
				     bool *ret_listed)
{
	struct oom_row row;

	*ret_listed = false;
	for (unsigned int i = set->oom_count; t && i--;)
		if (oom_table_find(&set->ooms[i].c->text, t->pid, &row)) {
			*ret_listed = true;
			return &set->ooms[i];
		}
	return set->oom_count ? &set->ooms[set->oom_count - 1] : NULL;
}

static void memory_name(const struct hung_oom *oom, char *buf, size_t size)
{
	snprintf(buf, size, "memory of %.60s", oom && oom->memcg[0] ? oom->memcg : "the machine");
}

static void link_memory(const struct hung_set *set, struct chain *c)
{
	char from[80], to[80];
	bool listed;

	if (!c->holder || wait_role_thing(c->holder->v.role) != THING_MEMORY)
		return;
	c->oom = oom_of(set, c->holder, &listed);
	name_of(c->holder, from, sizeof(from));
	memory_name(c->oom, to, sizeof(to));
	if (!c->oom) {
		chain_link(c, LINK_SEEN, from, "memory", "its stack asks for memory (%s)",
			   c->holder->v.alloc[0] ? c->holder->v.alloc : c->holder->v.site);
		chain_miss(c, "whose memory %s asks for: there is no OOM report in this boot's log",
			   from);
		return;
	}
	chain_link(
		c, listed ? LINK_SEEN : LINK_CONCLUDED, from, to,
		listed ? "its stack asks for memory (%s), and the OOM report lists it"
		       : "its stack asks for memory (%s), and this is what ran out last; the OOM "
			 "report does not list it",
		c->holder->v.alloc[0] ? c->holder->v.alloc : c->holder->v.site);
}

/* A process that the OOM killer chose and that hangs: its memory does not come back. */
static void find_victim(const struct hung_set *set, struct chain *c)
{
	for (unsigned int i = set->oom_count; i-- && !c->victim;) {
		if (c->oom && strcmp(c->oom->memcg, set->ooms[i].memcg))
			continue;
		c->victim = hung_find(set, set->ooms[i].pid);
		if (c->victim)
			c->oom = &set->ooms[i];
	}
	for (unsigned int i = 0; i < set->count && !c->victim; i++)
		if (set->tasks[i].oom_victim)
			c->victim = &set->tasks[i];
}

static void link_victim(const struct hung_set *set, struct chain *c)
{
	char from[80], to[80], journal[80];

	find_victim(set, c);
	if (!c->victim) {
		if (c->oom && c->holder)
			chain_miss(c,
				   "%s[%d], which the OOM killer chose, is not among the hung "
				   "tasks: whether it died, the log does not say",
				   c->oom->comm, c->oom->pid);
		return;
	}
	memory_name(c->oom, from, sizeof(from));
	name_of(c->victim, to, sizeof(to));
	if (c->oom && c->oom->pid == c->victim->pid)
		chain_link(c, LINK_SEEN, from, to,
			   "the OOM killer chose it, and it hangs since: its memory does not come "
			   "back");
	else
		chain_link(c, LINK_SEEN, c->oom ? from : "memory", to,
			   "the flags in front of its stack say that the OOM killer marked it "
			   "(TIF_MEMDIE, bit 20 on x86), and it hangs");
	if (!waits_for_commit(c->victim) || !c->journal)
		return;
	name_of(c->journal, journal, sizeof(journal));
	chain_link(c, c->journals == 1 ? LINK_SEEN : LINK_CONCLUDED, to, journal, "it %s (%s)",
		   wait_role_words(c->victim->v.role), c->victim->v.site);
	if (!wait_chain_circle(set, c) && c->journal->v.role == WAIT_JOURNAL_UPDATES)
		chain_miss(c,
			   "whether the holder of the handle asks for the memory that %s keeps: "
			   "then this is a deadlock",
			   to);
}

void wait_chain_make(const struct hung_set *set, struct chain *ret)
{
	memset(ret, 0, sizeof(*ret));
	find_people(set, ret);
	link_waiters(ret);
	link_journal(ret);
	link_memory(set, ret);
	link_victim(set, ret);
	wait_chain_locks(set, ret);
	ret->closed = wait_chain_circle(set, ret);
}

const char *link_ground_name(enum link_ground g)
{
	return g == LINK_SAID ? "said" : g == LINK_SEEN ? "seen" : "concluded";
}
