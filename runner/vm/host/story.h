/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest's journal has told so far, line by line: enough to follow the run while it goes
 * on. Pure. */
#ifndef HANGAR_STORY_H
#define HANGAR_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "finding.h"
#include "verdict.h"

struct story {
	uint64_t lines;
	bool began; /* run-begin came */
	bool armed;
	bool asked; /* the trigger "vm" waits for our answer */
	bool ended; /* a verdict came */
	enum verdict verdict;
	char reason[512];
	char phase[64];
	unsigned int faults; /* findings that count, as the guest judged them */
	uint64_t told_us;    /* the latest kernel_us of any finding; 0: none had one */
	unsigned int alive;  /* copies started and not ended */
	double t;            /* of the last line, the guest's clock */
};

/* What a line was worth telling the user. */
enum story_step {
	STORY_QUIET,
	STORY_BEGAN,
	STORY_PHASE,
	STORY_FINDING, /* @ret_say has it in one line */
	STORY_ASKED,
	STORY_ENDED,
};

/* Take one line (JSON object, no newline) in. What is no JSON object is passed over. */
enum story_step story_line(struct story *s, const char *text, size_t size, char *ret_say,
			   size_t say_size);

#endif
