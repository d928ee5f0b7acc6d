/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames out of and into a stream that may be torn anywhere: a guest dies in the middle of a write,
 * its crash kernel resets the device and begins anew. So a frame is believed when its checksum
 * fits, and from any other byte the search goes on one byte further. A torn frame's header promises
 * bytes that never come: they are made up by what follows it, or the stream's end says that there
 * are no more.
 */
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <zlib.h>

#define BUFFER_BYTES (WIRE_HEADER_BYTES + WIRE_PAYLOAD_MAX)
#define CHECKED_BYTES 16 /* of the header: all before the checksum */
#define WAIT_MS 20

static const unsigned char magic[4] = { 'H', 'G', 'R', '1' };

static void put32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

static uint32_t get32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t checksum(const unsigned char *header, const void *payload, uint32_t size)
{
	uLong sum = crc32(0, header, CHECKED_BYTES);

	return (uint32_t)(size ? crc32(sum, payload, size) : sum);
}

void wire_header(enum wire_type type, uint32_t sequence, const void *payload, uint32_t size,
		 unsigned char ret[WIRE_HEADER_BYTES])
{
	memcpy(ret, magic, sizeof(magic));
	put32(ret + 4, (uint32_t)type);
	put32(ret + 8, sequence);
	put32(ret + 12, size);
	put32(ret + 16, checksum(ret, payload, size));
}

/* Without a SIGPIPE where that can be asked for: on sockets. */
static ssize_t write_some(int fd, const struct iovec *piece, int n)
{
	struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)piece,
			      .msg_iovlen = (size_t)n };
	ssize_t done = sendmsg(fd, &msg, MSG_NOSIGNAL);

	return done < 0 && errno == ENOTSOCK ? writev(fd, piece, n) : done;
}

/*
 * Never for long: virtio_console wakes nobody when another thread's poll() of the same port
 * happened to collect the buffers that the host gave back. Nor is a hang-up the end: before the
 * host's end is open such a port polls as hung up. That nobody is there any more is for the write
 * to say.
 */
static int wait_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int n = poll(&p, 1, WAIT_MS);

	if (n < 0 && errno != EINTR)
		return -errno;
	if (n > 0 && !(p.revents & POLLOUT))
		poll(NULL, 0, WAIT_MS);
	return 0;
}

static void pass_over(struct iovec piece[2], size_t done)
{
	for (int i = 0; i < 2; i++) {
		size_t n = done < piece[i].iov_len ? done : piece[i].iov_len;

		piece[i].iov_base = (char *)piece[i].iov_base + n;
		piece[i].iov_len -= n;
		done -= n;
	}
}

int wire_send(int fd, enum wire_type type, uint32_t sequence, const void *payload, uint32_t size)
{
	unsigned char header[WIRE_HEADER_BYTES];
	struct iovec piece[2] = { { header, sizeof(header) },
				  { (void *)(uintptr_t)payload, size } };

	if (size > WIRE_PAYLOAD_MAX)
		return -EMSGSIZE;
	wire_header(type, sequence, payload, size, header);
	while (piece[0].iov_len || piece[1].iov_len) {
		ssize_t done = write_some(fd, piece, 2);
		int r = 0;

		if (done >= 0)
			pass_over(piece, (size_t)done);
		else if (errno == EAGAIN)
			r = wait_writable(fd);
		else if (errno != EINTR)
			r = -errno;
		if (r < 0)
			return r;
	}
	return 0;
}

int wire_decoder_init(struct wire_decoder *w)
{
	*w = (struct wire_decoder){ .buf = malloc(BUFFER_BYTES) };
	return w->buf ? 0 : -ENOMEM;
}

void wire_decoder_clear(struct wire_decoder *w)
{
	free(w->buf);
	*w = (struct wire_decoder){ 0 };
}

size_t wire_feed(struct wire_decoder *w, const void *data, size_t size)
{
	size_t room;

	if (w->start) {
		memmove(w->buf, w->buf + w->start, w->have - w->start);
		w->have -= w->start;
		w->start = 0;
	}
	room = BUFFER_BYTES - w->have;
	if (size > room)
		size = room;
	memcpy(w->buf + w->have, data, size);
	w->have += size;
	return size;
}

void wire_end(struct wire_decoder *w)
{
	w->ended = true;
}

/* To the next place where a frame can begin. */
static void seek_magic(struct wire_decoder *w)
{
	const unsigned char *from = w->buf + w->start, *end = w->buf + w->have, *p = from;

	while (p < end) {
		size_t left = (size_t)(end - p), n = left < sizeof(magic) ? left : sizeof(magic);

		if (!memcmp(p, magic, n))
			break;
		p = left > 1 ? memchr(p + 1, magic[0], left - 1) : NULL;
		if (!p)
			p = end;
	}
	w->bad_bytes += (uint64_t)(p - from);
	w->start += (size_t)(p - from);
}

static void skip_byte(struct wire_decoder *w)
{
	w->start++;
	w->bad_bytes++;
}

static bool header_sane(const unsigned char *h)
{
	uint32_t type = get32(h + 4);

	return type >= WIRE_HELLO && type <= WIRE_DO && get32(h + 12) <= WIRE_PAYLOAD_MAX;
}

/* A lower number than expected is another writer, who began anew: nothing of his is missing. */
static void follow_sequence(struct wire_decoder *w, uint32_t sequence)
{
	if (w->expected && sequence > w->expected)
		w->lost += sequence - w->expected;
	w->expected = sequence + 1;
}

static void hand_out(struct wire_decoder *w, const unsigned char *h, struct wire_frame *ret)
{
	*ret = (struct wire_frame){ .type = (enum wire_type)get32(h + 4),
				    .sequence = get32(h + 8),
				    .size = get32(h + 12),
				    .payload = h + WIRE_HEADER_BYTES };
	w->start += WIRE_HEADER_BYTES + ret->size;
	follow_sequence(w, ret->sequence);
}

int wire_next(struct wire_decoder *w, struct wire_frame *ret)
{
	for (;;) {
		const unsigned char *h;
		size_t left;

		seek_magic(w);
		h = w->buf + w->start;
		left = w->have - w->start;
		if (left >= WIRE_HEADER_BYTES && !header_sane(h)) {
			skip_byte(w);
			continue;
		}
		if (left < WIRE_HEADER_BYTES || left - WIRE_HEADER_BYTES < get32(h + 12)) {
			if (!w->ended || !left)
				return 0;
			skip_byte(w);
			continue;
		}
		if (get32(h + 16) == checksum(h, h + WIRE_HEADER_BYTES, get32(h + 12))) {
			hand_out(w, h, ret);
			return 1;
		}
		skip_byte(w);
	}
}
