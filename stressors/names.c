/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which names exist is remembered here and never asked from the file system: a look-up to find
 * something to remove would be a second load beside the one that was asked for. Taking a random
 * name is one draw and one move, however many there are. The folders are shared by all threads, so
 * that they meet in the folders' locks; the names are not.
 */
#include "names.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

#define NAMES_MAX (16u * 1024u * 1024u)

int names_init(struct names *n, unsigned int thread, uint64_t folders, uint64_t per_folder)
{
	uint64_t count = folders * per_folder;

	*n = (struct names){ thread, (uint32_t)folders, (uint32_t)per_folder };
	if (count > NAMES_MAX) {
		stressor_why("--dirs times --files is more than %u names", NAMES_MAX);
		return -EINVAL;
	}
	n->present = calloc(count, sizeof(*n->present));
	n->absent = calloc(count, sizeof(*n->absent));
	n->flags = calloc(count, sizeof(*n->flags));
	if (!n->present || !n->absent || !n->flags)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		n->absent[n->absent_count++] = i;
	return 0;
}

void names_clear(struct names *n)
{
	free(take_ptr(n->present));
	free(take_ptr(n->absent));
	free(take_ptr(n->flags));
}

static bool take(uint32_t *stack, uint32_t *count, struct stressor_run *run, uint32_t *ret)
{
	uint32_t i;

	if (*count == 0)
		return false;
	i = (uint32_t)stressor_below(run, *count);
	*ret = stack[i];
	stack[i] = stack[--*count];
	return true;
}

bool names_take_present(struct names *n, struct stressor_run *run, uint32_t *ret)
{
	return take(n->present, &n->present_count, run, ret);
}

bool names_take_absent(struct names *n, struct stressor_run *run, uint32_t *ret)
{
	return take(n->absent, &n->absent_count, run, ret);
}

bool names_take_any(struct names *n, struct stressor_run *run, uint32_t *ret, bool *ret_present)
{
	*ret_present = stressor_below(run, (uint64_t)n->present_count + n->absent_count + 1) <
		       n->present_count;
	if (*ret_present)
		return names_take_present(n, run, ret);
	if (names_take_absent(n, run, ret))
		return true;
	*ret_present = true;
	return names_take_present(n, run, ret);
}

void names_give(struct names *n, uint32_t index, bool present)
{
	if (present)
		n->present[n->present_count++] = index;
	else
		n->absent[n->absent_count++] = index;
}

/* printf() would take as long as some of the system calls that the name is for. */
static char *put_hex(char *to, uint32_t value)
{
	static const char digits[] = "0123456789abcdef";
	int shift = 0;

	while (shift < 28 && value >> (shift + 4))
		shift += 4;
	for (; shift >= 0; shift -= 4)
		*to++ = digits[(value >> shift) & 15];
	*to = '\0';
	return to;
}

void names_folder(uint32_t folder, char *buf)
{
	*buf++ = 'd';
	put_hex(buf, folder);
}

void names_path(const struct names *n, uint32_t index, enum name_kind kind, char *buf)
{
	static const char letters[] = { 'f', 'l', 's', 'm' };

	*buf++ = 'd';
	buf = put_hex(buf, index % n->folders);
	*buf++ = '/';
	buf = put_hex(buf, n->thread);
	*buf++ = '.';
	*buf++ = letters[kind];
	put_hex(buf, index / n->folders);
}
