/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines leave the machine right behind the disk. The wire has a reader who may stop to read: a host
 * that is short of memory, that takes a dump, that was killed. He is waited for once, for a bounded
 * time; after that lines pass him by, counted in the frames' sequence, until he takes the rest of
 * the frame at which he stopped. Nothing here allocates.
 */
#include "journal_mirror.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "journal_ring.h"
#include "wire.h"

/* Long enough for a host that swaps, short enough for a loop that waits 2 s for a finding to be
 * safe. */
#define GIVE_UP_US 2000000u
#define BEAT_US 1000000u
/*
 * A port whose host has gone polls as hung up and would spin; and one that another thread polls,
 * too, may forget to wake us (see wire.c).
 */
#define NAP_MS 50

static struct mirror *mirror_of(struct journal *j)
{
	return atomic_load(&j->mirror.state) == MIRROR_NONE ? NULL : &j->mirror;
}

static ssize_t put(int fd, const unsigned char *data, size_t size)
{
	ssize_t n = send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);

	return n < 0 && errno == ENOTSOCK ? write(fd, data, size) : n;
}

static void wait_for_room(int fd, uint64_t us)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int ms = us / 1000 >= NAP_MS ? NAP_MS : (int)(us / 1000) + 1;

	if (poll(&p, 1, ms) > 0 && !(p.revents & POLLOUT))
		poll(NULL, 0, ms);
}

static void die(struct mirror *m, int err)
{
	atomic_store(&m->error, err);
	atomic_store(&m->state, MIRROR_DEAD);
}

/* Out with what is packed. true: the buffer is empty again. */
static bool flush(struct mirror *m)
{
	uint64_t now = now_us(), deadline = now + GIVE_UP_US;
	bool patient = atomic_load(&m->state) == MIRROR_FLOWS;

	while (m->sent < m->size && atomic_load(&m->state) != MIRROR_DEAD) {
		ssize_t n = put(m->fd, m->buf + m->sent, m->size - m->sent);

		if (n > 0) {
			m->sent += (size_t)n;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			die(m, -errno);
		} else {
			now = now_us();
			if (!patient || now >= deadline) {
				atomic_store(&m->state, MIRROR_STALLED);
				return false;
			}
			wait_for_room(m->fd, deadline - now);
		}
	}
	if (m->sent < m->size)
		return false;
	m->size = m->sent = 0;
	atomic_store(&m->state, MIRROR_FLOWS);
	return true;
}

/* Room for a payload of @size in the buffer, or NULL: the wire does not take what is in it. */
static unsigned char *room_for(struct mirror *m, size_t size)
{
	if (m->size + WIRE_HEADER_BYTES + size > sizeof(m->buf) && !flush(m))
		return NULL;
	if (atomic_load(&m->state) != MIRROR_FLOWS)
		return NULL;
	return m->buf + m->size + WIRE_HEADER_BYTES;
}

/* The payload is in place behind the room for its header. */
static void seal(struct mirror *m, enum wire_type type, size_t size)
{
	unsigned char *frame = m->buf + m->size;

	wire_header(type, ++m->sequence, frame + WIRE_HEADER_BYTES, (uint32_t)size, frame);
	m->size += WIRE_HEADER_BYTES + size;
}

static void copy_from_ring(const struct journal *j, uint64_t from, size_t size, unsigned char *to)
{
	size_t at = from % RING_BYTES, first = RING_BYTES - at < size ? RING_BYTES - at : size;

	memcpy(to, j->ring + at, first);
	memcpy(to + first, j->ring, size - first);
}

static uint64_t line_end(const struct journal *j, uint64_t from, uint64_t to)
{
	while (from < to)
		if (j->ring[from++ % RING_BYTES] == '\n')
			return from;
	return 0;
}

void mirror_lines(struct journal *j, uint64_t head)
{
	struct mirror *m = mirror_of(j);
	uint64_t end;

	if (!m)
		return;
	flush(m);
	for (; (end = line_end(j, m->at, head)) != 0; m->at = end) {
		size_t size = (size_t)(end - m->at);
		unsigned char *to = room_for(m, size);

		if (to) {
			copy_from_ring(j, m->at, size, to);
			seal(m, WIRE_LINE, size);
		} else {
			m->sequence++;
			atomic_fetch_add(&m->lost, 1);
		}
	}
	flush(m);
}

void mirror_beat(struct journal *j)
{
	struct mirror *m = mirror_of(j);
	uint64_t now = now_us();
	struct jline line;
	unsigned char *to;

	if (!m || now < m->next_beat_us)
		return;
	m->next_beat_us = now + BEAT_US;
	flush(m);
	to = room_for(m, 256);
	if (!to)
		return;
	jline_begin(&line, (char *)to, 256);
	jline_uint(&line, "ticks", atomic_load(&m->ticks));
	jline_uint(&line, "mono_us", now);
	seal(m, WIRE_BEAT, jline_end(&line));
	flush(m);
}

uint64_t mirror_idle_us(const struct journal *j)
{
	const struct mirror *m = &j->mirror;
	uint64_t now = now_us();
	int state = atomic_load(&m->state);

	if (state == MIRROR_NONE || state == MIRROR_DEAD)
		return UINT64_MAX;
	return m->next_beat_us > now ? m->next_beat_us - now : 0;
}

static void say_hello(struct mirror *m)
{
	struct utsname name = { 0 };
	struct jline line;

	uname(&name);
	jline_begin(&line, (char *)m->buf + WIRE_HEADER_BYTES, 1024);
	jline_str(&line, "hangar", HANGAR_VERSION);
	jline_str(&line, "release", name.release);
	jline_seconds(&line, "boot_seconds", clock_us(CLOCK_BOOTTIME));
	jline_str(&line, "kind", "run");
	seal(m, WIRE_HELLO, jline_end(&line));
}

void journal_mirror(struct journal *j, int fd)
{
	struct mirror *m = &j->mirror;
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	m->fd = fd;
	m->at = atomic_load(&j->tail);
	m->told = MIRROR_FLOWS;
	say_hello(m);
	atomic_store(&m->state, MIRROR_FLOWS);
	journal_futex_bump(&j->wake);
}

void journal_tick(struct journal *j)
{
	atomic_fetch_add(&j->mirror.ticks, 1);
	mirror_tell(j);
}

void mirror_tell(struct journal *j)
{
	struct mirror *m = &j->mirror;
	int state = atomic_load(&m->state);

	if (state == m->told || state == MIRROR_NONE)
		return;
	m->told = state;
	if (state == MIRROR_STALLED)
		journal_note(
			j,
			"the wire has taken nothing for 2 s: lines pass it by until it takes more");
	else if (state == MIRROR_FLOWS)
		journal_note(j, "the wire takes lines again; %llu went by it",
			     (unsigned long long)atomic_load(&m->lost));
	else
		journal_note(j, "the wire is broken: %s; lines are on the disk alone",
			     strerror(-atomic_load(&m->error)));
}
