/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of report.txt that only a run with an outside has: the guest, the dump, the vmcore; and the
 * blocked tasks. */
#ifndef HANGAR_PAGE_OUTSIDE_H
#define HANGAR_PAGE_OUTSIDE_H

#include <stdio.h>

#include "record.h"

void page_outside(const struct record *r, FILE *to); /* where it ran, who noticed first */
void page_dump(const struct record *r, FILE *to); /* each rung that was tried, and what it gave */
void page_reading(const struct record *r, FILE *to); /* what the vmcore says */
void page_blocked(const struct record *r, FILE *to); /* tasks by equal stacks */
void page_outside_notes(const struct record *r, FILE *to);

#endif
