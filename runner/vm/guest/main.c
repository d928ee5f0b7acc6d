/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of a guest, from an empty machine to one that is off. Whatever goes wrong is
 * told on the console and, when there is a port already, to the host; then the machine goes off all
 * the same: nobody waits for a guest that hangs.
 */
#include "vm/guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "vm/guest/parts.h"

#define JOB_FILE_MAX (1u << 20)
/* From here to HELLO takes 0.3 s under emulation; a host that does not read makes us wait for ever.
 */
#define HELLO_MAX_S 120

static const char *const kinds[] = {
	[JOB_PROBE] = "probe", [JOB_RUN] = "run", [JOB_CAPTURE] = "capture"
};

bool guest_is_first(void)
{
	return getpid() == 1 && access(GUEST_JOB_FILE, F_OK) == 0;
}

/* The kernel gave us /dev/console of its ramdisk, if there is one. */
static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	for (int to = STDIN_FILENO; to <= STDERR_FILENO; to++)
		if (fd != to && fd >= 0)
			dup2(fd, to);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Nothing moves any more (see alarm() below and in capture.c): a guest that hangs is of no use to
 * anybody. */
static void give_up(int sig)
{
	static const char words[] = "hangar: the host takes nothing; giving up\n";
	ssize_t n = write(STDERR_FILENO, words, sizeof(words) - 1);

	(void)n;
	guest_power_off();
}

static int load_job(struct job *j, struct diag *d)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	int err = textfile_load(GUEST_JOB_FILE, JOB_FILE_MAX, &text, &size);

	snprintf(d->file, sizeof(d->file), "%s", GUEST_JOB_FILE);
	if (err)
		return diag_set(d, err, "cannot be read: %s", strerror(-err));
	err = job_read(text, size, j, d);
	if (!err)
		d->file[0] = '\0';
	return err;
}

static int prepare(struct job *j, struct line *l, struct diag *d)
{
	int err = mounts_base(d);

	open_console();
	signal(SIGALRM, give_up);
	alarm(HELLO_MAX_S);
	if (!err)
		err = load_job(j, d);
	if (err)
		return err;
	settings_set(j);
	modules_insert("/modules");
	l->fd = port_open(PORT_FILES, d);
	if (l->fd < 0)
		return l->fd;
	err = line_hello(l, kinds[j->kind]);
	alarm(0);
	return err ? diag_set(d, err, "port %s cannot be written: %s", PORT_FILES, strerror(-err))
		   : 0;
}

static int do_job(const struct job *j, struct line *l, struct diag *d)
{
	switch (j->kind) {
	case JOB_RUN:
		return guest_run(j, l, d);
	case JOB_CAPTURE:
		return guest_capture(j, l, d);
	case JOB_PROBE:
		line_end_exit(l, 0);
		return 0;
	}
	return diag_set(d, -EINVAL, "no such kind of job");
}

int guest_main(void)
{
	struct diag d = { 0 };
	struct line l = { .fd = -1 };
	struct job j = { 0 };
	int err = prepare(&j, &l, &d);

	if (!err)
		err = do_job(&j, &l, &d);
	if (err) {
		if (!d.message[0])
			diag_set(&d, err, "the guest's first process failed: %s", strerror(-err));
		guest_say("%s%s%s", d.file, d.file[0] ? ": " : "", d.message);
		line_end_error(&l, d.message);
	}
	guest_power_off();
}
