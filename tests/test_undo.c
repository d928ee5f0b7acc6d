/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The undo log: steps undone last one first, once, and nobody else's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "setup/undo.h"
#include "undo_world.h"

static void steps_are_undone_last_one_first(void **state)
{
	struct undo *u = opened();

	assert_int_equal(undo_add(u, "directory", in_dir("a"), NULL), 0);
	assert_int_equal(mkdir(in_dir("a"), 0700), 0);
	assert_int_equal(undo_add(u, "file", in_dir("a/f"), NULL), 0);
	put("a/f", "x");
	assert_int_equal(undo_all(u, say), 0);
	assert_int_not_equal(access(in_dir("a"), F_OK), 0);
	assert_true(strstr(told, "removed the file") < strstr(told, "removed the folder"));
	undo_close(u);
}

static void undoing_twice_and_steps_never_taken_are_no_error(void **state)
{
	struct undo *u = opened();

	assert_int_equal(undo_add(u, "file", in_dir("never"), NULL), 0);
	assert_int_equal(undo_add(u, "directory", in_dir("never/there"), NULL), 0);
	assert_int_equal(undo_add(u, "tree", in_dir("work"), NULL), 0);
	assert_int_equal(undo_add(u, "mount", in_dir("scratch"), NULL), 0);
	assert_int_equal(undo_add(u, "loop", in_dir("scratch.img"), NULL), 0);
	assert_int_equal(undo_add(u, "cgroup", "/sys/fs/cgroup/memory/hangar/no-such-run", NULL),
			 0);
	assert_int_equal(undo_add(u, "processes", "no-such-run", NULL), 0);
	assert_int_equal(undo_all(u, say), 0);
	assert_int_equal(undo_all(u, say), 0);
	assert_string_equal(told, "");
	undo_close(u);
}

static void a_setting_is_restored(void **state)
{
	struct undo *u = opened();

	put("knob", "10\n");
	assert_int_equal(undo_add_setting(u, in_dir("knob"), "60", "10"), 0);
	assert_int_equal(undo_all(u, say), 0);
	starts("knob", "60");
	assert_null(strstr(told, "somebody else"));
	undo_close(u);
}

static void a_setting_changed_meanwhile_is_restored_and_said(void **state)
{
	struct undo *u = opened();

	put("knob", "33\n");
	assert_int_equal(undo_add_setting(u, in_dir("knob"), "60", "10"), 0);
	assert_int_equal(undo_all(u, say), 0);
	starts("knob", "60");
	assert_non_null(strstr(told, "changed to \"33\" by somebody else"));
	undo_close(u);
}

static void a_setting_that_is_right_already_is_not_written(void **state)
{
	struct undo *u = opened();

	put("menu", "always [madvise] never\n");
	assert_int_equal(undo_add_setting(u, in_dir("menu"), "madvise", "always"), 0);
	assert_int_equal(undo_all(u, say), 0);
	starts("menu", "always [madvise] never");
	undo_close(u);
}

static void a_torn_tail_is_ignored_and_not_glued_to_the_next_line(void **state)
{
	const char torn[] = "{\"undo\":\"file\",\"path\":\"/tmp/hang";
	struct undo *u;

	put("one", "1");
	put("two", "2");
	put(UNDO_FILE, torn);
	u = opened();
	assert_int_equal(undo_add(u, "file", in_dir("one"), NULL), 0);
	undo_close(u);
	u = opened();
	assert_int_equal(undo_all(u, say), 0);
	assert_int_not_equal(access(in_dir("one"), F_OK), 0);
	assert_int_equal(access(in_dir("two"), F_OK), 0);
	undo_close(u);
}

static void a_step_that_failed_is_tried_again_and_the_others_go_on(void **state)
{
	struct undo *u = opened();

	assert_int_equal(undo_add(u, "file", in_dir("one"), NULL), 0);
	assert_int_equal(undo_add(u, "directory", in_dir("full"), NULL), 0);
	assert_int_equal(mkdir(in_dir("full"), 0700), 0);
	put("one", "1");
	put("full/x", "x");
	assert_int_equal(undo_all(u, say), 1);
	assert_non_null(strstr(told, "could not undo directory"));
	assert_int_not_equal(access(in_dir("one"), F_OK), 0);
	unlink(in_dir("full/x"));
	assert_int_equal(undo_all(u, say), 0);
	assert_int_not_equal(access(in_dir("full"), F_OK), 0);
	undo_close(u);
}

static void an_unknown_kind_counts_as_not_restored(void **state)
{
	struct undo *u = opened();

	assert_int_equal(undo_add(u, "reactor", "/core", "cold"), 0);
	assert_int_equal(undo_all(u, say), 1);
	undo_close(u);
}

static void a_tree_goes_with_its_content_but_links_are_not_followed(void **state)
{
	struct undo *u = opened();

	mkdir(in_dir("keep"), 0700);
	put("keep/precious", "x");
	mkdir(in_dir("work"), 0700);
	mkdir(in_dir("work/deep"), 0700);
	put("work/deep/f", "x");
	assert_int_equal(symlinkat("../keep", dir.fd, "work/link"), 0);
	assert_int_equal(undo_add(u, "tree", in_dir("work"), NULL), 0);
	assert_int_equal(undo_all(u, say), 0);
	assert_int_not_equal(access(in_dir("work"), F_OK), 0);
	assert_int_equal(access(in_dir("keep/precious"), F_OK), 0);
	undo_close(u);
}

static void folders_and_groups_that_are_not_ours_are_refused(void **state)
{
	static const struct {
		const char *kind, *path;
	} refused[] = {
		{ "tree", "/" },
		{ "tree", "/etc" },
		{ "tree", "/work" },
		{ "cgroup", "/sys/fs/cgroup/memory" },
		{ "cgroup", "/hangar/" },
		{ "cgroup", "hangar/x" },
		{ "cgroup", "/hangar/../x" },
	};
	struct undo *u = opened();

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_int_equal(undo_add(u, refused[i].kind, refused[i].path, NULL), 0);
	mkdir(in_dir("home"), 0700);
	assert_int_equal(undo_add(u, "tree", in_dir("home"), NULL), 0);
	assert_int_equal(undo_all(u, say), (int)ARRAY_SIZE(refused) + 1);
	assert_int_equal(access(in_dir("home"), F_OK), 0);
	undo_close(u);
}

static void processes_are_found_by_the_run_in_their_environment(void **state)
{
	struct undo *u = opened();
	pid_t pid = fork();
	int status;

	if (!pid) {
		char *args[] = { (char[]){ "sleep" }, (char[]){ "60" }, NULL };
		char *env[] = { (char[]){ "HANGAR_RUN=test-undo-run" }, NULL };

		execve("/bin/sleep", args, env);
		_exit(127);
	}
	usleep(100000);
	assert_int_equal(undo_add(u, "processes", "test-undo-run", NULL), 0);
	assert_int_equal(undo_all(u, say), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	undo_close(u);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_rundir, drop_rundir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(steps_are_undone_last_one_first),
		TEST(undoing_twice_and_steps_never_taken_are_no_error),
		TEST(a_setting_is_restored),
		TEST(a_setting_changed_meanwhile_is_restored_and_said),
		TEST(a_setting_that_is_right_already_is_not_written),
		TEST(a_torn_tail_is_ignored_and_not_glued_to_the_next_line),
		TEST(a_step_that_failed_is_tried_again_and_the_others_go_on),
		TEST(an_unknown_kind_counts_as_not_restored),
		TEST(a_tree_goes_with_its_content_but_links_are_not_followed),
		TEST(folders_and_groups_that_are_not_ours_are_refused),
		TEST(processes_are_found_by_the_run_in_their_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
