/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread and its ring. What is asked for goes through slots that belong first to the loop, then
 * to the thread, then to the loop again; a slot's state says whose it is.
 */
#include "deltas/deltas.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "deltas/deltas_parts.h"
#include "respond/bell.h"
#include "watch/thread.h"

#define EVERY_MS 1000
#define BACK_US 5000000u /* of normal life before the symptom, to compare with */
#define CLOSE_WAIT_US 2000000u
#define FILE_NAME "evidence/deltas.txt"

int deltas_look(struct deltas *d, struct delta_sample *s, bool learn)
{
	struct delta_parse p = { .names = &d->names, .sample = s, .learn = learn, .zone = -1 };
	int err;

	memset(s, 0, sizeof(*s));
	err = delta_lines(d->vmstat_fd, d->buf, sizeof(d->buf), delta_vmstat_line, &p);
	if (d->buddyinfo_fd >= 0)
		delta_lines(d->buddyinfo_fd, d->buf, sizeof(d->buf), delta_buddyinfo_line, &p);
	if (d->zoneinfo_fd >= 0)
		delta_lines(d->zoneinfo_fd, d->buf, sizeof(d->buf), delta_zoneinfo_line, &p);
	s->at_us = now_us();
	return err;
}

const struct delta_sample *deltas_before(const struct deltas *d, uint64_t at_us)
{
	const struct delta_sample *best = &d->ring[d->head];

	for (unsigned int i = 0; i < DELTAS_RING; i++) {
		const struct delta_sample *s = &d->ring[(d->head + DELTAS_RING - i) % DELTAS_RING];

		if (!s->at_us)
			break;
		best = s;
		if (s->at_us <= at_us)
			break;
	}
	return best;
}

static void write_out(struct deltas *d, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(d->out_fd, text, size);

		if (n <= 0)
			return; /* the journal has the most of it */
		text += n;
		size -= (size_t)n;
	}
	d->written = true;
	fdatasync(d->out_fd);
}

static void answer(struct deltas *d, struct asked *a)
{
	struct delta_facts facts;

	a->before = *deltas_before(d, a->from_us);
	a->after = d->ring[d->head];
	delta_facts_make(&facts, &d->names, &a->before, &a->after, a->kind, a->text, d->page_bytes);
	delta_sentences(&facts, a->sentences, sizeof(a->sentences));
	atomic_store(&a->state, ASKED_READY); /* before the file, which may hang */
	write_out(d, d->out, deltas_text(d, a, d->out, sizeof(d->out)));
}

static void look_and_answer(struct deltas *d)
{
	unsigned int next = (d->head + 1) % DELTAS_RING;

	if (!deltas_look(d, &d->ring[next], false))
		d->head = next;
	for (unsigned int i = 0; i < DELTAS_ASKED_MAX; i++)
		if (atomic_load(&d->asked[i].state) == ASKED_WAITS)
			answer(d, &d->asked[i]);
}

static void *run(void *arg)
{
	struct deltas *d = arg;
	struct pollfd bell = { .fd = d->bell_fd, .events = POLLIN };

	do {
		if (poll(&bell, 1, EVERY_MS) > 0)
			bell_wait(d->bell_fd);
		look_and_answer(d);
	} while (!atomic_load(&d->quit));
	atomic_store(&d->ended, true);
	return NULL;
}

static void dismantle(struct deltas *d)
{
	close_fd(d->vmstat_fd);
	close_fd(d->buddyinfo_fd);
	close_fd(d->zoneinfo_fd);
	close_fd(d->out_fd);
	close_fd(d->bell_fd);
	if (d->out_fd >= 0 && !d->written)
		unlinkat(d->dir_fd, FILE_NAME, 0);
	free(d);
}

static int open_below(const char *root, const char *file)
{
	char path[512];

	if (path_format(path, sizeof(path), "%s%s", root, file))
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int open_files(struct deltas *d, const char *root)
{
	d->vmstat_fd = open_below(root, "/proc/vmstat");
	if (d->vmstat_fd < 0)
		return 1;
	d->buddyinfo_fd = open_below(root, "/proc/buddyinfo");
	d->zoneinfo_fd = open_below(root, "/proc/zoneinfo");
	if (mkdirat(d->dir_fd, "evidence", 0755) < 0 && errno != EEXIST)
		return -errno;
	d->out_fd = openat(d->dir_fd, FILE_NAME, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	d->bell_fd = bell_open();
	return d->out_fd < 0 ? -errno : d->bell_fd < 0 ? d->bell_fd : 0;
}

int deltas_open(const char *root, const struct rundir *dir, struct journal *j, uint64_t epoch_us,
		struct deltas **ret)
{
	struct deltas *d = calloc(1, sizeof(*d));
	int err;

	*ret = NULL;
	if (!d)
		return -ENOMEM;
	d->vmstat_fd = d->buddyinfo_fd = d->zoneinfo_fd = d->out_fd = d->bell_fd = -1;
	d->journal = j;
	d->epoch_us = epoch_us;
	d->page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	d->dir_fd = dir->fd;
	err = open_files(d, root);
	if (!err)
		err = deltas_look(d, &d->ring[0], true);
	if (!err)
		err = thread_start(&d->thread, run, d);
	if (err) {
		dismantle(d);
		if (err > 0)
			journal_note(j, "/proc/vmstat cannot be read: nothing is told of what "
					"moved around a finding");
		return err > 0 ? 0 : err;
	}
	d->has_thread = true;
	*ret = d;
	return 0;
}

static bool is_asked(const struct deltas *d, uint32_t finding)
{
	for (unsigned int i = 0; i < d->n_asked; i++)
		if (d->asked[i].finding == finding)
			return true;
	return false;
}

void deltas_finding(struct deltas *d, const struct finding *f)
{
	struct asked *a;
	uint64_t since;

	if (!d || is_asked(d, f->id))
		return;
	if (d->n_asked == DELTAS_ASKED_MAX) {
		d->not_asked++;
		return;
	}
	a = &d->asked[d->n_asked++];
	since = f->began_us && f->began_us < f->noticed_us ? f->began_us : f->noticed_us;
	a->finding = f->id;
	a->kind = f->kind;
	a->noticed_us = f->noticed_us;
	a->from_us = since > BACK_US ? since - BACK_US : 0;
	memcpy(a->text, f->text, sizeof(a->text));
	memcpy(a->comm, f->comm, sizeof(a->comm));
	atomic_store(&a->state, ASKED_WAITS);
	bell_ring(d->bell_fd);
}

static void tell(struct deltas *d, struct asked *a)
{
	struct jline *line = journal_begin(d->journal, "deltas");

	deltas_members(d, a, line);
	journal_commit(d->journal);
	atomic_store(&a->state, ASKED_TOLD);
}

void deltas_poll(struct deltas *d)
{
	for (unsigned int i = 0; d && i < d->n_asked; i++)
		if (atomic_load(&d->asked[i].state) == ASKED_READY)
			tell(d, &d->asked[i]);
}

/* False: it hangs in a read or a write, and keeps what it has. */
static bool end_thread(struct deltas *d)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t until = now_us() + CLOSE_WAIT_US;

	atomic_store(&d->quit, true);
	bell_ring(d->bell_fd);
	while (!atomic_load(&d->ended) && now_us() < until)
		nanosleep(&pause, NULL);
	if (!atomic_load(&d->ended)) {
		pthread_detach(d->thread);
		return false;
	}
	pthread_join(d->thread, NULL);
	return true;
}

struct deltas *deltas_close(struct deltas *d)
{
	bool ended;

	if (!d)
		return NULL;
	ended = end_thread(d);
	deltas_poll(d);
	if (!ended)
		journal_note(d->journal, "what moved around the findings is not all told: reading "
					 "/proc/vmstat, or writing " FILE_NAME ", hangs");
	if (d->not_asked)
		journal_note(d->journal, "what moved around %u more findings is not told: %d are",
			     d->not_asked, DELTAS_ASKED_MAX);
	if (ended)
		dismantle(d);
	return NULL;
}
