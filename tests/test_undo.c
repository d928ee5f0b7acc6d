/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The undo log: order, torn tails, steps never taken, and what is never removed. */
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
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "setup/setting_text.h"
#include "setup/setup.h"
#include "setup/undo.h"

static char told[8192];
static struct rundir dir;
static char scratch[4200];

static void say(const char *line)
{
	strncat(told, line, sizeof(told) - strlen(told) - 2);
	strcat(told, "\n");
}

static int make_rundir(void **state)
{
	char path[] = "/tmp/hangar-test-XXXXXX";

	told[0] = '\0';
	assert_non_null(mkdtemp(path));
	snprintf(dir.path, sizeof(dir.path), "%s", path);
	snprintf(dir.id, sizeof(dir.id), "id");
	dir.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir.fd < 0;
}

static int drop_rundir(void **state)
{
	char command[4200];

	close(dir.fd);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir.path);
	return system(command);
}

static const char *in_dir(const char *name)
{
	snprintf(scratch, sizeof(scratch), "%s/%s", dir.path, name);
	return scratch;
}

static void put(const char *name, const char *text)
{
	assert_int_equal(textfile_replace_at(dir.fd, name, text, strlen(text)), 0);
}

/* A plain file may keep its old tail when a shorter value is written: only the beginning counts. */
static void starts(const char *name, const char *text)
{
	char buf[256];

	assert_true(textfile_read_at(dir.fd, name, buf, sizeof(buf)) >= 0);
	assert_memory_equal(buf, text, strlen(text));
}

static struct undo *opened(void)
{
	struct undo *u = NULL;

	assert_int_equal(undo_open(&dir, &u), 0);
	return u;
}

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

static const struct {
	const char *text, *value;
} texts[] = {
	{ "60\n", "60" },
	{ "always [madvise] never\n", "madvise" },
	{ "4096\t131072\t6291456\n", "4096 131072 6291456" },
	{ "  a   b \n", "a b" },
	{ "", "" },
	{ "[open", "[open" },
};

static void a_setting_is_written_as_a_line(void **state)
{
	char text[2 * SETTING_MAX];

	close(openat(dir.fd, "setting", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(setting_write(in_dir("setting"), "on"), 0);
	assert_int_equal(textfile_read_at(dir.fd, "setting", text, sizeof(text)), 3);
	assert_string_equal(text, "on\n");
	memset(text, 'x', SETTING_MAX);
	text[SETTING_MAX] = '\0';
	assert_int_equal(setting_write(in_dir("setting"), text), -E2BIG);
}

static void setting_text_finds_the_value(void **state)
{
	char buf[SETTING_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_string_equal(setting_text(texts[i].text, buf, sizeof(buf)), texts[i].value);
}

/* A host whose /proc/sys is in the run directory. */
static struct host fake_host(void)
{
	struct host h = { 0 };

	mkdir(in_dir("proc"), 0700);
	mkdir(in_dir("proc/sys"), 0700);
	mkdir(in_dir("proc/sys/vm"), 0700);
	snprintf(h.root, sizeof(h.root), "%.200s", dir.path);
	return h;
}

static struct scenario one_setting(struct setting *s, const char *path, const char *value)
{
	struct scenario scenario = { .settings = s, .n_settings = 1 };

	s->path = strdup(path);
	s->value = strdup(value);
	return scenario;
}

static void free_setting(struct setting *s)
{
	free(s->path);
	free(s->value);
}

static void settings_are_set_and_put_back(void **state)
{
	struct setting setting = { 0 };
	struct scenario s = one_setting(&setting, "/proc/sys/vm/swappiness", "10");
	struct host h = fake_host();
	struct undo *u = opened();
	struct diag d = { 0 };

	put("proc/sys/vm/swappiness", "60");
	assert_int_equal(settings_apply(&s, &h, u, &d), 0);
	starts("proc/sys/vm/swappiness", "10");
	assert_int_equal(undo_all(u, say), 0);
	starts("proc/sys/vm/swappiness", "60");
	undo_close(u);
	free_setting(&setting);
}

static void a_setting_that_is_not_there_is_refused_by_name(void **state)
{
	struct setting setting = { .line = 7, .column = 3 };
	struct scenario s = one_setting(&setting, "/proc/sys/vm/nonsense", "10");
	struct host h = fake_host();
	struct undo *u = opened();
	struct diag d = { 0 };

	assert_int_equal(settings_apply(&s, &h, u, &d), -ENOENT);
	assert_non_null(strstr(d.message, "/proc/sys/vm/nonsense"));
	assert_int_equal(d.line, 7);
	undo_close(u);
	free_setting(&setting);
}

static void of_dirty_bytes_and_ratio_the_one_in_force_is_put_back(void **state)
{
	struct setting setting = { 0 };
	struct scenario s = one_setting(&setting, "/proc/sys/vm/dirty_bytes", "1048576");
	struct host h = fake_host();
	struct undo *u = opened();
	struct diag d = { 0 };

	put("proc/sys/vm/dirty_bytes", "0");
	put("proc/sys/vm/dirty_ratio", "20");
	assert_int_equal(settings_apply(&s, &h, u, &d), 0);
	put("proc/sys/vm/dirty_ratio", "0"); /* as the kernel does */
	assert_int_equal(undo_all(u, say), 0);
	starts("proc/sys/vm/dirty_ratio", "20");
	starts("proc/sys/vm/dirty_bytes", "1048576"); /* never written 0, which is refused */
	undo_close(u);
	free_setting(&setting);
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
		TEST(a_setting_is_written_as_a_line),
		TEST(setting_text_finds_the_value),
		TEST(settings_are_set_and_put_back),
		TEST(a_setting_that_is_not_there_is_refused_by_name),
		TEST(of_dirty_bytes_and_ratio_the_one_in_force_is_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
