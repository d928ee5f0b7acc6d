/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rule holds when all of its terms do. A term is a name, '=' or '>', and a number; "kind=a|b" and
 * "mask~A|B" (one of these is part of it). Names are counters, or facts of the finding: order,
 * blocks, zones_ok. A counter that this kernel does not have lets the rule fall: nothing is said of
 * it. Of the rules of one subject the first that holds speaks.
 *
 * Where the kernel counts: compact_stall when direct compaction was really begun
 * (__alloc_pages_direct_compact() in mm/page_alloc.c, after try_to_compact_pages() did not refuse),
 * allocstall on entering direct reclaim of the machine (not of a group).
 */
#include "deltas/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAILED "kind=page-alloc-failure "
#define STANDS "kind=hung-task|stuck-task|stall|deadlock|soft-lockup|rcu-stall "

static const struct rule {
	const char *subject, *terms, *sentence;
} rules[] = {
	{ "compaction", FAILED "order>0 mask~GFP_ATOMIC|GFP_NOWAIT",
	  "the request may not wait ({mask}): neither reclaim nor compaction was open to it" },
	{ "compaction", FAILED "order>0 mask~GFP_NOFS|GFP_NOIO compact_stall=0",
	  "compact_stall did not move: compaction was refused for this mask ({mask}); direct "
	  "reclaim alone was to make {kb} KiB in one piece" },
	{ "compaction", FAILED "order>0 compact_stall=0",
	  "compact_stall did not move: direct compaction was not begun for this request ({mask}): "
	  "refused for its mask, or put off after failures before" },
	{ "compaction", FAILED "order>0 mask~GFP_NOFS|GFP_NOIO compact_stall>0",
	  "direct compaction was begun {compact_stall} times ({compact_success} successes), for "
	  "whom is not counted: before 4.10 it is refused to this mask ({mask}); a trace of the "
	  "set \"compaction\" tells who was refused" },
	{ "compaction", "compact_stall>0 compact_success=0",
	  "direct compaction was begun {compact_stall} times and never succeeded" },
	{ "compaction", "compact_stall>0",
	  "direct compaction was begun {compact_stall} times: {compact_success} successes, "
	  "{compact_fail} failures" },
	{ "kcompactd", "compact_daemon_wake>0", "kcompactd was woken {compact_daemon_wake} times" },
	{ "blocks", FAILED "zones_ok=0",
	  "{free_kb} KiB were free, and no zone was above its min watermark: shortage" },
	{ "blocks", FAILED "order>0 blocks=0",
	  "{free_kb} KiB were free, but no block of order {order} or above: fragmentation, not "
	  "shortage" },
	{ "blocks", FAILED "order>0 blocks>0",
	  "{free_kb} KiB were free, {blocks} blocks of order {order} or above among them: a "
	  "watermark, or the zones open to the request, kept them from it (or they became free "
	  "since)" },
	{ "blocks", FAILED "order=0", "{free_kb} KiB were free just after" },
	{ "reclaim", FAILED "allocstall*=0",
	  "allocstall did not move: the request never entered direct reclaim" },
	{ "reclaim", "allocstall*>0 pgsteal_direct*=0",
	  "direct reclaim was entered {allocstall*} times, looked at {pgscan_direct*} pages and "
	  "freed none" },
	{ "reclaim", "allocstall*>0",
	  "direct reclaim was entered {allocstall*} times: {pgscan_direct*} pages looked at, "
	  "{pgsteal_direct*} freed" },
	{ "oom", "oom_kill>0", "the OOM killer struck {oom_kill} times" },
	{ "disk", STANDS "pgpgin=0 pgpgout=0",
	  "pgpgin and pgpgout did not move for {seconds} s: no disk was read or written" },
	{ "disk", STANDS "pgpgout=0",
	  "pgpgout did not move for {seconds} s: nothing was written to any disk" },
	{ "writeback", STANDS "nr_dirtied>0 nr_written=0",
	  "{nr_dirtied} pages were made dirty and none was written back in {seconds} s" },
	{ "writeback", STANDS "nr_dirtied=0 nr_written=0",
	  "nr_dirtied and nr_written did not move for {seconds} s: nobody changed a file, and "
	  "nothing was written back" },
	{ "faults", STANDS "pgfault=0",
	  "pgfault did not move for {seconds} s: user space stood still" },
	{ "thp", "thp_deferred_split_page>0",
	  "{thp_deferred_split_page} huge pages were queued to be split, {thp_split_page} were "
	  "split" },
	{ "thp-fallback", "thp_fault_fallback>0",
	  "{thp_fault_fallback} page faults found no huge page, {thp_fault_alloc} did" },
	{ "swap", "pswpout>0", "{pswpout} pages went to swap, {pswpin} came back" },
	{ "migration", "pgmigrate_fail>0",
	  "{pgmigrate_fail} pages could not be moved, {pgmigrate_success} were" },
	{ "refaults", "workingset_refault*>1000",
	  "{workingset_refault*} pages were wanted again soon after they were reclaimed: what is "
	  "in use does not fit" },
	{ "dropped", "drop_pagecache>0",
	  "somebody dropped the page cache ({drop_pagecache} times)" },
};

const char *const delta_watched[] = {
	"compact_stall",   "compact_fail",   "compact_success", "allocstall*", "pgscan_direct*",
	"pgsteal_direct*", "pgscan_kswapd*", "oom_kill",        "pgpgin",      "pgpgout",
	"nr_dirtied",      "nr_written",     "pgfault",         NULL,
};

static bool number_of(const struct delta_facts *f, const char *name, int64_t *ret)
{
	if (!strcmp(name, "order"))
		*ret = f->order;
	else if (!strcmp(name, "blocks"))
		*ret = (int64_t)f->blocks;
	else if (!strcmp(name, "zones_ok"))
		*ret = (int64_t)f->zones_ok;
	else if (!strcmp(name, "free_kb"))
		*ret = (int64_t)f->free_kb;
	else if (!strcmp(name, "kb"))
		*ret = (int64_t)f->kb;
	else
		return delta_of(f->names, f->before, f->after, name, ret);
	return true;
}

/* Is one of "a|b" @word itself (@whole) or part of it? */
static bool one_of(const char *list, const char *word, bool whole)
{
	while (*list) {
		size_t length = strcspn(list, "|");
		char one[64];

		snprintf(one, sizeof(one), "%.*s", (int)length, list);
		if (whole ? !strcmp(one, word) : strstr(word, one) != NULL)
			return true;
		list += length + (list[length] == '|');
	}
	return false;
}

/* "compact_stall=0". False also for what is no term. */
static bool term_holds(const struct delta_facts *f, char *term)
{
	size_t length = strcspn(term, "=>~");
	char how = term[length], *value = term + length + (how != '\0');
	int64_t number;

	term[length] = '\0';
	if (!strcmp(term, "kind"))
		return one_of(value, finding_kind_name(f->kind), true);
	if (!strcmp(term, "mask"))
		return one_of(value, f->mask, false);
	if (!number_of(f, term, &number))
		return false;
	return how == '>' ? number > strtoll(value, NULL, 10)
			  : how == '=' && number == strtoll(value, NULL, 10);
}

static bool rule_holds(const struct delta_facts *f, const struct rule *r)
{
	char terms[256], *save = NULL;

	snprintf(terms, sizeof(terms), "%s", r->terms);
	for (char *t = strtok_r(terms, " ", &save); t; t = strtok_r(NULL, " ", &save))
		if (!term_holds(f, t))
			return false;
	return true;
}

static void put_word(const struct delta_facts *f, const char *word, char *buf, size_t size)
{
	int64_t number;

	if (!strcmp(word, "mask"))
		snprintf(buf, size, "%s", f->mask[0] ? f->mask : "not told");
	else if (!strcmp(word, "seconds"))
		snprintf(buf, size, "%" PRIu64 ".%" PRIu64, f->seconds10 / 10, f->seconds10 % 10);
	else if (number_of(f, word, &number))
		snprintf(buf, size, "%" PRId64, number);
	else
		snprintf(buf, size, "no"); /* as in "no failures": the kernel counts none */
}

static void put_sentence(const struct delta_facts *f, const char *sentence, char *buf, size_t size)
{
	size_t have = 0;

	while (*sentence && have + 1 < size) {
		size_t length = strcspn(sentence, "}");
		char word[64];

		if (*sentence != '{') {
			buf[have++] = *sentence++;
			continue;
		}
		snprintf(word, sizeof(word), "%.*s", (int)length - 1, sentence + 1);
		put_word(f, word, buf + have, size - have);
		have += strlen(buf + have);
		sentence += length + (sentence[length] == '}');
	}
	buf[have] = '\0';
}

unsigned int delta_sentences(const struct delta_facts *f, char *buf, size_t size)
{
	const char *spoken = "";
	unsigned int count = 0;
	size_t have = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		char line[512];
		size_t length;

		if (!strcmp(rules[i].subject, spoken) || !rule_holds(f, &rules[i]))
			continue;
		spoken = rules[i].subject;
		put_sentence(f, rules[i].sentence, line, sizeof(line));
		length = strlen(line);
		if (have + length + 2 > size)
			break;
		memcpy(buf + have, line, length);
		memcpy(buf + have + length, "\n", 2);
		have += length + 1;
		count++;
	}
	return count;
}

static bool term_parses(const char *term)
{
	size_t length = strcspn(term, "=>~");
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)length, term);
	if (!length || !term[length] || !term[length + 1])
		return false;
	if (!strcmp(name, "mask"))
		return term[length] == '~';
	if (strcmp(name, "kind"))
		return term[length] != '~';
	return term[length] == '=' &&
	       (strchr(term, '|') || finding_kind_parse(term + length + 1) != FINDING_NONE);
}

bool delta_rules_parse(void)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		char terms[256], *save = NULL;

		if (strlen(rules[i].terms) >= sizeof(terms))
			return false;
		snprintf(terms, sizeof(terms), "%s", rules[i].terms);
		for (char *t = strtok_r(terms, " ", &save); t; t = strtok_r(NULL, " ", &save))
			if (!term_parses(t))
				return false;
	}
	return true;
}
