/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hung tasks: each by itself gets its role from the table of wait sites; together they are classes
 * of equal stacks and a chain of who waits for whom.
 */
#include "triage/explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "blocked.h"
#include "triage/wait_chain.h"
#include "triage/words.h"

static bool takes(const struct triage_case *c)
{
	return c->f.kind == FINDING_HUNG_TASK;
}

static json_t *verdict_json(const struct wait_verdict *v)
{
	json_t *o = json_object();

	json_object_set_new(o, "role", json_string(wait_role_name(v->role)));
	json_object_set_new(o, "waits", json_string(wait_role_words(v->role)));
	if (v->site[0])
		json_object_set_new(o, "site", utf8_json(v->site));
	if (v->handle[0])
		json_object_set_new(o, "holds_handle", utf8_json(v->handle));
	if (v->alloc[0])
		json_object_set_new(o, "allocates", utf8_json(v->alloc));
	if (v->holds_commit)
		json_object_set_new(o, "commits", json_true());
	return o;
}

static void say_task(const struct hung_task *t, struct words *w)
{
	if (t->v.handle[0])
		words_say(w,
			  "It is inside %s, which runs only with a journal handle open: the commit "
			  "of that transaction waits for it.",
			  t->v.handle);
	if (t->v.holds_commit)
		words_say(w, "Whoever waits for a commit of this journal waits for this thread.");
	if (t->oom_victim)
		words_say(w, "The OOM killer marked it (TIF_MEMDIE in its flags on x86): it should "
			     "die and gives no memory back while it waits.");
	if (t->lock[0] && t->owner_pid)
		words_say(w, "The kernel says: the %s is likely held by %s[%d].", t->lock,
			  t->owner_comm, t->owner_pid);
	else if (t->lock[0])
		words_say(w, "The kernel did not find the owner of the %s.", t->lock);
	if (t->v.role == WAIT_UNKNOWN)
		words_say(w, "No row of the table of wait sites knows this stack.");
}

static int one(const struct triage_case *c, const char *release, struct explanation *ret)
{
	struct hung_task t;
	struct words w;

	(void)release;
	hung_task_read(c, &t);
	if (!c->f.stack[0] && !t.lock[0])
		return -ENODATA;
	if (t.v.role != WAIT_UNKNOWN)
		snprintf(ret->conclusion, sizeof(ret->conclusion), "%s[%d] %s (%s).", t.comm, t.pid,
			 wait_role_words(t.v.role), t.v.site);
	else
		snprintf(ret->conclusion, sizeof(ret->conclusion),
			 "%s[%d] waits in %s; for what, is not known.", t.comm, t.pid,
			 c->f.function[0] ? c->f.function : "a function that is not shown");
	words_open(&w);
	say_task(&t, &w);
	ret->words = words_close(&w);
	ret->details = verdict_json(&t.v);
	if (t.oom_victim)
		json_object_set_new(ret->details, "oom_victim", json_true());
	if (t.owner_pid)
		json_object_set_new(ret->details, "owner",
				    json_pack("{s:o, s:i}", "comm", utf8_json(t.owner_comm), "pid",
					      t.owner_pid));
	return 0;
}

/* The tasks in the form of evidence/stacks.txt, so that they are grouped as those are. */
static json_t *classes_of(const struct hung_set *set)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (unsigned int i = 0; i < set->hung; i++) {
		const struct hung_task *t = &set->tasks[i];
		const char *other = strstr(t->c->f.stack, "--\n");
		int len = other ? (int)(other - t->c->f.stack) : (int)strlen(t->c->f.stack);

		fprintf(f, "==> %s:%d state D parent 0 wchan - <==\n%.*s\n", t->comm, t->pid, len,
			t->c->f.stack);
	}
	if (fclose(f))
		return NULL;
	return blocked_parse(text);
}

static void name_roles(json_t *classes, const struct hung_set *set)
{
	size_t i;
	json_t *class;

	json_array_foreach (classes, i, class) {
		const json_t *first = json_array_get(json_object_get(class, "tasks"), 0);
		const struct hung_task *t =
			hung_find(set, (int)json_integer_value(json_object_get(first, "pid")));

		if (t)
			json_object_update_new(class, verdict_json(&t->v));
	}
}

static json_t *chain_json(const struct chain *c)
{
	json_t *o = json_object(), *links = json_array(), *missing = json_array();

	for (unsigned int i = 0; i < c->count; i++) {
		const struct chain_link *l = &c->links[i];

		json_array_append_new(links, json_pack("{s:o, s:o, s:s, s:o}", "from",
						       utf8_json(l->from), "to", utf8_json(l->to),
						       "ground", link_ground_name(l->ground),
						       "because", utf8_json(l->because)));
	}
	for (unsigned int i = 0; i < c->missing_count; i++)
		json_array_append_new(missing, utf8_json(c->missing[i]));
	json_object_set_new(o, "links", links);
	json_object_set_new(o, "missing", missing);
	json_object_set_new(o, "closed", json_boolean(c->closed));
	return o;
}

static void say_roles(const struct hung_set *set, struct words *w, enum wait_role *ret_most)
{
	unsigned int counts[WAIT_ROLE_COUNT] = { 0 };

	for (unsigned int i = 0; i < set->hung; i++)
		counts[set->tasks[i].v.role]++;
	*ret_most = WAIT_UNKNOWN;
	for (int r = 0; r < WAIT_ROLE_COUNT; r++) {
		if (counts[r] > counts[*ret_most] || (r && !counts[*ret_most]))
			*ret_most = (enum wait_role)r;
		if (counts[r])
			words_say(w, "%u task%s: %s.", counts[r], counts[r] == 1 ? "" : "s",
				  wait_role_words((enum wait_role)r));
	}
}

static void say_chain(const struct chain *c, struct words *w)
{
	for (unsigned int i = 0; i < c->count; i++)
		words_say(w, "%s -> %s: %s [%s]", c->links[i].from,
			  c->links[i].to[0] ? c->links[i].to : "?", c->links[i].because,
			  link_ground_name(c->links[i].ground));
	for (unsigned int i = 0; i < c->missing_count; i++)
		words_say(w, "Missing: %s.", c->missing[i]);
}

static void conclude(const struct hung_set *set, const struct chain *c, size_t classes,
		     enum wait_role most, char *buf, size_t size)
{
	unsigned int of = 0;

	if (c->closed && c->victim && c->journal && c->holder) {
		snprintf(
			buf, size,
			"Deadlock: %s[%d] commits and waits for the handle of %s[%d], which asks "
			"for memory%s%s, whose victim %s[%d] cannot die: it waits for that commit.",
			c->journal->comm, c->journal->pid, c->holder->comm, c->holder->pid,
			c->oom && c->oom->memcg[0] ? " in " : "", c->oom ? c->oom->memcg : "",
			c->victim->comm, c->victim->pid);
		return;
	}
	if (c->closed) {
		snprintf(buf, size,
			 "Deadlock: locks are held in a circle by tasks that wait for "
			 "each other.");
		return;
	}
	if (c->journal && c->for_commit) {
		snprintf(buf, size,
			 "%u hung task%s; %u of them wait for a commit of %s[%d], which %s%s.",
			 set->hung, set->hung == 1 ? "" : "s", c->for_commit, c->journal->comm,
			 c->journal->pid,
			 c->journal->v.role == WAIT_JOURNAL_UPDATES
				 ? "waits until every open handle is closed"
				 : "waits for its device",
			 c->journal->v.role == WAIT_JOURNAL_UPDATES && !c->holder
				 ? "; who has one open, this log does not show"
				 : "");
		return;
	}
	for (unsigned int i = 0; i < set->hung; i++)
		of += set->tasks[i].v.role == most;
	snprintf(buf, size, "%u hung tasks in %zu place%s; %u: %s.", set->hung, classes,
		 classes == 1 ? "" : "s", of, wait_role_words(most));
}

static int all(const struct triage_case *cases, unsigned int count, const char *release,
	       struct explanation *ret)
{
	_cleanup_free_ struct hung_set *set = hung_set_new(cases, count);
	_cleanup_free_ struct chain *chain = malloc(sizeof(*chain));
	enum wait_role most;
	json_t *classes;
	struct words w;

	(void)release;
	if (!set || !chain)
		return -ENOMEM;
	wait_chain_make(set, chain);
	if (!set->hung || (set->hung < 2 && !chain->count))
		return -ENODATA;
	classes = classes_of(set);
	if (!classes)
		return -ENOMEM;
	name_roles(classes, set);
	words_open(&w);
	say_roles(set, &w, &most);
	say_chain(chain, &w);
	if (set->left_out)
		words_say(&w, "%u more hung tasks were left out.", set->left_out);
	ret->words = words_close(&w);
	conclude(set, chain, json_array_size(classes), most, ret->conclusion,
		 sizeof(ret->conclusion));
	ret->details = json_pack("{s:o, s:o}", "classes", classes, "chain", chain_json(chain));
	return 0;
}

const struct explain_ops explain_waits = {
	.name = "wait-chain", .takes = takes, .one = one, .all = all
};
