/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As JSON:
 *   runs       [{dir, id, state ("dump" "none" "killed" "ambiguous" "skipped"), why, certain,
 * verdict, reason, dumps: [PATH]}] unclaimed  [{path, kind ("kdump" "pstore"), name, when, release,
 * panic, torn}]
 */
#include "collect/tell.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/utf8.h"

static const char *const state_words[] = {
	[PAIR_DUMP] = "dump",           [PAIR_NONE] = "none",       [PAIR_KILLED] = "killed",
	[PAIR_AMBIGUOUS] = "ambiguous", [PAIR_SKIPPED] = "skipped",
};

void tell_begin(struct tell *t, bool json, bool quiet)
{
	*t = (struct tell){ .quiet = quiet };
	if (json)
		t->out = json_pack("{s:[], s:[]}", "runs", "unclaimed");
}

static void set_text(json_t *o, const char *key, const char *text)
{
	if (text && text[0])
		json_object_set_new(o, key, utf8_json(text));
}

static void run_json(struct tell *t, const struct lost *l, const struct pair *p,
		     const struct completion *done, const char *error)
{
	json_t *o = json_object(), *dumps = json_array();

	set_text(o, "dir", l->path);
	set_text(o, "id", l->id);
	set_text(o, "state", state_words[p->state]);
	set_text(o, "why", p->why);
	set_text(o, "error", error);
	if (p->state == PAIR_DUMP)
		json_object_set_new(o, "certain", json_boolean(p->fit == FIT_CERTAIN));
	if (done && p->state != PAIR_SKIPPED) {
		set_text(o, "verdict", verdict_name(done->verdict));
		set_text(o, "reason", done->reason);
	}
	for (int i = 0; i < 2; i++)
		if (p->relics[i])
			json_array_append_new(dumps, utf8_json(p->relics[i]->path));
	json_object_set_new(o, "dumps", dumps);
	json_array_append_new(json_object_get(t->out, "runs"), o);
}

static void line(const char *a, const char *b, const char *c, const char *d)
{
	const char *const parts[] = { a, b, c, d };

	for (int i = 0; i < 4; i++)
		escape_plain(stdout, parts[i]);
	putchar('\n');
}

void tell_run(struct tell *t, const struct lost *l, const struct pair *p,
	      const struct completion *done, const char *error)
{
	if (t->out) {
		run_json(t, l, p, done, error);
		return;
	}
	if (p->state == PAIR_SKIPPED)
		return;
	t->told++;
	if (!done) {
		line(l->path, ": not collected: ", error && error[0] ? error : p->why, "");
		return;
	}
	line(l->path, ": ", verdict_name(done->verdict), "");
	line("  ", done->reason, "", "");
	for (int i = 0; i < 2; i++)
		if (p->relics[i])
			line("  from ", p->relics[i]->path,
			     p->fit == FIT_CERTAIN ? ", whose log names the run"
						   : ", by time and release",
			     "");
	if (p->why[0])
		line("  ", p->why, "", "");
	if (done->vmcore[0])
		line("  vmcore: ", l->path, "/vmcore, ", done->vmcore);
	line("  report: ", l->path, "/report.txt", "");
}

/* By a run of now, or by one that was collected before. */
static bool is_claimed(const struct relic *r, const struct losts *runs, const struct pair *pairs)
{
	for (unsigned int i = 0; i < runs->count; i++)
		if (pairs[i].relics[r->kind] == r ||
		    (runs->list[i].collected && relic_run_index(r, runs->list[i].id) >= 0))
			return true;
	return false;
}

static void unclaimed_json(json_t *to, const struct relic *r)
{
	json_t *o = json_object();

	set_text(o, "path", r->path);
	set_text(o, "kind", r->kind == RELIC_KDUMP ? "kdump" : "pstore");
	set_text(o, "name", r->name);
	json_object_set_new(o, "when", json_integer((json_int_t)r->when));
	set_text(o, "release", r->release);
	set_text(o, "panic", r->panic);
	set_text(o, "torn", r->torn);
	json_array_append_new(to, o);
}

void tell_end(struct tell *t, const struct relics *relics, const struct losts *runs,
	      const struct pair *pairs)
{
	for (unsigned int i = 0; i < relics->count; i++) {
		const struct relic *r = &relics->list[i];

		if (is_claimed(r, runs, pairs))
			continue;
		if (t->out)
			unclaimed_json(json_object_get(t->out, "unclaimed"), r);
		else if (!t->quiet)
			line("of no unfinished run: ", r->name, r->panic[0] ? ": " : "", r->panic);
	}
	if (t->out)
		json_dumpf(t->out, stdout, JSON_INDENT(2));
	if (t->out)
		putchar('\n');
	else if (!t->told && !t->quiet)
		puts("nothing to collect");
	tell_drop(t);
}

void tell_drop(struct tell *t)
{
	json_decref(t->out);
	t->out = NULL;
}
