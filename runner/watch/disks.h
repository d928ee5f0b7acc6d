/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks with requests under way, from /proc/diskstats. A task may wait for a page that is on its
 * way to a disk that stands still: that is no deadlock. Such a disk is one that was never seen
 * without a request.
 */
#ifndef HANGAR_WATCH_DISKS_H
#define HANGAR_WATCH_DISKS_H

#include <stdbool.h>
#include <stdint.h>

#define DISKS_MAX 128 /* what is more is taken for one that is busy */

struct disks {
	struct {
		uint32_t number;   /* major << 20 | minor */
		uint64_t quiet_us; /* when it was last seen without a request, 0: never */
	} list[DISKS_MAX];
	unsigned int count;
	bool more;
};

/* One reading; text that is no diskstats adds nothing. Pure. */
void disks_look(struct disks *d, const char *text, uint64_t now);
/* Was every disk seen without a request at @since_us or later? False while nothing was read. */
bool disks_moved_since(const struct disks *d, uint64_t since_us);

#endif
