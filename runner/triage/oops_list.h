/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lib/list_debug.c says of a list whose neighbours disagree, from 2.6.32 to 7.x. Pure. */
#ifndef HANGAR_OOPS_LIST_H
#define HANGAR_OOPS_LIST_H

#include "triage/oops_read.h"

struct oops_list {
	bool known;
	char words[320];  /* for a sentence: "in list_del, prev->next ... is LIST_POISON1" */
	char detail[320]; /* what such a thing means */
	uint64_t expected, found;
};

/* @line: from "list_add" or "list_del" on; "" is not known. */
void oops_list_read(const char *line, enum oops_arch arch, struct oops_list *ret);

#endif
