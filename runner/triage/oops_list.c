/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before a list is changed the kernel looks whether the neighbours of the entry point back to it.
 * Which of them does not, and what stands there instead, tells whether the entry was deleted twice,
 * a neighbour was freed while it was on the list, or memory was overwritten.
 */
#include "triage/oops_list.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/oops_poison.h"
#include "triage/scan_text.h"

static const struct {
	const char *holds;            /* in the line */
	const char *expected, *found; /* in front of either value */
	const char *words;            /* what does not hold */
	const char *means;
} forms[] = {
	{ "list_add corruption. next->prev should be prev (", "should be prev (", "but was ",
	  "list_add: next->prev is not prev",
	  "The entry behind the new one does not point back: it was freed, or overwritten, or the "
	  "list was changed without its lock." },
	{ "list_add corruption. prev->next should be next (", "should be next (", "but was ",
	  "list_add: prev->next is not next",
	  "The entry in front of the new one does not point to its successor: it was freed, or "
	  "overwritten, or the list was changed without its lock." },
	{ "list_add corruption. next is NULL", NULL, NULL, "list_add: next is NULL",
	  "The list was never initialised, or was zeroed." },
	{ "list_add corruption. prev is NULL", NULL, NULL, "list_add: prev is NULL",
	  "The list was never initialised, or was zeroed." },
	{ "list_add double add", NULL, NULL, "list_add: the entry is on this list already",
	  "The same entry was added twice." },
	{ "list_del corruption. prev->next should be ", "should be ", "but was ",
	  "list_del: prev->next does not point to the entry",
	  "The entry in front does not know this one: it was freed or overwritten, or this one was "
	  "taken off by somebody else without the lock." },
	{ "list_del corruption. next->prev should be ", "should be ", "but was ",
	  "list_del: next->prev does not point to the entry",
	  "The entry behind does not know this one: it was freed or overwritten, or this one was "
	  "taken off by somebody else without the lock." },
	{ "->next is LIST_POISON1", NULL, "LIST_POISON1 (",
	  "list_del: the entry's next is LIST_POISON1",
	  "The entry was deleted before: a second list_del." },
	{ "->prev is LIST_POISON2", NULL, "LIST_POISON2 (",
	  "list_del: the entry's prev is LIST_POISON2",
	  "The entry was deleted before: a second list_del." },
	{ "->next is NULL", NULL, NULL, "list_del: the entry's next is NULL",
	  "The entry was never put on a list, or was zeroed." },
	{ "->prev is NULL", NULL, NULL, "list_del: the entry's prev is NULL",
	  "The entry was never put on a list, or was zeroed." },
	/* 2.6.32 */
	{ "list_add corruption. next->prev should be ", "should be ", "but was ",
	  "list_add: next->prev is not prev", "The entry behind the new one does not point back." },
	{ "list_add corruption. prev->next should be ", "should be ", "but was ",
	  "list_add: prev->next is not next",
	  "The entry in front of the new one does not point on." },
};

static bool value_behind(const char *line, const char *words, uint64_t *ret)
{
	const char *p = words ? strstr(line, words) : NULL;

	return p && scan_hex(p + strlen(words), ret);
}

void oops_list_read(const char *line, enum oops_arch arch, struct oops_list *ret)
{
	*ret = (struct oops_list){ .known = false };
	for (size_t i = 0; line[0] && i < ARRAY_SIZE(forms) && !ret->known; i++) {
		char looks[160] = "";
		bool found;

		if (!strstr(line, forms[i].holds))
			continue;
		ret->known = true;
		value_behind(line, forms[i].expected, &ret->expected);
		found = value_behind(line, forms[i].found, &ret->found);
		if (found)
			oops_looks(arch, ret->found, looks, sizeof(looks));
		if (found)
			snprintf(ret->words, sizeof(ret->words), "%s, it is 0x%llx%s%s",
				 forms[i].words, (unsigned long long)ret->found,
				 looks[0] ? " = " : "", looks);
		else
			snprintf(ret->words, sizeof(ret->words), "%s", forms[i].words);
		snprintf(ret->detail, sizeof(ret->detail), "%s", forms[i].means);
	}
}
