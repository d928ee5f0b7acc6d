/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose OOM kill a line of the kernel log is about. /dev/kmsg is a file here: one record a time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "watch_world.h"

#define FOREIGN_PID 4190000 /* near the largest pid that Linux gives */
#define SECOND 1000000u

struct log {
	struct world w;
	struct watcher *watcher;
	char root[64], path[128];
	unsigned int seq;
};

static int setup(void **state)
{
	static struct log l;
	struct diag d = { 0 };
	char dev[80];

	memset(&l, 0, sizeof(l));
	strcpy(l.root, "/tmp/hangar-test-kmsg-XXXXXX");
	if (!mkdtemp(l.root))
		return -1;
	snprintf(dev, sizeof(dev), "%s/dev", l.root);
	snprintf(l.path, sizeof(l.path), "%s/kmsg", dev);
	if (mkdir(dev, 0755) || close(open(l.path, O_WRONLY | O_CREAT, 0644)))
		return -1;
	world_init(&l.w, l.root);
	*state = &l;
	return watch_kmsg.open(&l.w.ctx, &l.watcher, &d);
}

static int teardown(void **state)
{
	struct log *l = *state;
	char command[128];

	watch_kmsg.close(l->watcher);
	world_clear(&l->w);
	snprintf(command, sizeof(command), "rm -r %s", l->root);
	return system(command);
}

/* Print @pid's kill without the lines before it, and return what is told of it. */
static const struct finding *killed(struct log *l, int pid)
{
	_cleanup_close_ int fd = open(l->path, O_WRONLY | O_APPEND | O_CLOEXEC);
	uint32_t events;
	int source;

	l->seq++;
	dprintf(fd,
		"3,%u,%u,-;Memory cgroup out of memory: Killed process %d (alloc) "
		"total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB, UID:0\n",
		l->seq, l->seq * SECOND, pid);
	assert_int_equal(watch_kmsg.fds(l->watcher, &source, &events, 1), 1);
	watch_kmsg.ready(l->watcher, source, now_us());
	watch_kmsg.tick(l->watcher, now_us() + SECOND);
	assert_int_equal(l->w.count, l->seq);
	return &l->w.told[l->seq - 1];
}

static void a_kill_without_a_group_is_ours_when_the_pid_is(void **state)
{
	struct log *l = *state;
	const struct finding *f;

	l->w.copies[1] = (struct copy){ .state = COPY_ALIVE, .pid = FOREIGN_PID };
	f = killed(l, FOREIGN_PID);
	assert_int_equal(f->kind, FINDING_OOM_KILL);
	assert_string_equal(f->group, "victims.0");
	/* its exit was seen before the log was read, and it may run again */
	l->w.copies[1] = (struct copy){ .state = COPY_BACKOFF, .pid = FOREIGN_PID };
	assert_int_equal(killed(l, FOREIGN_PID)->kind, FINDING_OOM_KILL);
	l->w.copies[1] = (struct copy){ .state = COPY_ALIVE, .last_pid = FOREIGN_PID };
	assert_int_equal(killed(l, FOREIGN_PID)->kind, FINDING_OOM_KILL);
}

static void a_kill_without_a_group_is_ours_when_a_copy_forked_the_victim(void **state)
{
	struct log *l = *state;
	const struct finding *f;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		pause();
		_exit(0);
	}
	l->w.copies[0] = (struct copy){ .state = COPY_ALIVE, .pid = getpgid(0) };
	f = killed(l, child);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(f->kind, FINDING_OOM_KILL);
	assert_string_equal(f->group, "victims.0");
}

static void a_kill_without_a_group_is_foreign_when_nobody_here_had_the_pid(void **state)
{
	struct log *l = *state;

	l->w.copies[0] = (struct copy){ .state = COPY_ALIVE, .pid = FOREIGN_PID + 1 };
	assert_int_equal(killed(l, FOREIGN_PID)->kind, FINDING_FOREIGN_OOM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_kill_without_a_group_is_ours_when_the_pid_is,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_kill_without_a_group_is_ours_when_a_copy_forked_the_victim, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_kill_without_a_group_is_foreign_when_nobody_here_had_the_pid, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
