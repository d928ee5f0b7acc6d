/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of programs: started, restarted, counted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "cgroup/cgroup.h"
#include "launch/launch.h"
#include "launch_world.h"

static void wrote(const char *out, const char *text)
{
	char buf[4096];

	assert_true(textfile_read_at(t.dir.fd, out, buf, sizeof(buf)) >= 0);
	assert_string_equal(buf, text);
}

static void programs_run_with_their_output_kept_and_exits_told(void **state)
{
	add((char[]){ "echo out; echo err >&2" });
	add((char[]){ "exit 3" });
	open_launcher();
	spawn();
	run_out();
	assert_int_equal(t.exits[EXIT_DONE], 1);
	assert_int_equal(t.exits[EXIT_FAILED], 1);
	assert_int_equal(t.l->failed, 1);
	assert_int_equal(t.l->alive, 0);
	assert_false(t.l->copies[0].verified); /* there are no groups to be in */
	wrote("out/000-sh.log", "out\nerr\n");
}

static void a_child_inherits_nothing_but_what_it_needs(void **state)
{
	int stray = open("/dev/null", O_RDONLY); /* not close-on-exec, as a careless parent has */
	sigset_t term;

	add((char[]){ "exec 9</dev/null; cd /proc/self/fd; for f in *; do echo $f; done" });
	add((char[]){ "grep -E '^Sig(Blk|Ign)' /proc/self/status; "
		      "cat /proc/self/oom_score_adj; pwd; "
		      "test $(cut -d' ' -f5 /proc/$$/stat) = $$ && echo leader" });
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	signal(SIGPIPE, SIG_IGN);
	open_launcher();
	spawn();
	run_out();
	sigprocmask(SIG_UNBLOCK, &term, NULL);
	signal(SIGPIPE, SIG_DFL);
	close(stray);
	{
		char want[8500], buf[256];

		snprintf(want, sizeof(want),
			 "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n0\n%s\nleader\n",
			 t.dir.path);
		wrote("out/001-sh.log", want);
		snprintf(want, sizeof(want), "%d\n", t.l->slots_fd);
		assert_true(textfile_read_at(t.dir.fd, "out/000-sh.log", buf, sizeof(buf)) > 0);
		assert_non_null(strstr(buf, want));
		snprintf(want, sizeof(want), "\n%d\n", stray);
		if (stray != t.l->slots_fd)
			assert_null(strstr(buf, want));
	}
}

static void the_environment_names_slot_parent_and_run(void **state)
{
	char want[128];

	add((char[]){ "true" });
	add((char[]){ "echo $HANGAR_SLOT $HANGAR_SLOTS_FD $HANGAR_PARENT $PPID $HANGAR_RUN" });
	setenv("HANGAR_SLOT", "99", 1);
	open_launcher();
	unsetenv("HANGAR_SLOT");
	spawn();
	run_out();
	snprintf(want, sizeof(want), "1 %d %d %d test-launch\n", t.l->slots_fd, getpid(), getpid());
	wrote("out/001-sh.log", want);
}

static void a_program_that_is_not_there_is_refused_at_once(void **state)
{
	struct diag d = { 0 };

	add((char[]){ "true" });
	t.argv[0][0] = (char[]){ "hangar-no-such-program" };
	assert_int_equal(launcher_open(&t.plan, t.tree, &t.dir, NULL, &t.l, &d), -ENOENT);
	assert_non_null(strstr(d.message, "hangar-no-such-program"));
}

static void a_program_that_cannot_be_run_is_a_failure_with_its_reason(void **state)
{
	char path[4200];
	int fd = openat(t.dir.fd, "garbage", O_WRONLY | O_CREAT, 0755);

	assert_int_equal(write(fd, "\1\2\3", 3), 3);
	close(fd);
	snprintf(path, sizeof(path), "%s/garbage", t.dir.path);
	add((char[]){ "true" });
	t.argv[0][0] = path;
	open_launcher();
	launcher_spawn_phase(t.l, 0, NULL); /* it may be told here or at the exit */
	run_out();
	assert_int_equal(t.exits[EXIT_FAILED], 1);
	assert_int_equal(t.l->copies[0].start_error, ENOEXEC);
	assert_int_equal(t.l->copies[0].start_stage, CHILD_EXEC);
}

static void programs_are_found_in_the_path(void **state)
{
	add((char[]){ "echo found" });
	t.argv[0][0] = (char[]){ "sh" };
	open_launcher();
	spawn();
	run_out();
	wrote("out/000-sh.log", "found\n");
}

static void copies_come_back_as_often_as_the_policy_says(void **state)
{
	t.run.restart = (struct restart_spec){ RESTART_ALWAYS, 1000, 2000, 4 };
	add((char[]){ "echo life" });
	open_launcher();
	spawn();
	run_out();
	assert_int_equal(t.exits[EXIT_DONE], 5);
	assert_int_equal(t.l->restarts, 4);
	wrote("out/000-sh.log", "life\nlife\nlife\nlife\nlife\n");
}

static void fifty_short_lives_are_all_told_however_fast_they_end(void **state)
{
	char command[] = "exit 0";

	t.run.restart = (struct restart_spec){ RESTART_ALWAYS, 0, 0, 5 };
	for (int i = 0; i < 50; i++)
		add(command);
	open_launcher();
	spawn();
	run_out();
	assert_int_equal(t.exits[EXIT_DONE], 50 * 6);
	assert_int_equal(t.l->alive, 0);
}

static void a_phase_can_be_run_again(void **state)
{
	add((char[]){ "echo round" });
	open_launcher();
	spawn();
	run_out();
	spawn();
	run_out();
	wrote("out/000-sh.log", "round\nround\n");
}

static void steps_are_summed_by_what_is_run(void **state)
{
	struct run_spec other = { .use = (char[]){ "other" } };

	t.run.use = (char[]){ "one" };
	add((char[]){ "true" });
	add((char[]){ "true" });
	t.launches[1].from = &other;
	open_launcher();
	slots_at(t.l->slots, 0)->steps = 40;
	slots_at(t.l->slots, 1)->steps = 2;
	assert_true(launcher_steps(t.l, NULL) == 42);
	assert_true(launcher_steps(t.l, "one") == 40);
	assert_true(launcher_steps(t.l, "other") == 2);
}

static void the_start_line_waits_for_every_copy_that_will_come(void **state)
{
	add((char[]){ "exec sleep 60" });
	add((char[]){ "exit 0" });
	t.launches[0].is_fio = false;
	t.launches[1].is_fio = false;
	open_launcher();
	spawn();
	while (t.l->copies[1].state == COPY_ALIVE) {
		usleep(10000);
		launcher_reap(t.l, now_us(), on_exit_of, NULL);
	}
	assert_false(launcher_phase_ready(t.l, 0)); /* the sleeper has not said that it is there */
	slots_at(t.l->slots, 0)->state = SLOT_READY;
	assert_true(launcher_phase_ready(t.l, 0));
	assert_int_equal(slots_at(t.l->slots, 0)->go, 0);
	launcher_go(t.l, 0, now_us());
	assert_int_equal(slots_at(t.l->slots, 0)->go, 1);
	launcher_stop(t.l, -1);
	launcher_escalate(t.l, -1, 0, now_us());
	run_out();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(programs_run_with_their_output_kept_and_exits_told),
		TEST(a_child_inherits_nothing_but_what_it_needs),
		TEST(the_environment_names_slot_parent_and_run),
		TEST(a_program_that_is_not_there_is_refused_at_once),
		TEST(a_program_that_cannot_be_run_is_a_failure_with_its_reason),
		TEST(programs_are_found_in_the_path),
		TEST(copies_come_back_as_often_as_the_policy_says),
		TEST(fifty_short_lives_are_all_told_however_fast_they_end),
		TEST(a_phase_can_be_run_again),
		TEST(steps_are_summed_by_what_is_run),
		TEST(the_start_line_waits_for_every_copy_that_will_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
