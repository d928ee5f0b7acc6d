/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/meminfo has a line "MemFree:  123 kB" for each kind; /proc/buddyinfo a line "Node 0, zone
 * DMA32  5 3 2 ..." for each zone, its numbers being free blocks of order 0, 1, 2 and so on.
 */
#include "room.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/textfile.h"
#include "touch.h"

/* Sixty-four zones of eleven orders are more than any machine has that this runs on. */
#define TEXT_BYTES 8192

static int load(const char *root, const char *name, char *buf)
{
	char path[512];
	ssize_t len;

	snprintf(path, sizeof(path), "%s/proc/%s", root, name);
	len = textfile_read_at(AT_FDCWD, path, buf, TEXT_BYTES);
	return len < 0 ? (int)len : 0;
}

/* The value of a line "NAME:  123 kB", in bytes. */
static bool find_line(const char *text, const char *name, uint64_t *ret)
{
	size_t len = strlen(name);

	for (const char *line = text; line && *line;) {
		if (strncmp(line, name, len) == 0 && line[len] == ':') {
			*ret = strtoull(line + len + 1, NULL, 10) * 1024;
			return true;
		}
		line = strchr(line, '\n');
		line += line != NULL;
	}
	return false;
}

int room_free(const char *root, uint64_t *ret_bytes)
{
	char text[TEXT_BYTES];
	int err = load(root, "meminfo", text);

	if (err)
		return err;
	return find_line(text, "MemFree", ret_bytes) ? 0 : -EINVAL;
}

int room_available(const char *root, uint64_t *ret_bytes)
{
	char text[TEXT_BYTES];
	uint64_t free_bytes, cached = 0;
	int err = load(root, "meminfo", text);

	if (err)
		return err;
	if (find_line(text, "MemAvailable", ret_bytes))
		return 0;
	if (!find_line(text, "MemFree", &free_bytes))
		return -EINVAL;
	find_line(text, "Cached", &cached);
	*ret_bytes = free_bytes + cached / 2;
	return 0;
}

/* Of one line: blocks of @order and above. */
static uint64_t blocks_of_zone(const char *line, unsigned int order)
{
	const char *at = strstr(line, ", zone");
	uint64_t sum = 0;
	char *end;

	if (!at)
		return 0;
	at += strlen(", zone");
	at += strspn(at, " \t");
	at += strcspn(at, " \t\n"); /* the zone's name */
	for (unsigned int i = 0;; i++) {
		unsigned long long n;

		at += strspn(at, " \t");
		n = strtoull(at, &end, 10);
		if (end == at)
			return sum;
		if (i >= order && i < order + 32)
			sum += n << (i - order);
		at = end;
	}
}

int room_blocks(const char *root, unsigned int order, uint64_t *ret_blocks)
{
	char text[TEXT_BYTES];
	char *save = NULL;
	uint64_t sum = 0;
	int err = load(root, "buddyinfo", text);

	if (err)
		return err;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		sum += blocks_of_zone(line, order);
	*ret_blocks = sum;
	return 0;
}

unsigned int room_order(uint64_t bytes)
{
	uint64_t block = touch_page_bytes();
	unsigned int order = 0;

	for (; block < bytes && order < 32; block *= 2)
		order++;
	return order;
}
