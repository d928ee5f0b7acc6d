/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel makes the text while it is read: some 100,000 lines a second on a real CPU, a tenth of
 * that on an emulated one.
 */
#include "tracing/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/textfile.h"

int trace_buffer_open(struct trace_buffer *b, const char *home, unsigned int cpus)
{
	char path[700];

	*b = (struct trace_buffer){ .pipe_fd = -1 };
	if (path_format(path, sizeof(path), "%s/trace_pipe", home))
		return -ENAMETOOLONG;
	b->pipe_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (b->pipe_fd < 0)
		return -errno;
	for (unsigned int cpu = 0; cpu < cpus && b->cpus < TRACE_CPUS_MAX; cpu++) {
		int fd;

		if (path_format(path, sizeof(path), "%s/per_cpu/cpu%u/stats", home, cpu))
			break;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			b->stats[b->cpus++] = fd;
	}
	return 0;
}

void trace_buffer_close(struct trace_buffer *b)
{
	b->pipe_fd = close_fd(b->pipe_fd);
	while (b->cpus)
		close_fd(b->stats[--b->cpus]);
}

void trace_counts_add(struct trace_counts *c, const char *stats)
{
	for (const char *at = stats; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		const char *colon = strpbrk(at, ":\n");
		size_t length = colon && *colon == ':' ? (size_t)(colon - at) : 0;
		uint64_t value = length ? strtoull(colon + 1, NULL, 10) : 0;

		if (length == 7 && !memcmp(at, "entries", 7))
			c->entries += value;
		else if ((length == 7 && !memcmp(at, "overrun", 7)) ||
			 (length == 14 && !memcmp(at, "commit overrun", 14)))
			c->overrun += value;
		else if (length == 14 && !memcmp(at, "dropped events", 14))
			c->dropped += value;
	}
}

void trace_buffer_count(const struct trace_buffer *b, struct trace_counts *ret)
{
	char text[1024];

	memset(ret, 0, sizeof(*ret));
	for (unsigned int i = 0; i < b->cpus; i++)
		if (textfile_read_fd(b->stats[i], text, sizeof(text)) > 0)
			trace_counts_add(ret, text);
}

int trace_buffer_copy(const struct trace_buffer *b, int out_fd, uint64_t limit_us,
		      struct trace_tally *tally)
{
	const uint64_t until = now_us() + limit_us;
	char buf[8192];
	int err = 0;

	while (!err && now_us() < until) {
		ssize_t n = read(b->pipe_fd, buf, sizeof(buf));

		if (n == 0 || (n < 0 && errno == EAGAIN))
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0)
			continue;
		trace_tally_add(tally, buf, (size_t)n); /* the kernel gives whole lines */
		err = textfile_write_fd(out_fd, buf, (size_t)n);
	}
	return err ? err : 1;
}
