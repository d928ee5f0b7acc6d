/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The older forms are columns without names, and a task may have blanks in its name: so they are
 * read from the end of the line: flags, parent, pid, stack, perhaps an address or "running task",
 * and a single letter.
 */
#include "kmsg/task_header.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIF_MEMDIE_X86 (1u << 20)

static bool take_decimal(const char *p, int *ret)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(p, &end, 10);
	if (end == p || errno || value < 0 || value > INT32_MAX || (*end && *end != ' '))
		return false;
	*ret = (int)value;
	return true;
}

static bool take_hex(const char *p, uint64_t *ret)
{
	char *end;

	if (strncmp(p, "0x", 2))
		return false;
	errno = 0;
	*ret = strtoull(p + 2, &end, 16);
	return end > p + 2 && !errno && (!*end || *end == ' ');
}

static void take_comm(const char *from, const char *end, struct task_header *ret)
{
	while (end > from && end[-1] == ' ')
		end--;
	snprintf(ret->comm, sizeof(ret->comm), "%.*s", (int)(end - from), from);
}

static bool parse_named(const char *line, struct task_header *ret)
{
	const char *state = NULL, *pid, *flags, *ppid;

	for (const char *p = strstr(line, " state:"); p; p = strstr(p + 1, " state:"))
		state = p;
	if (!state)
		return false;
	pid = strstr(state, " pid:");
	ppid = strstr(state, " ppid:");
	flags = strstr(state, " flags:");
	if (!pid || !take_decimal(pid + 5 + strspn(pid + 5, " "), &ret->pid))
		return false;
	if (ppid)
		take_decimal(ppid + 6 + strspn(ppid + 6, " "), &ret->ppid);
	if (flags)
		take_hex(flags + 7, &ret->flags);
	ret->state = state[7];
	take_comm(line + 5, state, ret);
	return true;
}

/* Cut the last word off @line; NULL: none is left. */
static const char *last_word(const char *line, size_t *len)
{
	size_t end = *len, begin;

	while (end && line[end - 1] == ' ')
		end--;
	begin = end;
	while (begin && line[begin - 1] != ' ')
		begin--;
	*len = begin;
	return end > begin ? line + begin : NULL;
}

static bool is_address(const char *word)
{
	size_t n = strspn(word, "0123456789abcdef");

	return (n == 8 || n == 16) && word[n] == ' ';
}

/* "D", "R+", "(NOTLB)" never: one letter of the kernel's list. */
static bool is_state(const char *word)
{
	return word && strchr("RSDTtXZPIKW", word[0]) && word[1] == ' ';
}

static bool parse_columns(const char *line, struct task_header *ret)
{
	size_t len = strlen(line);
	const char *flags = last_word(line, &len), *ppid = last_word(line, &len);
	const char *pid = last_word(line, &len), *stack = last_word(line, &len), *word;
	int left;

	if (!flags || !ppid || !pid || !stack || !take_hex(flags, &ret->flags) ||
	    !take_decimal(ppid, &ret->ppid) || !take_decimal(pid, &ret->pid) ||
	    !take_decimal(stack, &left))
		return false;
	word = last_word(line, &len);
	if (word && is_address(word))
		word = last_word(line, &len);
	else if (word && !strncmp(word, "task ", 5))
		word = last_word(line, &len) ? last_word(line, &len) : NULL;
	if (!is_state(word) || !len)
		return false;
	ret->state = word[0];
	take_comm(line, line + len, ret);
	return ret->comm[0];
}

bool task_header_parse(const char *line, struct task_header *ret)
{
	memset(ret, 0, sizeof(*ret));
	return strncmp(line, "task:", 5) ? parse_columns(line, ret) : parse_named(line, ret);
}

bool task_header_oom_victim(const struct task_header *h)
{
	return h->flags & TIF_MEMDIE_X86;
}
