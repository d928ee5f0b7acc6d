/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of report.txt: what was measured around the findings. */
#ifndef HANGAR_PAGE_EVIDENCE_H
#define HANGAR_PAGE_EVIDENCE_H

#include <stdio.h>

#include "record.h"

void page_plants(const struct record *r, FILE *to); /* planted bugs, and how often they were hit */
void page_deltas(const struct record *r, FILE *to); /* what moved in memory, and what did not */
void page_trace(const struct record *r, FILE *to);  /* what was traced, and what was lost of it */

#endif
