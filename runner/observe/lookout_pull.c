/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trigger, once an observation: the reason is on disk before it is pulled, and what came of it
 * is told afterwards, however long the board controller takes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "observe/lookout.h"

#define SYNC_WAIT_US 2000000u
/* ipmitool asks a few times with growing pauses before it gives up: about 20 s. */
#define LIMIT_US 30000000u

static void tell(struct lookout *l, const char *result, const char *detail)
{
	struct jline *line = journal_begin(l->journal, "trigger");

	jline_str(line, "name", l->o.remote.ops->name);
	jline_str(line, "result", result);
	jline_str(line, "detail", detail);
	journal_wait(l->journal, journal_commit(l->journal), SYNC_WAIT_US);
	if (!l->o.quiet && !l->o.json)
		printf("%8.1f s  trigger %s %s: %s\n", (double)(l->now - l->epoch_us) / 1e6,
		       l->o.remote.ops->name, result, detail);
}

static void fire(struct lookout *l, const char *const *words)
{
	int err;

	tell(l, "asked", l->errand_text);
	err = errand_start(&l->errand, words, l->now, LIMIT_US);
	if (err < 0)
		tell(l, "failed", strerror(-err));
	l->errand_told = err < 0;
}

static void decide(struct lookout *l)
{
	const struct pull_facts facts = {
		.has_trigger = l->o.remote.ops != &remote_none,
		.armed = l->o.arm,
		.panicked = l->text.panicked_us,
		.booted = l->vital.heard_us && l->text.booted_us > l->vital.heard_us,
		.superseded = vital_superseded(&l->vital),
	};
	const struct shot shot = { l->vital.run, l->vital.from, &l->cause };
	const char *words[ERRAND_WORDS_MAX] = { NULL }, *why;
	char detail[900];
	enum pull pull = pull_decide(&facts, &why);

	l->o.remote.ops->fire(&l->o.remote, &shot, words);
	errand_words(words, l->errand_text, sizeof(l->errand_text));
	snprintf(detail, sizeof(detail), "%s%s%s", why, l->errand_text[0] ? ": " : "",
		 l->errand_text);
	if (pull == PULL_FIRE)
		fire(l, words);
	else
		tell(l,
		     pull == PULL_SPARE   ? "spared"
		     : pull == PULL_WOULD ? "would"
					  : "none",
		     detail);
}

static void tell_errand(struct lookout *l)
{
	char said[480];

	l->errand_told = true;
	tell(l, errand_went_well(&l->errand) ? "done" : "failed",
	     errand_tell(&l->errand, said, sizeof(said)));
}

void lookout_pull(struct lookout *l)
{
	if (l->due && !l->pulled && l->now >= l->pull_at_us) {
		l->pulled = true;
		l->errand_told = true;
		l->over_at_us = l->now + l->o.settle_us;
		decide(l);
	}
	if (l->pulled && !l->errand_told && errand_poll(&l->errand, l->now))
		tell_errand(l);
}
