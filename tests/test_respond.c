/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder of evidence: each rung its file, in its time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "respond/ladder.h"
#include "respond/log_copy.h"
#include "respond_world.h"
#include "scenario/keys.h"
#include "watch_world.h"

static void the_ladder_is_climbed_once_into_files_of_its_own(void **state)
{
	char *names[] = { (char[]){ "stacks" }, (char[]){ "vmstat" }, NULL };
	static char buf[1 << 20];
	struct responder *r = NULL;
	struct diag d = { 0 };
	struct finding f;
	char line[64];

	w.scenario.on_match.evidence = names;
	w.copies[0] = (struct copy){ .state = COPY_ALIVE, .pid = getpid() };
	assert_int_equal(responder_open(&w.ctx, &no_host, &r, &d), 0);
	finding_init(&f, FINDING_HUNG_TASK, "test", 1);
	responder_fire(r, &f);
	responder_fire(r, &f);
	assert_true(responder_poll(r));
	responder_close(r);
	assert_true(read_file("evidence/stacks.txt", buf, sizeof(buf)) > 0);
	snprintf(line, sizeof(line), ":%d state ", (int)getpid());
	assert_non_null(strstr(buf, line));
	assert_non_null(strstr(buf, "copy alloc#0 group victims.0"));
	assert_non_null(strstr(buf, "tasks shown"));
	assert_true(read_file("evidence/vmstat.txt", buf, sizeof(buf)) > 0);
	assert_non_null(strstr(buf, "==> /proc/vmstat <=="));
	assert_non_null(strstr(buf, "nr_free_pages"));
	assert_ptr_equal(strstr(strstr(buf, "==> /proc/vmstat <==") + 1, "==> /proc/vmstat <=="),
			 NULL);
}

static void a_quiet_run_leaves_no_files(void **state)
{
	char *names[] = { (char[]){ "stacks" }, (char[]){ "vmstat" }, NULL };
	struct responder *r = NULL;
	struct diag d = { 0 };
	char buf[64];

	w.scenario.on_match.evidence = names;
	assert_int_equal(responder_open(&w.ctx, &no_host, &r, &d), 0);
	assert_true(responder_poll(r));
	responder_close(r);
	assert_int_equal(read_file("evidence/stacks.txt", buf, sizeof(buf)), 0);
	assert_int_equal(faccessat(dir.fd, "evidence/stacks.txt", F_OK, 0), -1);
}

static void a_rung_that_cannot_work_here_is_passed_over(void **state)
{
	char *names[] = { (char[]){ "sysrq-w" }, (char[]){ "memcg" }, (char[]){ "trace" }, NULL };
	struct responder *r = NULL;
	struct diag d = { 0 };
	struct finding f;

	snprintf(w.host.root, sizeof(w.host.root), "/nonexistent");
	w.scenario.on_match.evidence = names;
	assert_int_equal(responder_open(&w.ctx, &no_host, &r, &d), 0);
	finding_init(&f, FINDING_HUNG_TASK, "test", 1);
	responder_fire(r, &f);
	assert_true(responder_poll(r));
	responder_close(r);
}

static void every_check_that_refuses_names_a_remedy(void **state)
{
	snprintf(w.host.root, sizeof(w.host.root), "/nonexistent");
	for (unsigned int i = 0; rungs[i]; i++) {
		struct diag why = { 0 };

		if (rungs[i]->check(&w.ctx, rungs[i]->with, &why))
			assert_true(strstr(why.message, "root") != NULL);
	}
}

/* A rung that sleeps until the test lets it go, as one that waits for a kernel lock does. */
static int hang_fd[2];

static int rung_open_nothing(const struct watch_ctx *ctx, const void *with, void **ret)
{
	*ret = NULL;
	return 0;
}

static int rung_hang(void *own, const struct finding *f, int out_fd)
{
	char c;

	return read(hang_fd[0], &c, 1) == 1 ? 0 : -EIO;
}

static int rung_quick(void *own, const struct finding *f, int out_fd)
{
	return write(out_fd, "quick", 5) == 5 ? 0 : -EIO;
}

static void rung_close_nothing(void *own)
{
}

static const struct rung_ops hangs = { "hangs",           20000,     NULL,
				       rung_open_nothing, rung_hang, rung_close_nothing };
static const struct rung_ops quick = { "quick",           1000000,    NULL,
				       rung_open_nothing, rung_quick, rung_close_nothing };

static void wait_for_ladder(struct ladder *l)
{
	struct pollfd done = { l->rungs[1].done_fd, POLLIN, 0 };

	assert_int_equal(poll(&done, 1, 10000), 1);
}

static void a_rung_that_hangs_does_not_stop_the_next(void **state)
{
	static struct ladder l;
	struct diag d = { 0 };
	struct finding f;
	char buf[16];

	assert_int_equal(pipe(hang_fd), 0);
	mkdirat(dir.fd, "evidence", 0755);
	assert_int_equal(ladder_init(&l, dir.fd), 0);
	assert_int_equal(ladder_add(&l, &hangs, &w.ctx, &d), 0);
	assert_int_equal(ladder_add(&l, &quick, &w.ctx, &d), 0);
	assert_int_equal(ladder_ready(&l), 0);
	finding_init(&f, FINDING_HUNG_TASK, "test", 1);
	ladder_go(&l, &f);
	wait_for_ladder(&l);
	assert_true(atomic_load(&l.rungs[0].late));
	assert_false(atomic_load(&l.rungs[0].done));
	assert_false(atomic_load(&l.rungs[1].late));
	assert_int_equal(read_file("evidence/quick.txt", buf, sizeof(buf)), 5);
	assert_false(ladder_close(&l)); /* it says that it must not be freed */
	assert_int_equal(write(hang_fd[1], "x", 1), 1);
	assert_int_equal(poll(&(struct pollfd){ l.rungs[0].done_fd, POLLIN, 0 }, 1, 10000), 1);
	close(hang_fd[0]);
	close(hang_fd[1]);
}

static size_t copied(const char *record, char *buf, size_t size)
{
	int fds[2];
	ssize_t n;

	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	assert_int_equal(log_copy_record(record, strlen(record), fds[1]), 0);
	n = read(fds[0], buf, size - 1);
	buf[n > 0 ? n : 0] = 0;
	close(fds[0]);
	close(fds[1]);
	return n > 0 ? (size_t)n : 0;
}

static void a_record_of_the_log_is_copied_as_dmesg_shows_it(void **state)
{
	char buf[256];

	copied("6,341,12000345,-;sysrq: Show Blocked State\n SUBSYSTEM=x\n", buf, sizeof(buf));
	assert_string_equal(buf, "[   12.000345] sysrq: Show Blocked State\n");
	copied("4,1,7,c;a;b, c", buf, sizeof(buf)); /* no newline, and the text has separators */
	assert_string_equal(buf, "[    0.000007] a;b, c\n");
	assert_int_equal(copied("", buf, sizeof(buf)), 0);
	assert_int_equal(copied("no record", buf, sizeof(buf)), 0);
	assert_int_equal(copied("6,1;2,3", buf, sizeof(buf)), 0);
}

/* Fake files in the place of /proc/sysrq-trigger and /dev/kmsg: the letter, and where it goes. */
static void each_sysrq_rung_writes_its_own_letter_and_no_other(void **state)
{
	static const char *const names[] = { "sysrq-w", "sysrq-l", "sysrq-m", "sysrq-t" };
	char path[512], buf[64];

	snprintf(path, sizeof(path), "%s/proc", dir.path);
	mkdir(path, 0755);
	snprintf(w.host.root, sizeof(w.host.root), "%s", dir.path);
	for (unsigned int i = 0, k = 0; rungs[i]; i++) {
		void *own = NULL;
		int out;

		if (strncmp(rungs[i]->name, "sysrq-", 6) != 0)
			continue;
		assert_string_equal(rungs[i]->name, names[k++]);
		close(openat(dir.fd, "proc/sysrq-trigger", O_WRONLY | O_CREAT | O_TRUNC, 0600));
		out = openat(dir.fd, "evidence-of-it", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(rungs[i]->check(&w.ctx, rungs[i]->with, NULL), 0);
		assert_int_equal(rungs[i]->open(&w.ctx, rungs[i]->with, &own), 0);
		assert_int_equal(rungs[i]->fire(own, NULL, out), 0);
		rungs[i]->close(own);
		close(out);
		assert_int_equal(read_file("proc/sysrq-trigger", buf, sizeof(buf)), 1);
		assert_int_equal(buf[0], rungs[i]->name[6]);
		assert_true(read_file("evidence-of-it", buf, sizeof(buf)) > 0);
	}
	unlinkat(dir.fd, "evidence-of-it", 0);
	unlinkat(dir.fd, "proc/sysrq-trigger", 0);
	unlinkat(dir.fd, "proc", AT_REMOVEDIR);
}

static void a_scenario_can_name_each_rung(void **state)
{
	const struct key *k = key_find(&on_match_object, "evidence");
	unsigned int words = 0, count = 0;

	while (rungs[count])
		count++;
	for (; k->words[words]; words++) {
		unsigned int i = 0;

		while (rungs[i] && strcmp(rungs[i]->name, k->words[words]) != 0)
			i++;
		assert_non_null(rungs[i]);
	}
	assert_int_equal(words, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_ladder_is_climbed_once_into_files_of_its_own,
						make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_quiet_run_leaves_no_files, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_rung_that_cannot_work_here_is_passed_over,
						make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(every_check_that_refuses_names_a_remedy, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(a_rung_that_hangs_does_not_stop_the_next, make_dir,
						remove_dir),
		cmocka_unit_test(a_record_of_the_log_is_copied_as_dmesg_shows_it),
		cmocka_unit_test_setup_teardown(each_sysrq_rung_writes_its_own_letter_and_no_other,
						make_dir, remove_dir),
		cmocka_unit_test(a_scenario_can_name_each_rung),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
