/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "major minor name reads merged sectors ms writes merged sectors ms in-flight ...": twelfth field.
 */
#include "watch/disks.h"

#include <stdio.h>
#include <string.h>

static unsigned int place_of(struct disks *d, uint32_t number)
{
	unsigned int i;

	for (i = 0; i < d->count; i++)
		if (d->list[i].number == number)
			return i;
	if (d->count == DISKS_MAX) {
		d->more = true;
		return DISKS_MAX;
	}
	d->list[d->count].number = number;
	d->list[d->count].quiet_us = 0;
	return d->count++;
}

void disks_look(struct disks *d, const char *text, uint64_t now)
{
	while (*text) {
		unsigned int major, minor, under_way, i;

		if (sscanf(text, " %u %u %*s %*s %*s %*s %*s %*s %*s %*s %*s %u", &major, &minor,
			   &under_way) == 3) {
			i = place_of(d, major << 20 | minor);
			if (i < DISKS_MAX && !under_way)
				d->list[i].quiet_us = now;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

bool disks_moved_since(const struct disks *d, uint64_t since_us)
{
	if (d->more || !d->count)
		return false;
	for (unsigned int i = 0; i < d->count; i++)
		if (!d->list[i].quiet_us || d->list[i].quiet_us < since_us)
			return false;
	return true;
}
