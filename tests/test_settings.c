/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of a scenario: as text, set, and put back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "setup/setting_text.h"
#include "setup/setup.h"
#include "setup/undo.h"
#include "undo_world.h"

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
		TEST(a_setting_is_written_as_a_line),
		TEST(setting_text_finds_the_value),
		TEST(settings_are_set_and_put_back),
		TEST(a_setting_that_is_not_there_is_refused_by_name),
		TEST(of_dirty_bytes_and_ratio_the_one_in_force_is_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
