/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two streams in, one run directory out. The lines of one read are written together and synced
 * once, before anybody is told of them: what the host acts upon is on its disk. A line is there
 * whole or not at all.
 */
#include "vm/host/receive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "journal.h"
#include "vm/host/receive_file.h"
#include "vm/host/receive_words.h"

#define BATCH_BYTES (256u << 10)
#define READ_BYTES (64u << 10)
#define READS 16 /* in one call: then the other port, the monitor and the user have their turn */

int receiver_open(struct receiver *r, int dir_fd)
{
	struct receiver fresh = { .dir_fd = dir_fd,
				  .journal_fd = -1,
				  .file_fd = -1,
				  .exit_code = -1,
				  .bytes_max = r->bytes_max,
				  .line = r->line,
				  .ctx = r->ctx,
				  .batch = malloc(BATCH_BYTES) };
	int err = fresh.batch ? 0 : -ENOMEM;

	*r = fresh;
	for (int i = 0; i < RECEIVE_PORTS && !err; i++) {
		err = wire_decoder_init(&r->decoder[i]);
		r->decoder[i].expected = 1; /* the first frame may not be missing either */
	}
	if (err)
		receiver_close(r);
	return err;
}

void receiver_close(struct receiver *r)
{
	if (!r->batch && !r->decoder[0].buf)
		return; /* never opened: its descriptors are no numbers of ours */
	for (int i = 0; i < RECEIVE_PORTS; i++)
		wire_decoder_clear(&r->decoder[i]);
	receive_file_close(r);
	r->journal_fd = close_fd(r->journal_fd);
	free(take_ptr(r->batch));
}

static int open_journal(struct receiver *r)
{
	if (r->journal_fd < 0)
		r->journal_fd = openat(r->dir_fd, JOURNAL_FILE,
				       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	return r->journal_fd < 0 ? -errno : 0;
}

/* As far as it goes; what is left of a line behind the last whole one is cut off by the next try.
 */
static int append(struct receiver *r, const char *text, size_t size)
{
	uint64_t at = r->journal_end;
	int err = open_journal(r);

	while (!err && size) {
		ssize_t n = pwrite(r->journal_fd, text, size, (off_t)at);

		if (n < 0 && errno != EINTR)
			err = -errno;
		if (n <= 0)
			continue;
		for (ssize_t i = 0; i < n; i++)
			if (text[i] == '\n')
				r->journal_end = at + (uint64_t)i + 1;
		at += (uint64_t)n;
		text += n;
		size -= (size_t)n;
	}
	if (r->journal_fd >= 0 && at != r->journal_end &&
	    ftruncate(r->journal_fd, (off_t)r->journal_end))
		err = -errno;
	if (r->journal_fd >= 0 && fdatasync(r->journal_fd) < 0 && !err)
		err = -errno;
	return err;
}

static void commit_lines(struct receiver *r)
{
	const char *line = r->batch, *end = r->batch + r->batch_size;
	int err;

	if (!r->batch_size)
		return;
	err = append(r, r->batch, r->batch_size);
	if (err && !r->file_error)
		r->file_error = err;
	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (r->line)
			r->line(r->ctx, line, (size_t)(stop - line));
		line = stop + 1;
	}
	r->batch_size = 0;
}

static void take_line(struct receiver *r, const struct wire_frame *f)
{
	const char *text = (const char *)f->payload;

	if (!f->size || f->size > JOURNAL_LINE_MAX || memchr(text, '\0', f->size) ||
	    memchr(text, '\n', f->size) != text + f->size - 1) {
		receive_refuse(r, "a journal line that is no line");
		return;
	}
	if (!receive_has_room(r, JOURNAL_FILE, 0, f->size))
		return;
	r->lines++;
	r->bytes += f->size;
	memcpy(r->batch + r->batch_size, text, f->size);
	r->batch_size += f->size;
}

static void take_frame(struct receiver *r, enum receive_port port, const struct wire_frame *f,
		       uint64_t now)
{
	r->heard_us = now;
	if (port == RECEIVE_FILES)
		r->files_heard_us = now;
	if (f->type == WIRE_LINE && port == RECEIVE_JOURNAL)
		take_line(r, f);
	else if (f->type == WIRE_FILE && port == RECEIVE_FILES)
		receive_file(r, f->payload, f->size);
	else if (f->type == WIRE_HELLO || f->type == WIRE_END ||
		 (f->type == WIRE_BEAT && port == RECEIVE_JOURNAL))
		receive_words(r, port, f, now);
	else
		receive_refuse(r, "a frame of type %d on the wrong port", (int)f->type);
}

static void take_frames(struct receiver *r, enum receive_port port, uint64_t now)
{
	struct wire_frame f;

	while (wire_next(&r->decoder[port], &f) == 1) {
		if (r->batch_size + JOURNAL_LINE_MAX > BATCH_BYTES)
			commit_lines(r);
		take_frame(r, port, &f, now);
	}
}

void receiver_take(struct receiver *r, enum receive_port port, const void *data, size_t size,
		   uint64_t now)
{
	const char *p = data;

	while (size) {
		size_t n = wire_feed(&r->decoder[port], p, size);

		take_frames(r, port, now);
		p += n;
		size -= n;
	}
	commit_lines(r);
}

/* What stood behind a torn frame and waited for its rest. */
static int take_end(struct receiver *r, enum receive_port port, uint64_t now)
{
	wire_end(&r->decoder[port]);
	take_frames(r, port, now);
	commit_lines(r);
	return 0;
}

int receiver_read(struct receiver *r, enum receive_port port, int fd, uint64_t now)
{
	char buf[READ_BYTES];

	for (int i = 0; i < READS; i++) {
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n > 0)
			receiver_take(r, port, buf, (size_t)n, now);
		else if (n == 0 || errno == ECONNRESET || errno == EIO)
			return take_end(r, port, now);
		else if (errno == EAGAIN)
			return 1;
		else if (errno != EINTR)
			return -errno;
	}
	return 1;
}
