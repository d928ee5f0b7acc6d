/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any process may write such a line. An id that no run directory has leads nowhere. */
#include "watch/mark.h"

#include <stdio.h>
#include <string.h>

#define BEGIN "hangar: run "
#define END ": the kernel log is watched from here"

const char *mark_make(const char *id, char *buf, size_t size)
{
	snprintf(buf, size, BEGIN "%s" END, id);
	return buf;
}

bool mark_parse(const char *text, char *id, size_t size)
{
	const char *begin = text + sizeof(BEGIN) - 1, *end;

	if (strncmp(text, BEGIN, sizeof(BEGIN) - 1) != 0)
		return false;
	end = strchr(begin, ':');
	if (!end || end == begin || (size_t)(end - begin) >= size ||
	    strncmp(end, END, sizeof(END) - 1) != 0)
		return false;
	memset(id, 0, size);
	memcpy(id, begin, (size_t)(end - begin));
	return true;
}
