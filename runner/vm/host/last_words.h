/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dead guest's kernel log says that the guest's own journal did not live to tell. */
#ifndef HANGAR_LAST_WORDS_H
#define HANGAR_LAST_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "kmsg/kmsg.h"

struct last_words {
	const char *run_dir;
	/* The kernel's timestamp of the last finding that came through the journal, microseconds;
	 * 0: none came. What was said until then was told. */
	uint64_t told_us;
	bool crash_is_ours; /* the ladder ended the guest: its trigger's own words are no fault */
};

/*
 * Findings of vmcore-dmesg.txt, else of the console, to @take as kmsg_reader tells them. What is
 * older than kmsg.log is of the boot, from before the guest's watch, and left out.
 */
void last_words_read(const struct last_words *w, kmsg_take_fn take, void *ctx);

#endif
