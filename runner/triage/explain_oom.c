/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An OOM report by the questions that people ask of it: whose limit, who asked, who died, who
 * stayed, and did the memory come back? The last one takes later reports: a group that runs out
 * again and again did not get it, or a new process took it at once.
 */
#include "triage/explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "triage/oom_again.h"
#include "triage/oom_say.h"
#include "triage/oom_story.h"
#include "triage/words.h"

static bool takes(const struct triage_case *c)
{
	return c->f.kind == FINDING_OOM_KILL || c->f.kind == FINDING_GLOBAL_OOM;
}

static void set_text(json_t *o, const char *key, const char *value)
{
	if (value[0])
		json_object_set_new(o, key, utf8_json(value));
}

static void set_number(json_t *o, const char *key, uint64_t value)
{
	if (value != OOM_NO_NUMBER)
		json_object_set_new(
			o, key, json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value));
}

static void set_amount(json_t *o, const char *key, const struct oom_amount *a)
{
	json_t *amount;

	if (!a->known)
		return;
	amount = json_object();
	set_number(amount, "usage_kb", a->usage_kb);
	if (!a->unlimited)
		set_number(amount, "limit_kb", a->limit_kb);
	set_number(amount, "failcnt", a->failcnt);
	json_object_set_new(o, key, amount);
}

static json_t *row_json(const struct oom_row *row)
{
	json_t *o = json_object();

	set_text(o, "name", row->name);
	json_object_set_new(o, "pid", json_integer(row->pid));
	set_number(o, "rss_pages", row->rss);
	set_number(o, "pgtables_bytes", row->pgtables_bytes);
	set_number(o, "swapents", row->swapents);
	json_object_set_new(o, "oom_score_adj", json_integer(row->adj));
	return o;
}

static json_t *killed_json(const struct oom_killed *k)
{
	json_t *o = json_object();

	set_text(o, "comm", k->comm);
	json_object_set_new(o, "pid", json_integer(k->pid));
	set_number(o, "total_vm_kb", k->vm_kb);
	set_number(o, "anon_rss_kb", k->anon_kb);
	set_number(o, "file_rss_kb", k->file_kb);
	set_number(o, "shmem_rss_kb", k->shmem_kb);
	set_number(o, "pgtables_kb", k->pgtables_kb);
	if (k->has_adj)
		json_object_set_new(o, "oom_score_adj", json_integer(k->adj));
	return o;
}

static json_t *asked_json(const struct oom_story *s)
{
	json_t *o = json_object();

	set_text(o, "comm", s->asked.comm);
	if (s->asked.pid)
		json_object_set_new(o, "pid", json_integer(s->asked.pid));
	set_text(o, "gfp", s->asked.gfp);
	json_object_set_new(o, "order", json_integer(s->asked.order));
	json_object_set_new(o, "oom_score_adj", json_integer(s->asked.adj));
	return o;
}

static json_t *stats_json(const struct oom_story *s)
{
	json_t *o = json_object();

	for (unsigned int i = 0; i < s->stat_count; i++)
		set_number(o, s->stats[i].name, s->stats[i].kb);
	return o;
}

static void put_lists(json_t *o, const struct oom_story *s)
{
	json_t *killed = json_array(), *largest = json_array();

	for (unsigned int i = 0; i < s->killed_count && i < OOM_KILLED_MAX; i++)
		json_array_append_new(killed, killed_json(&s->killed[i]));
	for (unsigned int i = 0; i < OOM_TOP && s->top[i].pid; i++)
		json_array_append_new(largest, row_json(&s->top[i]));
	json_object_set_new(o, "killed", killed);
	json_object_set_new(o, "largest", largest);
	if (s->spared_rows)
		json_object_set_new(o, "largest_spared", row_json(&s->spared));
}

static json_t *story_json(const struct oom_story *s)
{
	json_t *o = json_object();

	set_text(o, "scope", oom_scope_name(s->scope));
	set_text(o, "limit_memcg", s->limit_memcg);
	set_text(o, "victim_memcg", s->victim_memcg);
	set_amount(o, "memory", &s->memory);
	set_amount(o, "swap", &s->memsw);
	set_amount(o, "kmem", &s->kmem);
	if (s->stat_count)
		json_object_set_new(o, "stats_kb", stats_json(s));
	if (s->asked.known)
		json_object_set_new(o, "asked", asked_json(s));
	put_lists(o, s);
	json_object_set_new(o, "candidates", json_integer(s->rows));
	set_text(o, "already_exiting", s->exiting);
	set_text(o, "not_reaped", s->unreaped);
	set_text(o, "memory_back", oom_back_name(s));
	set_number(o, "free_kb", s->free_kb);
	set_number(o, "ram_pages", s->ram_pages);
	set_number(o, "swap_free_kb", s->swap_free_kb);
	set_number(o, "swap_total_kb", s->swap_total_kb);
	return o;
}

static int one(const struct triage_case *c, const char *release, struct explanation *ret)
{
	_cleanup_free_ struct oom_story *s = malloc(sizeof(*s));
	struct words w;

	(void)release;
	if (!s)
		return -ENOMEM;
	oom_story_read(c, s);
	if (!s->asked.known && !s->killed_count && !s->chosen_pid && !s->exiting[0])
		return -ENODATA;
	oom_conclude(s, ret->conclusion, sizeof(ret->conclusion));
	words_open(&w);
	oom_say(s, c->f.stack, &w);
	ret->words = words_close(&w);
	ret->details = story_json(s);
	return 0;
}

static int all(const struct triage_case *cases, unsigned int count, const char *release,
	       struct explanation *ret)
{
	(void)release;
	return oom_again(cases, count, ret);
}

const struct explain_ops explain_oom = { .name = "oom", .takes = takes, .one = one, .all = all };
