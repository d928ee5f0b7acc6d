/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person sees while a scenario runs: on a terminal one live line that is rewritten,
 * elsewhere plain lines. Never allocates, never blocks: when the terminal takes no more (Ctrl-S, a
 * full pipe), a line is dropped.
 */
#ifndef HANGAR_PANEL_H
#define HANGAR_PANEL_H

#include <stdbool.h>
#include <stdint.h>

#include "finding.h"

struct panel {
	int fd;
	bool live; /* a terminal: the last line is rewritten */
	bool quiet;
	bool line_shown;
	uint64_t epoch_us, last_us;
	bool allowed_told[FINDING_KIND_COUNT];
};

struct panel_facts {
	const char *phase;
	uint64_t now_us, left_us;
	uint64_t steps_per_s, oom_kills, restarts;
	unsigned int alive;
	unsigned int findings; /* that count */
	unsigned int allowed;
	const char *watchers; /* "3 in D, memory some 12%" */
};

void panel_init(struct panel *p, int fd, bool quiet, bool plain, uint64_t epoch_us);
void panel_say(struct panel *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void panel_finding(struct panel *p, const struct finding *f);
void panel_update(struct panel *p,
		  const struct panel_facts *f); /* at most twice a second, plain: every 10 s */
void panel_clear(struct panel *p);              /* take the live line away */

#endif
