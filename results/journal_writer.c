/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer's side of the journal: the only thread that may be stuck in a file system. It writes
 * all that has gathered, in one writev, then one fdatasync: while one sync is under way the next
 * batch grows, so the rate of syncs fits itself to the disk. A line is on disk whole or not at all:
 * what a short write left of one is cut off again before anything else is written.
 */
#include "journal_ring.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"

/* A full disk may be given room at any time; five tries a second cost nothing. */
#define RETRY_US 200000

/* Frames here are small; sanitizers and old C libraries put their own on top. */
#define WRITER_STACK_BYTES (256 * 1024)

void journal_futex_wait(_Atomic uint32_t *word, uint32_t seen, uint64_t timeout_us)
{
	bool forever = timeout_us == UINT64_MAX;
	struct timespec ts = { .tv_sec = (time_t)(timeout_us / 1000000),
			       .tv_nsec = (long)(timeout_us % 1000000) * 1000 };

	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, forever ? NULL : &ts, NULL, 0);
}

void journal_futex_bump(_Atomic uint32_t *word)
{
	atomic_fetch_add(word, 1);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

/* Up to the two pieces of the ring that hold [@from, @to). */
static int ring_pieces(struct journal *j, uint64_t from, uint64_t to, struct iovec piece[2])
{
	size_t at = from % RING_BYTES, len = (size_t)(to - from);
	size_t first = RING_BYTES - at < len ? RING_BYTES - at : len;

	piece[0] = (struct iovec){ j->ring + at, first };
	piece[1] = (struct iovec){ j->ring, len - first };
	return len > first ? 2 : 1;
}

/* Write [*@from, @to) as far as it goes; *@from ends behind the last byte that was taken. */
static int write_bytes(struct journal *j, uint64_t *from, uint64_t to)
{
	while (*from < to) {
		struct iovec piece[2];
		int n_pieces = ring_pieces(j, *from, to, piece);
		ssize_t n = writev(j->fd, piece, n_pieces);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		*from += (uint64_t)n;
	}
	return 0;
}

/* Back from @from to the end of the last whole line; counts the lines on the way there. */
static uint64_t whole_lines(struct journal *j, uint64_t from, uint64_t to)
{
	uint64_t end = from;

	for (uint64_t at = from; at < to; at++)
		if (j->ring[at % RING_BYTES] == '\n') {
			j->written++;
			end = at + 1;
		}
	return end;
}

/* The part of a line that a failed write left behind would glue itself to the next line. */
static void cut_torn(struct journal *j)
{
	j->torn = ftruncate(j->fd, (off_t)j->file_end) < 0;
}

/* It could not be cut: end it, so that a reader loses this one line only. */
static int end_torn(struct journal *j)
{
	off_t end;

	cut_torn(j);
	if (!j->torn)
		return 0;
	if (write(j->fd, "\n", 1) != 1)
		return -errno;
	end = lseek(j->fd, 0, SEEK_END);
	if (end < 0)
		return -errno;
	j->file_end = (uint64_t)end;
	j->torn = false;
	return 0;
}

/* All whole lines up to @head that the file takes. */
static int write_lines(struct journal *j, uint64_t head)
{
	uint64_t tail = j->done, from = tail, whole;
	int r = j->torn ? end_torn(j) : 0;

	if (!r)
		r = write_bytes(j, &from, head);
	whole = whole_lines(j, tail, from);
	j->file_end += whole - tail;
	j->done = whole;
	if (whole != from)
		cut_torn(j);
	return r;
}

static void note_error(struct journal *j, int err)
{
	int none = 0;

	if (err)
		atomic_compare_exchange_strong(&j->error, &none, err);
}

/* Give back the ballast; once. */
static bool drop_ballast(struct journal *j)
{
	if (j->ballast_fd < 0 || ftruncate(j->ballast_fd, 0) < 0)
		return false;
	close(j->ballast_fd);
	j->ballast_fd = -1;
	return true;
}

/*
 * After a sync that failed the kernel may count the lost pages as clean, and the next sync succeed:
 * so "synced" moves on with it, but the error stays.
 */
static int write_and_sync(struct journal *j, uint64_t head)
{
	int r = write_lines(j, head);

	note_error(j, r);
	if ((r == -ENOSPC || r == -EDQUOT) && drop_ballast(j))
		r = write_lines(j, head);
	if (fdatasync(j->fd) < 0) {
		note_error(j, -errno);
		return -errno;
	}
	j->durable = j->written;
	latency_synced(&j->latency, j->written, now_us());
	return r;
}

/*
 * One try at all that has gathered. The wire gets it whether the disk took it or not; the ring
 * gives up only what is in the file, and a line counts as synced when it has left on the wire, too.
 */
static int writer_step(struct journal *j, uint64_t head)
{
	int r;

	atomic_store(&j->busy_since_us, now_us());
	r = write_and_sync(j, head);
	note_error(j, r);
	mirror_lines(j, head);
	atomic_store(&j->tail, j->done);
	atomic_store(&j->synced, j->durable);
	atomic_store(&j->failing, r);
	atomic_store(&j->busy_since_us, 0);
	journal_futex_bump(&j->progress);
	return r;
}

static void *writer_main(void *arg)
{
	struct journal *j = arg;

	for (;;) {
		uint32_t seen = atomic_load(&j->wake), stop = atomic_load(&j->stop);
		uint64_t head = atomic_load(&j->head);
		bool nothing = head == atomic_load(&j->tail) && !atomic_load(&j->failing);
		int r = nothing ? 0 : writer_step(j, head);
		uint64_t idle;

		mirror_beat(j);
		if (stop && (nothing || r < 0))
			break;
		idle = mirror_idle_us(j);
		if (nothing || r < 0)
			journal_futex_wait(&j->wake, seen,
					   r < 0 && idle > RETRY_US ? RETRY_US : idle);
	}
	atomic_store(&j->ended, 1);
	journal_futex_bump(&j->ended);
	return NULL;
}

/* Signals are the loop's: none may land here, where an EINTR would only delay a sync. */
int journal_writer_start(struct journal *j)
{
	pthread_attr_t attr;
	sigset_t all, old;
	int r;

	r = pthread_attr_init(&attr);
	if (r)
		return -r;
	pthread_attr_setstacksize(&attr, WRITER_STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&j->writer, &attr, writer_main, j);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return -r;
}

bool journal_writer_stop(struct journal *j, uint64_t timeout_us)
{
	uint64_t deadline = now_us() + timeout_us, now;

	atomic_store(&j->stop, 1);
	journal_futex_bump(&j->wake);
	while (!atomic_load(&j->ended)) {
		now = now_us();
		if (now >= deadline) {
			pthread_detach(j->writer);
			return false;
		}
		journal_futex_wait(&j->ended, 0, deadline - now);
	}
	pthread_join(j->writer, NULL);
	return true;
}
