/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kill that helps is followed by quiet. What is followed by the next one within seconds either
 * freed nothing (the same process is chosen again) or made room that was taken at once (a service
 * manager starts it anew).
 */
#include "triage/oom_again.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "triage/oom_story.h"
#include "triage/words.h"

#define PLACES_MAX 16

struct place { /* a limit */
	char name[256];
	unsigned int kills, same_victim;
	uint64_t first_us, last_us, shortest_us;
	int last_pid;
	char last_comm[32];
};

struct places {
	struct place list[PLACES_MAX];
	unsigned int count, more;
};

static struct place *place_of(struct places *p, const char *name)
{
	for (unsigned int i = 0; i < p->count; i++)
		if (!strcmp(p->list[i].name, name))
			return &p->list[i];
	if (p->count == PLACES_MAX) {
		p->more++;
		return NULL;
	}
	p->list[p->count] = (struct place){ .shortest_us = UINT64_MAX };
	snprintf(p->list[p->count].name, sizeof(p->list[0].name), "%s", name);
	return &p->list[p->count++];
}

static void note(struct places *places, const struct triage_case *c, struct oom_story *s)
{
	struct place *p;

	oom_story_read(c, s);
	if (!s->limit_memcg[0])
		snprintf(s->limit_memcg, sizeof(s->limit_memcg), "%.200s",
			 c->f.kind == FINDING_GLOBAL_OOM ? "" : c->f.group);
	p = place_of(places, s->limit_memcg);
	if (!p || !c->f.pid)
		return;
	if (p->kills++) {
		uint64_t gap = c->f.kernel_us - p->last_us;

		if (c->f.kernel_us >= p->last_us && gap < p->shortest_us)
			p->shortest_us = gap;
		p->same_victim += c->f.pid == p->last_pid;
	} else {
		p->first_us = c->f.kernel_us;
	}
	p->last_us = c->f.kernel_us;
	p->last_pid = c->f.pid;
	snprintf(p->last_comm, sizeof(p->last_comm), "%s", c->f.comm);
}

static double seconds(uint64_t us)
{
	return (double)us / 1e6;
}

static json_t *place_json(const struct place *p)
{
	json_t *o = json_object();

	json_object_set_new(o, "limit", utf8_json(p->name[0] ? p->name : "machine"));
	json_object_set_new(o, "kills", json_integer(p->kills));
	json_object_set_new(o, "same_victim_again", json_integer(p->same_victim));
	if (p->last_us > p->first_us)
		json_object_set_new(o, "span_seconds",
				    json_real(seconds(p->last_us - p->first_us)));
	if (p->shortest_us != UINT64_MAX)
		json_object_set_new(o, "shortest_gap_seconds", json_real(seconds(p->shortest_us)));
	return o;
}

static void say(const struct place *p, struct words *w)
{
	const char *name = p->name[0] ? p->name : "the machine";

	if (p->last_us > p->first_us && p->shortest_us != UINT64_MAX)
		words_say(w, "%s: %u kills in %.1f s, the closest two %.3f s apart.", name,
			  p->kills, seconds(p->last_us - p->first_us), seconds(p->shortest_us));
	else
		words_say(w, "%s: %u kills.", name, p->kills);
	if (p->same_victim)
		words_say(w,
			  "  A process was chosen again after it had been killed: %s[%d] does not "
			  "die, so its memory does not come back.",
			  p->last_comm, p->last_pid);
}

static void tell(const struct places *places, struct explanation *ret)
{
	json_t *list = json_array();
	const struct place *most = &places->list[0];
	struct words w;

	words_open(&w);
	for (unsigned int i = 0; i < places->count; i++) {
		const struct place *p = &places->list[i];

		if (p->kills > most->kills)
			most = p;
		json_array_append_new(list, place_json(p));
		if (p->kills > 1)
			say(p, &w);
	}
	if (places->more)
		words_say(&w, "%u kills at further limits.", places->more);
	snprintf(ret->conclusion, sizeof(ret->conclusion), "%s ran out of memory %u times: %s.",
		 most->name[0] ? most->name : "The machine", most->kills,
		 most->same_victim ? "a victim does not die"
				   : "what each kill freed was taken again");
	ret->details = json_pack("{s:o}", "limits", list);
	ret->words = words_close(&w);
}

int oom_again(const struct triage_case *cases, unsigned int count, struct explanation *ret)
{
	_cleanup_free_ struct places *places = calloc(1, sizeof(*places));
	_cleanup_free_ struct oom_story *s = malloc(sizeof(*s));
	bool again = false;

	if (!places || !s)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		if (cases[i].f.kind == FINDING_OOM_KILL || cases[i].f.kind == FINDING_GLOBAL_OOM)
			note(places, &cases[i], s);
	for (unsigned int i = 0; i < places->count; i++)
		again |= places->list[i].kills > 1;
	if (!again)
		return -ENODATA;
	tell(places, ret);
	return 0;
}
