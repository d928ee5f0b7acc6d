/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Did the kernel take a limit? A write that succeeds is no proof: kernels since 5.16 accept
 * kmem.limit and drop it, and every memory limit is rounded down to pages. So each knob is read
 * back and held against what was written.
 */
#include "cgroup/knob_forms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The largest set told apart; the biggest kernels are built for 8192 CPUs. */
#define CPUS_MAX 8192

static size_t first_line(const char *text)
{
	return strcspn(text, "\n");
}

bool took_pages(const struct knob_input *in, const char *wrote, const char *read)
{
	uint64_t page = in->page_bytes ? in->page_bytes : 4096;
	uint64_t want = strtoull(wrote, NULL, 10);
	char *end;
	uint64_t have = strtoull(read, &end, 10);

	if (!strncmp(read, "max", 3)) /* v2, for all that is at or above its largest counter */
		return want / page >= (uint64_t)INT64_MAX / page;
	return end != read && have == want / page * page;
}

bool took_text(const struct knob_input *in, const char *wrote, const char *read)
{
	size_t len = first_line(read);

	return len == strlen(wrote) && !strncmp(read, wrote, len);
}

/* "0-2,5" into a bit a CPU. -EINVAL for anything that is no such list. */
static int cpus_parse(const char *text, unsigned char *set)
{
	memset(set, 0, CPUS_MAX / 8);
	while (*text && *text != '\n') {
		char *end;
		unsigned long from = strtoul(text, &end, 10), to = from;

		if (end == text)
			return -EINVAL;
		if (*end == '-') {
			text = end + 1;
			to = strtoul(text, &end, 10);
			if (end == text)
				return -EINVAL;
		}
		if (from > to || to >= CPUS_MAX)
			return -EINVAL;
		for (; from <= to; from++)
			set[from / 8] |= (unsigned char)(1u << (from % 8));
		text = *end == ',' ? end + 1 : end;
		if (text == end && *end && *end != '\n')
			return -EINVAL;
	}
	return 0;
}

bool took_cpus(const struct knob_input *in, const char *wrote, const char *read)
{
	unsigned char want[CPUS_MAX / 8], have[CPUS_MAX / 8];

	return !cpus_parse(wrote, want) && !cpus_parse(read, have) &&
	       !memcmp(want, have, sizeof(want));
}

/* Is @word one of the words of @line (both given by length, words parted by blanks)? */
static bool has_word(const char *line, size_t len, const char *word)
{
	size_t want = strlen(word), at = 0;

	while (at < len) {
		size_t n = strcspn(line + at, " \n");

		if (n > len - at)
			n = len - at;
		if (n == want && !strncmp(line + at, word, n))
			return true;
		at += n + 1;
	}
	return false;
}

bool took_device(const struct knob_input *in, const char *wrote, const char *read)
{
	const char *blank = strchr(wrote, ' ');
	size_t device;

	if (!blank)
		return false;
	device = (size_t)(blank - wrote) + 1; /* with its blank, so that "8:1" is not "8:16" */
	for (; *read; read += first_line(read) + (read[first_line(read)] == '\n'))
		if (!strncmp(read, wrote, device) && has_word(read, first_line(read), blank + 1))
			return true;
	return false;
}

bool took_oom_control(const struct knob_input *in, const char *wrote, const char *read)
{
	static const char key[] = "oom_kill_disable ";
	const char *at = strstr(read, key);

	return at && took_text(in, wrote, at + strlen(key));
}
