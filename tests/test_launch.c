/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Membership, restart policy and exits as tables; then real processes, launched without groups. */
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
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "cgroup/cgroup.h"
#include "launch/exits.h"
#include "launch/launch.h"
#include "launch/membership.h"

#define V1_TEXT                                                                                    \
	"9:name=systemd:/user.slice\n4:memory:/hangar/ID/victims.1\n3:cpu,cpuacct:/hangar/ID/x\n"  \
	"0::/init.scope\n"

static const struct {
	const char *text, *expect;
	bool has;
} memberships[] = {
	{ V1_TEXT, "memory:/hangar/ID/victims.1", true },
	{ V1_TEXT, "memory:/hangar/ID/victims", false },
	{ V1_TEXT, "memory:/hangar/ID/victims.10", false },
	{ V1_TEXT, "memory:/", false },
	{ V1_TEXT, "cpu:/hangar/ID/x", true },
	{ V1_TEXT, "cpuacct:/hangar/ID/x", true },
	{ V1_TEXT, "acct:/hangar/ID/x", false },
	{ V1_TEXT, "pids:/hangar/ID/x", false },
	{ V1_TEXT, ":/init.scope", true },
	{ V1_TEXT, ":/hangar/ID/x", false },
	{ "0::/hangar/ID/a\n", ":/hangar/ID/a", true },
	{ "0::/hangar/ID/a", ":/hangar/ID/a", true }, /* cut before its newline */
	{ "0::/hangar/ID/a:b\n", ":/hangar/ID/a:b", true },
	{ "0::/hangar/ID/a (deleted)\n", ":/hangar/ID/a", false },
	{ "", ":/", false },
	{ "nonsense\n", ":/", false },
	{ "1:memory\n", "memory:", false },
};

static void a_process_is_where_its_line_says_exactly(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(memberships); i++)
		if (membership_has(memberships[i].text, memberships[i].expect) !=
		    memberships[i].has)
			fail_msg("row %zu: %s", i, memberships[i].expect);
}

#define S 1000000ull
#define MS 1000ull

static const struct {
	struct restart_spec spec;
	enum exit_kind kind;
	uint64_t age, before;
	unsigned int restarts;
	bool again;
	uint64_t after;
} restarts[] = {
	{ { RESTART_NEVER, 0, 0, 0 }, EXIT_OOM_KILLED, S, 0, 0, false, 0 },
	{ { RESTART_ON_OOM, 0, 0, 0 }, EXIT_OOM_KILLED, S, 0, 0, true, 0 },
	{ { RESTART_ON_OOM, 0, 0, 0 }, EXIT_DONE, S, 0, 0, false, 0 },
	{ { RESTART_ON_OOM, 0, 0, 0 }, EXIT_FAILED, S, 0, 0, false, 0 },
	{ { RESTART_ALWAYS, 0, 0, 0 }, EXIT_DONE, S, 0, 9, true, 0 },
	{ { RESTART_ALWAYS, 0, 0, 0 }, EXIT_SKIPPED, S, 0, 0, false, 0 },
	{ { RESTART_ALWAYS, 0, 0, 0 }, EXIT_STOPPED, S, 0, 0, false, 0 },
	/* a failure never spins */
	{ { RESTART_ALWAYS, 0, 0, 0 }, EXIT_FAILED, S, 0, 0, true, 100 * MS },
	/* the pause doubles while lives are short, up to the maximum */
	{ { RESTART_ALWAYS, 50 * MS, 2 * S, 0 }, EXIT_OOM_KILLED, MS, 0, 0, true, 50 * MS },
	{ { RESTART_ALWAYS, 50 * MS, 2 * S, 0 }, EXIT_OOM_KILLED, MS, 50 * MS, 1, true, 100 * MS },
	{ { RESTART_ALWAYS, 50 * MS, 2 * S, 0 }, EXIT_OOM_KILLED, MS, 1600 * MS, 6, true, 2 * S },
	{ { RESTART_ALWAYS, 50 * MS, 2 * S, 0 }, EXIT_OOM_KILLED, MS, UINT64_MAX, 6, true, 2 * S },
	/* and is small again after a long one */
	{ { RESTART_ALWAYS, 50 * MS, 2 * S, 0 }, EXIT_OOM_KILLED, 5 * S, 2 * S, 7, true, 50 * MS },
	{ { RESTART_ALWAYS, 0, 0, 3 }, EXIT_DONE, S, 0, 2, true, 0 },
	{ { RESTART_ALWAYS, 0, 0, 3 }, EXIT_DONE, S, 0, 3, false, 0 },
};

static void the_restart_policy_is_as_the_table_says(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(restarts); i++) {
		uint64_t backoff = restarts[i].before;
		bool again = restart_decide(&restarts[i].spec, restarts[i].kind, restarts[i].age,
					    restarts[i].restarts, &backoff);

		if (again != restarts[i].again || (again && backoff != restarts[i].after))
			fail_msg("row %zu: %d, %llu us", i, again, (unsigned long long)backoff);
	}
}

static const struct {
	struct exit_facts facts;
	enum exit_kind kind;
} exits[] = {
	{ { .status = W_EXITCODE(0, 0) }, EXIT_DONE },
	{ { .status = W_EXITCODE(77, 0) }, EXIT_SKIPPED },
	{ { .status = W_EXITCODE(1, 0) }, EXIT_FAILED },
	{ { .status = W_EXITCODE(127, 0) }, EXIT_FAILED },
	{ { .status = W_EXITCODE(0, SIGSEGV) }, EXIT_FAILED },
	{ { .status = W_EXITCODE(0, 0), .stopping = true }, EXIT_STOPPED },
	{ { .status = W_EXITCODE(0, SIGTERM), .stopping = true }, EXIT_STOPPED },
	{ { .status = W_EXITCODE(0, SIGKILL), .stopping = true }, EXIT_STOPPED },
	{ { .status = W_EXITCODE(1, 0), .stopping = true }, EXIT_FAILED },
	{ { .status = W_EXITCODE(77, 0), .stopping = true }, EXIT_SKIPPED },
	{ { .status = W_EXITCODE(0, SIGKILL) }, EXIT_FAILED },
	{ { .status = W_EXITCODE(0, SIGKILL), .oom_counted = true }, EXIT_OOM_KILLED },
	{ { .status = W_EXITCODE(0, SIGKILL), .oom_told = true }, EXIT_OOM_KILLED },
	{ { .status = W_EXITCODE(0, SIGKILL), .oom_unknown = true }, EXIT_OOM_KILLED },
	{ { .status = W_EXITCODE(0, SIGKILL), .oom_unknown = true, .stopping = true },
	  EXIT_STOPPED },
	{ { .status = W_EXITCODE(0, SIGTERM), .oom_counted = true }, EXIT_FAILED },
	/* a group at its limit has no room for a new program */
	{ { .status = W_EXITCODE(0, SIGSEGV), .unborn = true, .limited = true }, EXIT_STARVED },
	{ { .status = W_EXITCODE(0, SIGBUS), .unborn = true, .limited = true }, EXIT_STARVED },
	{ { .status = W_EXITCODE(0, SIGSEGV), .limited = true }, EXIT_FAILED },
	{ { .status = W_EXITCODE(0, SIGSEGV), .unborn = true }, EXIT_FAILED },
	{ { .status = W_EXITCODE(127, 0), .unborn = true, .limited = true, .no_memory = true },
	  EXIT_STARVED },
	{ { .status = W_EXITCODE(127, 0), .unborn = true, .limited = true }, EXIT_FAILED },
	/* fio ends with 1 when a job of its was killed, with 128 after a signal */
	{ { .status = W_EXITCODE(1, 0), .is_fio = true }, EXIT_FAILED },
	{ { .status = W_EXITCODE(1, 0), .is_fio = true, .oom_counted = true }, EXIT_OOM_KILLED },
	{ { .status = W_EXITCODE(0, SIGSEGV), .is_fio = true, .unborn = true, .limited = true },
	  EXIT_STARVED },
	{ { .status = W_EXITCODE(0, SIGSEGV), .is_fio = true, .limited = true }, EXIT_FAILED },
	{ { .status = W_EXITCODE(128, 0), .is_fio = true, .stopping = true }, EXIT_STOPPED },
	{ { .status = W_EXITCODE(77, 0), .is_fio = true }, EXIT_FAILED },
};

static void exits_are_classified_as_the_table_says(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(exits); i++)
		if (exit_classify(&exits[i].facts) != exits[i].kind)
			fail_msg("row %zu is %s", i,
				 exit_kind_name(exit_classify(&exits[i].facts)));
}

static void a_report_is_one_atomic_write(void **state)
{
	assert_true(sizeof(struct child_report) <= 512); /* PIPE_BUF of POSIX */
	assert_int_equal(sizeof(struct child_report), 16);
}

/* A plan of shell commands, all in one group that limits nothing. */
#define COPIES_MAX 64

static struct {
	struct rundir dir;
	struct plan plan;
	struct plan_group group;
	struct plan_launch launches[COPIES_MAX];
	struct run_spec run;
	char *argv[COPIES_MAX][4];
	struct host host;
	struct undo *undo;
	struct cgroup_tree *tree;
	struct launcher *l;
	unsigned int exits[EXIT_STARVED + 1];
} t;

static char sh[] = "/bin/sh", dash_c[] = "-c";

static void add(char *command)
{
	unsigned int i = t.plan.n_launches++;
	struct plan_launch *launch = &t.launches[i];

	t.argv[i][0] = sh;
	t.argv[i][1] = dash_c;
	t.argv[i][2] = command;
	*launch = (struct plan_launch){ .slot = i, .argv = t.argv[i], .from = &t.run };
	launch->is_fio = true; /* a shell counts no steps and knows no start line */
	snprintf(launch->name, sizeof(launch->name), "sh#%u", i);
	snprintf(launch->out, sizeof(launch->out), "out/%03u-sh.log", i);
}

static int setup(void **state)
{
	char path[] = "/tmp/hangar-test-XXXXXX";

	memset(&t, 0, sizeof(t));
	assert_non_null(mkdtemp(path));
	snprintf(t.dir.path, sizeof(t.dir.path), "%s", path);
	snprintf(t.dir.id, sizeof(t.dir.id), "test-launch");
	t.dir.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(t.dir.fd, "out", 0755);
	snprintf(t.group.path, sizeof(t.group.path), "outside");
	t.group.parent = -1;
	t.plan.groups = &t.group;
	t.plan.n_groups = 1;
	t.plan.launches = t.launches;
	snprintf(t.plan.scratch_dir, sizeof(t.plan.scratch_dir), "%s", path);
	assert_int_equal(undo_open(&t.dir, &t.undo), 0);
	return cgroup_tree_make(&t.plan, &t.host, t.dir.id, t.undo, &t.tree, NULL);
}

static int teardown(void **state)
{
	char command[4200];

	launcher_close(t.l);
	cgroup_tree_free(t.tree);
	undo_close(t.undo);
	close(t.dir.fd);
	snprintf(command, sizeof(command), "rm -rf '%s'", t.dir.path);
	return system(command);
}

static void open_launcher(void)
{
	struct diag d = { 0 };

	if (launcher_open(&t.plan, t.tree, &t.dir, NULL, &t.l, &d))
		fail_msg("%s", d.message);
}

static void spawn(void)
{
	struct diag d = { 0 };

	if (launcher_spawn_phase(t.l, 0, &d))
		fail_msg("%s", d.message);
}

static void on_exit_of(void *ctx, unsigned int index, enum exit_kind kind)
{
	t.exits[kind]++;
}

/* Reap and restart until no copy is alive or waiting. */
static void run_out(void)
{
	uint64_t until = now_us() + 20 * S;
	bool busy = true;

	while (busy && now_us() < until) {
		launcher_reap(t.l, now_us(), on_exit_of, NULL);
		launcher_tick(t.l, now_us());
		busy = false;
		for (unsigned int i = 0; i < t.plan.n_launches; i++)
			busy |= t.l->copies[i].state == COPY_ALIVE ||
				t.l->copies[i].state == COPY_BACKOFF;
		usleep(2000);
	}
	assert_false(busy);
}

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
		cmocka_unit_test(a_process_is_where_its_line_says_exactly),
		cmocka_unit_test(the_restart_policy_is_as_the_table_says),
		cmocka_unit_test(exits_are_classified_as_the_table_says),
		cmocka_unit_test(a_report_is_one_atomic_write),
		TEST(programs_run_with_their_output_kept_and_exits_told),
		TEST(a_child_inherits_nothing_but_what_it_needs),
		TEST(the_environment_names_slot_parent_and_run),
		TEST(a_program_that_is_not_there_is_refused_at_once),
		TEST(a_program_that_cannot_be_run_is_a_failure_with_its_reason),
		TEST(programs_are_found_in_the_path),
		TEST(copies_come_back_as_often_as_the_policy_says),
		TEST(fifty_short_lives_are_all_told_however_fast_they_end),
		TEST(a_phase_can_be_run_again),
		TEST(stopping_goes_from_asking_to_killing),
		TEST(a_phase_stops_without_the_copies_that_are_to_go_on),
		TEST(everything_dies_with_a_killed_runner_and_lets_its_lock_go),
		TEST(without_its_spawner_copies_end_instead_of_hanging),
		TEST(steps_are_summed_by_what_is_run),
		TEST(the_start_line_waits_for_every_copy_that_will_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
