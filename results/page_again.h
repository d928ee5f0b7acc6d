/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Part of report.txt: how to run it again. */
#ifndef HANGAR_PAGE_AGAIN_H
#define HANGAR_PAGE_AGAIN_H

#include <stdio.h>

#include "record.h"

/* The command that makes the same random choices; nothing when the scenario is not known. */
void page_again(const struct record *r, FILE *to);

#endif
