/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sampler: vmstat, buddyinfo, zoneinfo, pressure and each group's memory files into
 * samples.jsonl, for plots later. It has a thread of its own for reading and writing both:
 * memory.stat flushes counters of all CPUs under a lock, and the file may lie on the file system
 * that hangs. When it hangs, samples stop; the observer does not.
 */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <poll.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/jline.h"
#include "base/textfile.h"
#include "watch/thread.h"

#define FILE_BYTES 65536  /* zoneinfo of a machine with eight nodes */
#define LINE_BYTES 262144 /* all of one sample, escaped */
#define CLOSE_WAIT_US 2000000
#define SLOW_NOTE_US 10000000 /* a sample that takes this long is said once */
#define FILE_NAME "samples.jsonl"

struct sampled { /* one file, held open */
	int fd;
	char name[64]; /* "vmstat", "memory.stat" */
	int group;     /* -1: the machine */
	bool lines;    /* as an array of lines, else "key value" as members */
};

struct samples {
	struct watcher base;
	struct sampled *files;
	unsigned int count;
	int out_fd, stop_fd;
	uint64_t every_us;
	_Atomic uint64_t busy_since_us;
	_Atomic bool ended;
	_Atomic int error;
	bool slow_told, lost_told, running;
	pthread_t thread;
	char text[FILE_BYTES];
	char line[LINE_BYTES];
};

static bool wanted(const struct watch_spec *spec)
{
	return spec->samples;
}

/* "nr_free_pages 12\n" lines as members of one object. */
static void add_members(struct jline *j, char *text)
{
	char *save = NULL;

	for (char *p = strtok_r(text, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
		char *value = strchr(p, ' ');

		if (!value)
			continue;
		*value++ = 0;
		if (value[strspn(value, "0123456789")] == 0)
			jline_uint(j, p, strtoull(value, NULL, 10));
		else
			jline_str(j, p, value);
	}
}

static void add_file(struct samples *w, struct jline *j, const struct sampled *f)
{
	if (textfile_read_fd(f->fd, w->text, sizeof(w->text)) <= 0)
		return;
	if (f->lines) {
		jline_lines(j, f->name, w->text);
	} else if (strchr(w->text, ' ')) {
		jline_open(j, f->name);
		add_members(j, w->text);
		jline_close(j);
	} else {
		jline_uint(j, f->name, strtoull(w->text, NULL, 10));
	}
}

/* A disk that fills takes a part first, and says why at the next write. */
static int write_whole(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

static void take_sample(struct samples *w)
{
	uint64_t epoch = w->base.ctx->epoch_us;
	struct jline j;
	size_t n;
	int group = -1;

	jline_begin(&j, w->line, sizeof(w->line));
	jline_double(&j, "t", (double)(now_us() - epoch) / 1e6);
	for (unsigned int i = 0; i < w->count; i++) {
		if (w->files[i].group != group) {
			if (group >= 0)
				jline_close(&j);
			group = w->files[i].group;
			jline_open(&j, watch_group_name(w->base.ctx, group));
		}
		add_file(w, &j, &w->files[i]);
	}
	n = jline_end(&j); /* closes what is open */
	atomic_store(&w->error, write_whole(w->out_fd, w->line, n));
}

static void *run(void *arg)
{
	struct samples *w = arg;
	struct pollfd stop = { .fd = w->stop_fd, .events = POLLIN };

	do {
		atomic_store(&w->busy_since_us, now_us());
		take_sample(w);
		atomic_store(&w->busy_since_us, 0);
	} while (!atomic_load(&w->error) && poll(&stop, 1, (int)(w->every_us / 1000)) == 0);
	atomic_store(&w->ended, true);
	return NULL;
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct samples *w = (struct samples *)base;
	uint64_t since = atomic_load(&w->busy_since_us);

	watch_record_lost(base, FILE_NAME, atomic_load(&w->error), &w->lost_told);
	if (since && now > since + SLOW_NOTE_US && !w->slow_told) {
		w->slow_told = true;
		watch_note(base, "the sampler hangs in a read or write since %.0f s",
			   (double)(now - since) / 1e6);
	}
	return now + 1000000;
}

static void add(struct samples *w, int dir_fd, const char *path, const char *name, int group,
		bool lines)
{
	struct sampled *f = &w->files[w->count];

	f->fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return; /* this kernel has none */
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->group = group;
	f->lines = lines;
	w->count++;
}

static const struct {
	const char *path, *name;
	bool lines;
} machine_files[] = {
	{ "/proc/vmstat", "vmstat", false },
	{ "/proc/buddyinfo", "buddyinfo", true },
	{ "/proc/zoneinfo", "zoneinfo", true },
	{ "/proc/pressure/cpu", "pressure-cpu", true },
	{ "/proc/pressure/memory", "pressure-memory", true },
	{ "/proc/pressure/io", "pressure-io", true },
};

static const char *const group_files[] = {
	/* v1 and v2; absent ones are left out */
	"memory.usage_in_bytes", "memory.failcnt", "memory.stat",
	"memory.current",        "memory.events",  "memory.oom_control",
};

static int open_files(struct samples *w)
{
	const struct cgroup_tree *tree = w->base.ctx->tree;
	unsigned int nodes = tree ? tree->n_nodes : 0;
	char path[700];

	w->files = calloc(ARRAY_SIZE(machine_files) + nodes * ARRAY_SIZE(group_files) * 5,
			  sizeof(*w->files));
	if (!w->files)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(machine_files); i++)
		add(w, AT_FDCWD, watch_path(w->base.ctx, machine_files[i].path, path, sizeof(path)),
		    machine_files[i].name, -1, machine_files[i].lines);
	for (unsigned int g = 0; g < nodes; g++)
		for (unsigned int d = 0; d < tree->nodes[g].n_dirs; d++)
			for (size_t i = 0; i < ARRAY_SIZE(group_files); i++) {
				snprintf(path, sizeof(path), "%s/%s", tree->nodes[g].dir[d],
					 group_files[i]);
				add(w, AT_FDCWD, path, group_files[i], (int)g, false);
			}
	return 0;
}

static void free_all(struct samples *w)
{
	for (unsigned int i = 0; i < w->count; i++)
		close_fd(w->files[i].fd);
	close_fd(w->out_fd);
	close_fd(w->stop_fd);
	free(w->files);
	free(w);
}

static void samples_close(struct watcher *base)
{
	struct samples *w = (struct samples *)base;
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t until = now_us() + CLOSE_WAIT_US;

	if (w->running) {
		ssize_t n = write(w->stop_fd, &(uint64_t){ 1 }, sizeof(uint64_t));

		(void)n;
		while (!atomic_load(&w->ended) && now_us() < until)
			nanosleep(&pause, NULL);
		if (!atomic_load(&w->ended)) {
			watch_note(base, "the sampler still hangs: samples.jsonl ends early");
			pthread_detach(w->thread);
			return; /* it may come back and look at what it has: left to it */
		}
		pthread_join(w->thread, NULL);
	}
	watch_record_lost(base, FILE_NAME, atomic_load(&w->error), &w->lost_told);
	free_all(w);
}

static int samples_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct samples *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_samples;
	w->base.ctx = ctx;
	w->every_us = ctx->scenario->watch.samples_every_us;
	w->stop_fd = eventfd(0, EFD_CLOEXEC);
	w->out_fd =
		openat(ctx->rundir->fd, FILE_NAME, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	err = w->stop_fd < 0 || w->out_fd < 0 ? -errno : open_files(w);
	if (!err)
		err = thread_start(&w->thread, run, w);
	if (err < 0) {
		free_all(w);
		return diag_set(why, err, "samples.jsonl: %s", strerror(-err));
	}
	w->running = true;
	*ret = &w->base;
	return 0;
}

const struct watch_ops watch_samples = {
	.name = "samples",
	.wanted = wanted,
	.open = samples_open,
	.close = samples_close,
	.tick = tick,
};
