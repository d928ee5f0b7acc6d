/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log-flood: more of the kernel's log than its readers can take. The log is a ring of 128 KiB or
 * so: a reader that is slower than its writers for a moment loses records, in the very storm that
 * it is there for. Records of user space go through the same ring as the kernel's, and no reader
 * may take them for the kernel's words.
 */
#include "stressor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "pace.h"

/* LOG_LINE_MAX of the kernel is 1024 minus its prefix; longer records are refused (EINVAL). */
#define RECORD_MAX 976
#define RATE_LIMIT "/proc/sys/kernel/printk_devkmsg"

enum aux { AUX_RECORDS };

static const char *const aux_names[] = { "records", NULL };

static struct {
	const char *to;
	uint64_t record_bytes, level, rate, threads;
} opt;

struct own {
	int fd;
	uint64_t number;
	struct pace pace;
	char record[RECORD_MAX + 1];
};

static const struct param params[] = {
	{ "to", PARAM_PATH, "/dev/kmsg", 0, 0, NULL, "where the records are written", &opt.to },
	{ "record-bytes", PARAM_BYTES, "200B", 64, RECORD_MAX, NULL, "length of a record",
	  &opt.record_bytes },
	{ "level", PARAM_COUNT, "7", 0, 7, NULL,
	  "level of the records; those below the console's level are printed, too", &opt.level },
	{ "rate", PARAM_BYTES, "0", 0, 1ull << 32, NULL,
	  "written each second by each thread; 0: as fast as it can", &opt.rate },
	{ "threads", PARAM_COUNT, "1", 1, 256, NULL, "threads that write", &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

/* The kernel drops all but ten records of a process in five seconds, and says nothing to it. */
static void say_limit(void)
{
	char text[32];

	if (textfile_read_at(AT_FDCWD, RATE_LIMIT, text, sizeof(text)) < 0 ||
	    !strncmp(text, "on", 2))
		return;
	text[strcspn(text, "\n")] = '\0';
	stressor_say("kernel.printk_devkmsg is %s: the kernel will drop most records; set it to on",
		     text);
}

static int prepare(struct stressor_run *run)
{
	struct own *own = run->own = calloc(1, sizeof(*own));

	if (!own)
		return -ENOMEM;
	run->doing = "open";
	own->fd = open(opt.to, O_WRONLY | O_CLOEXEC);
	if (own->fd < 0) {
		int err = -errno;

		stressor_why("%s cannot be written to: %s", opt.to, strerror(-err));
		return err;
	}
	if (run->thread == 0 && !strcmp(opt.to, "/dev/kmsg"))
		say_limit();
	return 0;
}

static int work(struct stressor_run *run)
{
	struct own *own = run->own;
	int head = snprintf(own->record, sizeof(own->record), "<%u>%s: thread %u, record %llu ",
			    (unsigned int)opt.level, run->label, run->thread,
			    (unsigned long long)++own->number);

	if (head < (int)opt.record_bytes)
		memset(own->record + head, '.', opt.record_bytes - (size_t)head);
	pace_wait(run, &own->pace, opt.rate, opt.record_bytes);
	run->doing = "write";
	if (write(own->fd, own->record, opt.record_bytes) < 0)
		return -errno;
	run->aux[AUX_RECORDS]++;
	run->bytes += opt.record_bytes;
	return 0;
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own)
		close_fd(own->fd);
	free(own);
	run->own = NULL;
}

static const struct stressor log_flood = {
	.name = "log-flood",
	.about = "Writes records into the kernel's log.",
	.step = "one record",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(log_flood)
