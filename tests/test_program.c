/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs run to their end for what they say. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "program/program.h"

/* A line of shell; @p says the rest. */
static int run(struct program p, const char *line, struct program_end *ret, struct diag *d)
{
	const char *argv[] = { "sh", "-c", line, NULL };

	p.argv = argv;
	*d = (struct diag){ 0 };
	if (!p.output_max)
		p.output_max = 4096;
	return program_run(&p, ret, d);
}

static void what_it_says_is_kept(void **state)
{
	struct program_end e;
	struct diag d;

	assert_int_equal(run((struct program){ 0 }, "echo out; echo err >&2", &e, &d), 0);
	assert_string_equal(e.output, "out\n");
	assert_int_equal(e.output_size, 4);
	assert_string_equal(e.errors, "err");
	program_end_clear(&e);
	assert_int_equal(
		run((struct program){ .errors_too = true }, "echo out; echo err >&2", &e, &d), 0);
	assert_string_equal(e.output, "out\nerr\n");
	program_end_clear(&e);
	assert_int_equal(run((struct program){ 0 }, "true", &e, &d), 0);
	assert_string_equal(e.output, "");
	program_end_clear(&e);
}

static void it_has_its_input_its_file_and_its_environment(void **state)
{
	static const char *const env[] = { "COLOUR=green", "GONE", NULL };
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct program_end e;
	struct diag d;

	setenv("GONE", "here", 1);
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	assert_true(fd > 0 && write(fd, "file", 4) == 4);
	assert_int_equal(
		run((struct program){ .input = "in ", .input_size = 3, .file_fd = fd, .env = env },
		    "cat - " PROGRAM_FILE "; echo \" $COLOUR ${GONE-gone} $LC_ALL\"", &e, &d),
		0);
	assert_string_equal(e.output, "in file green gone C\n");
	program_end_clear(&e);
	close(fd);
	assert_int_equal(run((struct program){ 0 }, "cat; test ! -e /proc/self/fd/3", &e, &d), 0);
	assert_string_equal(e.output, "");
	program_end_clear(&e);
}

static void a_bad_end_is_told_with_its_last_words(void **state)
{
	struct program_end e;
	struct diag d;

	assert_int_equal(run((struct program){ 0 }, "echo why >&2; echo out; exit 3", &e, &d),
			 -ECHILD);
	assert_string_equal(d.message, "sh ended with 3: why");
	assert_string_equal(e.output, "out\n");
	assert_int_equal(WEXITSTATUS(e.status), 3);
	program_end_clear(&e);
	assert_int_equal(run((struct program){ 0 }, "kill -9 $$", &e, &d), -ECHILD);
	assert_string_equal(d.message, "sh died of signal 9 (no word of why)");
	program_end_clear(&e);
}

static void one_that_cannot_be_started_is_no_bad_end(void **state)
{
	static const char *const missing[] = { "no-such-program-anywhere", NULL };
	static const char *const barred[] = { "/etc/passwd", NULL };
	struct program p = { .argv = missing, .output_max = 10 };
	struct program_end e;
	struct diag d = { 0 };

	assert_int_equal(program_run(&p, &e, &d), -ENOENT);
	assert_string_equal(d.message, "there is no no-such-program-anywhere on this machine");
	d = (struct diag){ 0 };
	p.argv = barred;
	assert_int_equal(program_run(&p, &e, &d), -EACCES);
	assert_string_equal(d.message, "/etc/passwd cannot be run: Permission denied");
	assert_null(e.output);
	/* the shell's own 127 is an end like others */
	assert_int_equal(run((struct program){ 0 }, "no-such-program-anywhere", &e, &d), -ECHILD);
	program_end_clear(&e);
}

static void too_many_words_are_refused_or_cut(void **state)
{
	struct program_end e;
	struct diag d;

	assert_int_equal(run((struct program){ .output_max = 9 }, "echo 123456789", &e, &d),
			 -EFBIG);
	assert_null(e.output);
	assert_int_equal(run((struct program){ .output_max = 9, .begin_only = true },
			     "head -c 1000000 /dev/zero | tr '\\0' x; echo end >&2", &e, &d),
			 0);
	assert_string_equal(e.output, "xxxxxxxxx");
	assert_string_equal(e.errors, "end");
	program_end_clear(&e);
}

static void its_time_is_over_for_its_children_too(void **state)
{
	uint64_t begin = now_us();
	struct program_end e;
	struct diag d;

	/* the grandchild holds the pipes when its parent is gone */
	assert_int_equal(run((struct program){ .timeout_us = 300000 }, "sleep 60 & exit 0", &e, &d),
			 -ETIMEDOUT);
	assert_true(now_us() - begin < 20000000);
	assert_string_equal(d.message, "sh did not come to an end in 0 s");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
}

static void blocked_signals_are_not_its_own(void **state)
{
	struct program_end e;
	sigset_t term, old;
	struct diag d;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &old);
	assert_int_equal(run((struct program){ 0 }, "kill -TERM $$; sleep 60", &e, &d), -ECHILD);
	sigprocmask(SIG_SETMASK, &old, NULL);
	assert_int_equal(WTERMSIG(e.status), SIGTERM);
	program_end_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says_is_kept),
		cmocka_unit_test(it_has_its_input_its_file_and_its_environment),
		cmocka_unit_test(a_bad_end_is_told_with_its_last_words),
		cmocka_unit_test(one_that_cannot_be_started_is_no_bad_end),
		cmocka_unit_test(too_many_words_are_refused_or_cut),
		cmocka_unit_test(its_time_is_over_for_its_children_too),
		cmocka_unit_test(blocked_signals_are_not_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
