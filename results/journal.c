/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The producer's side of the journal: an event becomes a line in a buffer, the line goes into the
 * ring, a futex wakes the writer. That is all that happens between a symptom and the response to
 * it: memory that was locked before the storm, and one system call that never blocks. When the ring
 * is full the line is lost rather than waited for, and the loss is told.
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "journal_ring.h"

/* Thirty lines of a verdict's length: enough for the end of a run on a full disk. */
#define BALLAST_BYTES (256 * 1024)

/* A writer that takes longer to finish sits in a file system that does not answer. */
#define CLOSE_US 5000000

/* Room to ask for before saying that lines were lost: the note, and the line that follows it. */
#define NOTE_ROOM (512 + JOURNAL_LINE_MAX)

/*
 * A file without a name: gone by itself when the process dies. Blocks are really taken, by writing
 * where the file system cannot reserve (tmpfs can, NFS and 3.10 overlays may not).
 */
static int ballast_open(int dirfd, int *ret_fd)
{
	static const char name[] = "ballast", zeros[4096];
	_cleanup_close_ int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	unlinkat(dirfd, name, 0);
	if (fallocate(fd, 0, 0, BALLAST_BYTES) < 0) {
		if (errno == ENOSPC || errno == EDQUOT)
			return -errno;
		for (size_t done = 0; done < BALLAST_BYTES; done += sizeof(zeros))
			if (write(fd, zeros, sizeof(zeros)) != (ssize_t)sizeof(zeros))
				return -ENOSPC;
	}
	*ret_fd = take_fd(&fd);
	return 0;
}

/*
 * Touched and locked now. Locking may be refused (RLIMIT_MEMLOCK): then it is at least populated.
 */
static struct journal *map_journal(void)
{
	struct journal *j = mmap(NULL, sizeof(*j), PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (j == MAP_FAILED)
		return NULL;
	(void)mlock(j, sizeof(*j));
	j->fd = -1;
	j->ballast_fd = -1;
	j->map_bytes = sizeof(*j);
	j->next_seq = 1;
	return j;
}

static struct journal *unmap_journal(struct journal *j)
{
	close_fd(j->fd);
	close_fd(j->ballast_fd);
	munmap(j, j->map_bytes);
	return NULL;
}

int journal_open_as(int dirfd, const char *file, uint64_t epoch_us, struct journal **ret_j)
{
	struct journal *j = map_journal();
	int r;

	if (!j)
		return -ENOMEM;
	j->epoch_us = epoch_us;
	j->fd = openat(dirfd, file, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
	r = j->fd < 0 ? -errno : ballast_open(dirfd, &j->ballast_fd);
	if (!r) {
		/*
		 * The name too must outlive a crash. What is wrong with the disk shows at the first
		 * line.
		 */
		(void)fsync(dirfd);
		r = journal_writer_start(j);
	}
	if (r < 0) {
		unmap_journal(j);
		return r;
	}
	*ret_j = j;
	return 0;
}

int journal_open(int dirfd, uint64_t epoch_us, struct journal **ret_j)
{
	return journal_open_as(dirfd, JOURNAL_FILE, epoch_us, ret_j);
}

static size_t ring_room(const struct journal *j)
{
	return RING_BYTES - (size_t)(atomic_load(&j->head) - atomic_load(&j->tail));
}

static void ring_put(struct journal *j, const char *line, size_t len)
{
	uint64_t head = atomic_load(&j->head);
	size_t at = head % RING_BYTES, first = RING_BYTES - at < len ? RING_BYTES - at : len;

	memcpy(j->ring + at, line, first);
	memcpy(j->ring, line + first, len - first);
	atomic_store(&j->head, head + len);
	journal_futex_bump(&j->wake);
}

static void begin(struct journal *j, const char *event)
{
	uint64_t now = now_us();

	jline_begin(&j->line, j->buf, sizeof(j->buf));
	jline_uint(&j->line, "seq", j->next_seq);
	jline_seconds(&j->line, "t", now > j->epoch_us ? now - j->epoch_us : 0);
	jline_str(&j->line, "event", event);
	if (j->next_seq == 1)
		jline_uint(&j->line, "epoch_us", j->epoch_us);
}

/* Before the next line, so that the note stands where the lost lines would have stood. */
static void tell_lost(struct journal *j)
{
	if (!j->untold || ring_room(j) < NOTE_ROOM)
		return;
	begin(j, "note");
	jline_str(&j->line, "text", "lines were lost here: the ring was full, the disk took none");
	jline_uint(&j->line, "lost", j->untold);
	j->untold = 0;
	journal_commit(j);
}

struct jline *journal_begin(struct journal *j, const char *event)
{
	tell_lost(j);
	mirror_tell(j);
	begin(j, event);
	return &j->line;
}

uint64_t journal_commit(struct journal *j)
{
	size_t len = jline_end(&j->line);

	if (len > ring_room(j)) {
		j->lost++;
		j->untold++;
		return 0;
	}
	ring_put(j, j->buf, len);
	return j->next_seq++;
}

static void put_text(struct jline *l, const char *key, const char *text)
{
	if (text[0])
		jline_str(l, key, text);
}

static void put_time(struct jline *l, const char *key, uint64_t us)
{
	if (us)
		jline_uint(l, key, us);
}

/* The stack last: it is what may be cut. */
/* When the kernel said it: a stall is told some seconds after it began. */
static uint64_t said_us(const struct finding *f)
{
	return f->began_us +
	       (f->seconds > 0 && f->seconds < 1e9 ? (uint64_t)(f->seconds * 1e6) : 0);
}

uint64_t journal_finding(struct journal *j, const struct finding *f)
{
	struct jline *l = journal_begin(j, "finding");
	uint64_t seq;

	jline_uint(l, "id", f->id);
	if (f->more_of)
		jline_uint(l, "more_of", f->more_of);
	jline_str(l, "kind", finding_kind_name(f->kind));
	jline_str(l, "judged", finding_judged_name(f->judged));
	jline_str(l, "watcher", f->watcher);
	put_time(l, "noticed_us", f->noticed_us);
	put_time(l, "began_us", f->began_us);
	if (f->began_us && f->noticed_us >= f->began_us)
		jline_seconds(l, "after_seconds", f->noticed_us - f->began_us);
	put_time(l, "kernel_us", f->kernel_us);
	if (f->seconds > 0)
		jline_double(l, "seconds", f->seconds);
	if (f->pid)
		jline_int(l, "pid", f->pid);
	if (f->cpu >= 0)
		jline_int(l, "cpu", f->cpu);
	put_text(l, "comm", f->comm);
	put_text(l, "group", f->group);
	put_text(l, "function", f->function);
	put_text(l, "release", f->release);
	put_text(l, "taint", f->taint);
	put_text(l, "signature", f->signature);
	put_text(l, "text", f->text);
	if (f->members[0])
		jline_lines(l, "members", f->members);
	if (f->stack[0])
		jline_lines(l, "stack", f->stack);
	seq = journal_commit(j);
	if (f->kernel_us && f->began_us && !f->more_of)
		latency_expect(&j->latency, seq, said_us(f));
	return seq;
}

uint64_t journal_note(struct journal *j, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	jline_str(journal_begin(j, "note"), "text", text);
	return journal_commit(j);
}

uint64_t journal_synced(const struct journal *j)
{
	return atomic_load(&j->synced);
}

uint64_t journal_stuck_us(const struct journal *j, uint64_t now)
{
	uint64_t since = atomic_load(&j->busy_since_us);

	return since && now > since ? now - since : 0;
}

void journal_latency(const struct journal *j, struct latency_summary *ret)
{
	latency_sum(&j->latency, ret);
}

uint64_t journal_lost(const struct journal *j)
{
	return j->lost;
}

int journal_error(const struct journal *j)
{
	return atomic_load(&j->error);
}

int journal_wait(struct journal *j, uint64_t seq, uint64_t timeout_us)
{
	uint64_t deadline = now_us() + timeout_us;

	for (;;) {
		uint32_t seen = atomic_load(&j->progress);
		int failing = atomic_load(&j->failing);
		uint64_t now = now_us();

		if (atomic_load(&j->synced) >= seq)
			return 0;
		if (failing)
			return failing;
		if (now >= deadline)
			return -ETIMEDOUT;
		journal_futex_wait(&j->progress, seen, deadline - now);
	}
}

struct journal *journal_close(struct journal *j)
{
	if (!j)
		return NULL;
	tell_lost(j);
	/*
	 * A writer stuck in the kernel still reads the ring: leave it its memory and descriptors.
	 */
	if (journal_writer_stop(j, CLOSE_US))
		unmap_journal(j);
	return NULL;
}
