/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of programs: stopped, and gone with their runner. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "cgroup/cgroup.h"
#include "launch/launch.h"
#include "launch_world.h"

static void stopping_goes_from_asking_to_killing(void **state)
{
	uint64_t asked;

	add((char[]){ "exec sleep 60" });
	add((char[]){ "trap '' INT TERM; echo deaf; while :; do sleep 1; done" });
	t.launches[0].is_fio = false;
	open_launcher();
	spawn();
	usleep(200000);
	launcher_stop(t.l, -1);
	asked = now_us();
	assert_int_equal(t.l->slots->stop, 1);
	assert_int_equal(slots_at(t.l->slots, 0)->stop, 1);
	assert_false(launcher_escalate(t.l, -1, asked, asked + 1 * S));
	assert_int_equal(t.l->copies[0].sent, 0);
	assert_false(launcher_escalate(t.l, -1, asked, asked + 3 * S));
	assert_int_equal(t.l->copies[0].sent, SIGTERM);
	usleep(200000);
	launcher_reap(t.l, now_us(), on_exit_of, NULL);
	assert_int_equal(t.exits[EXIT_STOPPED], 1);
	assert_int_equal(t.l->alive, 1);
	assert_false(launcher_escalate(t.l, -1, asked, asked + 5 * S));
	run_out();
	assert_int_equal(t.exits[EXIT_STOPPED], 2);
	assert_true(launcher_escalate(t.l, -1, asked, asked + 6 * S));
}

static void a_phase_stops_without_the_copies_that_are_to_go_on(void **state)
{
	add((char[]){ "exec sleep 60" });
	add((char[]){ "exec sleep 60" });
	t.launches[1].keep = true;
	open_launcher();
	spawn();
	launcher_stop(t.l, 0);
	for (int i = 0; i < 100 && t.l->copies[0].state == COPY_ALIVE; i++) {
		usleep(50000);
		launcher_reap(t.l, now_us(), on_exit_of, NULL);
	}
	assert_int_equal(t.l->copies[0].state, COPY_ENDED);
	assert_int_equal(t.l->copies[1].state, COPY_ALIVE);
	assert_true(launcher_escalate(t.l, 0, 0, now_us()));
	launcher_stop(t.l, -1);
	run_out();
}

/* In a process of its own: launch a sleeper, tell its pid, wait to be killed. */
static void short_lived_runner(int tell_fd)
{
	add((char[]){ "exec sleep 60" });
	open_launcher();
	spawn();
	if (write(tell_fd, &t.l->copies[0].pid, sizeof(pid_t)) < 0)
		_exit(1);
	if (write(tell_fd, &t.l->spawner.pid, sizeof(pid_t)) < 0)
		_exit(1);
	for (;;)
		pause();
}

static bool is_gone(pid_t pid)
{
	for (int i = 0; i < 200; i++) {
		char path[64], text[256];

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		if (textfile_read_at(AT_FDCWD, path, text, sizeof(text)) < 0 ||
		    strstr(text, ") Z "))
			return true;
		usleep(10000);
	}
	return false;
}

static void everything_dies_with_a_killed_runner_and_lets_its_lock_go(void **state)
{
	int ends[2], lock;
	pid_t pids[2], runner;

	assert_int_equal(pipe(ends), 0);
	runner = fork();
	if (!runner) {
		lock = openat(t.dir.fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		flock(lock, LOCK_EX);
		short_lived_runner(ends[1]);
	}
	assert_int_equal(read(ends[0], &pids[0], sizeof(pid_t)), sizeof(pid_t));
	assert_int_equal(read(ends[0], &pids[1], sizeof(pid_t)), sizeof(pid_t));
	assert_true(pids[0] > 0 && pids[1] > 0);
	lock = openat(t.dir.fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), -1);
	kill(runner, SIGKILL);
	waitpid(runner, NULL, 0);
	assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
	assert_true(is_gone(pids[0]));
	assert_true(is_gone(pids[1]));
	close(lock);
	close(ends[0]);
	close(ends[1]);
}

static void without_its_spawner_copies_end_instead_of_hanging(void **state)
{
	t.run.restart = (struct restart_spec){ RESTART_ALWAYS, 0, 0, 0 };
	add((char[]){ "sleep 0.2" });
	open_launcher();
	spawn();
	kill(t.l->spawner.pid, SIGKILL);
	run_out();
	assert_int_equal(t.l->alive, 0);
	assert_true(t.exits[EXIT_DONE] == 1);
	assert_int_not_equal(launcher_spawn_phase(t.l, 0, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stopping_goes_from_asking_to_killing),
		TEST(a_phase_stops_without_the_copies_that_are_to_go_on),
		TEST(everything_dies_with_a_killed_runner_and_lets_its_lock_go),
		TEST(without_its_spawner_copies_end_instead_of_hanging),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
