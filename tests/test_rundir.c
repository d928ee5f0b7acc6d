/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run directories: where they are made, who holds them, who finds them again, and what the manifest
 * says.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "manifest.h"
#include "rundir.h"
#include "tmpdir.h"

static int make_home(void **state)
{
	if (tmpdir_make(state))
		return -1;
	return chdir(*state) || setenv("HANGAR_STATE_HOME", *state, 1);
}

static int remove_home(void **state)
{
	unsetenv("HANGAR_STATE_HOME");
	return chdir("/") || tmpdir_remove(state);
}

static void the_state_home_follows_the_environment(void **state)
{
	char buf[256], small[4];

	assert_int_equal(rundir_state_home(buf, sizeof(buf)), 0);
	assert_string_equal(buf, *state);
	assert_int_equal(rundir_state_home(small, sizeof(small)), -ENAMETOOLONG);
	setenv("HANGAR_STATE_HOME", "relative", 1);
	setenv("XDG_STATE_HOME", "/x/state", 1);
	assert_int_equal(rundir_state_home(buf, sizeof(buf)), 0);
	assert_string_equal(buf, geteuid() ? "/x/state/hangar" : "/var/lib/hangar");
}

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static void create_makes_a_directory_named_by_its_id(void **state)
{
	struct rundir d, other;
	char path[5000];

	assert_int_equal(rundir_create(&d, NULL, "ext4/oom deadlock"), 0);
	snprintf(path, sizeof(path), "%s/runs/%s", (char *)*state, d.id);
	assert_string_equal(d.path, path);
	assert_non_null(strstr(d.id, "-ext4-oom-deadlock-"));
	assert_int_equal(strspn(d.id, "0123456789"), 8);
	assert_int_equal(strlen(d.id), 8 + 1 + 6 + 1 + 17 + 1 + 4);
	snprintf(path, sizeof(path), "%s/out", d.path);
	assert_true(is_directory(path));
	snprintf(path, sizeof(path), "%s/evidence", d.path);
	assert_true(is_directory(path));
	assert_true(d.registered);
	assert_int_equal(rundir_create(&other, NULL, "ext4/oom deadlock"), 0);
	assert_string_not_equal(d.id, other.id);
	rundir_clear(&d);
	rundir_clear(&other);
}

static void a_name_of_any_length_gives_an_id_that_fits(void **state)
{
	struct rundir d;
	char name[300];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(rundir_create(&d, "long", name), 0);
	assert_int_equal(strlen(d.id), 8 + 1 + 6 + 1 + 32 + 1 + 4);
	rundir_clear(&d);
	assert_int_equal(rundir_create(&d, "strange", "\n../\xff"), 0);
	assert_non_null(strstr(d.id, "--..---"));
	rundir_clear(&d);
}

static void out_must_be_absent_or_empty(void **state)
{
	struct rundir d;
	char want[300];

	assert_int_equal(rundir_create(&d, "new/with/parents/", "x"), 0);
	snprintf(want, sizeof(want), "%s/new/with/parents", (char *)*state);
	assert_string_equal(d.path, want);
	rundir_clear(&d);
	assert_int_equal(rundir_create(&d, "new/with/parents", "x"), -EEXIST);
	assert_int_equal(mkdir("empty", 0755), 0);
	assert_int_equal(rundir_create(&d, "empty", "x"), 0);
	rundir_clear(&d);
	close(open("file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(rundir_create(&d, "file", "x"), -ENOTDIR);
	assert_string_equal(d.path, "file");
	assert_int_equal(rundir_create(&d, "file/below", "x"), -ENOTDIR);
	assert_int_equal(rundir_create(&d, "", "x"), -ENOENT);
	assert_int_equal(d.fd, -1);
}

static void a_state_home_that_cannot_be_made_matters_only_without_out(void **state)
{
	struct rundir d;

	setenv("HANGAR_STATE_HOME", "/dev/null/none", 1);
	assert_int_equal(rundir_create(&d, "out", "x"), 0);
	assert_false(d.registered);
	rundir_clear(&d);
	assert_int_equal(rundir_create(&d, NULL, "x"), -ENOTDIR);
}

static void the_lock_is_held_until_clear(void **state)
{
	struct rundir d, reader;

	assert_int_equal(rundir_create(&d, "run", "x"), 0);
	assert_int_equal(rundir_open(&reader, "run/"), 0);
	assert_string_equal(reader.path, d.path);
	assert_string_equal(reader.id, d.id);
	assert_true(rundir_is_live(&reader));
	assert_false(rundir_is_live(&d));
	rundir_clear(&d);
	assert_false(rundir_is_live(&reader));
	rundir_clear(&reader);
}

static void a_killed_runner_lets_go_of_the_lock(void **state)
{
	struct rundir reader;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct rundir d;

		if (rundir_create(&d, "run", "x"))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(rundir_open(&reader, "run"), 0);
	assert_false(rundir_is_live(&reader));
	rundir_clear(&reader);
}

static void open_takes_the_id_from_the_folder_when_the_lock_has_none(void **state)
{
	static const char *const texts[] = { "", "\n", "../../etc 1\n", ".. 1\n", "a/b 1\n" };
	struct rundir d;

	assert_int_equal(mkdir("moved", 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(
			textfile_replace_at(AT_FDCWD, "moved/lock", texts[i], strlen(texts[i])), 0);
		assert_int_equal(rundir_open(&d, "moved"), 0);
		assert_string_equal(d.id, "moved");
		assert_false(rundir_is_live(&d));
		rundir_clear(&d);
	}
	assert_int_equal(rundir_open(&d, "/"), 0);
	assert_string_equal(d.id, "");
	rundir_clear(&d);
	assert_int_equal(rundir_open(&d, "absent"), -ENOENT);
	assert_int_equal(rundir_open(&d, "moved/lock"), -ENOTDIR);
}

static int count_active(void *ctx, const char *path)
{
	assert_true(is_directory(path));
	++*(int *)ctx;
	return 0;
}

static int stop_at_once(void *ctx, const char *path)
{
	return 7;
}

static void registered_runs_are_found_until_unregistered(void **state)
{
	struct rundir a, b, reader;
	int count = 0;

	assert_int_equal(rundir_each_active(count_active, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(rundir_create(&a, NULL, "a"), 0);
	assert_int_equal(rundir_create(&b, "elsewhere", "b"), 0);
	assert_int_equal(rundir_each_active(count_active, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(rundir_each_active(stop_at_once, NULL), 7);
	assert_int_equal(rundir_open(&reader, "elsewhere"), 0);
	rundir_unregister(&reader);
	rundir_unregister(&reader);
	count = 0;
	assert_int_equal(rundir_each_active(count_active, &count), 0);
	assert_int_equal(count, 1);
	rundir_clear(&a);
	rundir_clear(&b);
	rundir_clear(&reader);
}

static void the_manifest_says_what_ran_where(void **state)
{
	static const char *const argv[] = { "hangar", "run",
					    "a\xff"
					    "b",
					    NULL };
	const struct manifest m = {
		.id = "ID",
		.scenario_name = "quiet",
		.seed = UINT64_MAX,
		.argv = argv,
		.repeat = 2,
		.began = 1700000000,
		.kernel = "6.1.0-18-amd64",
		.cmdline = "quiet \"x\" \xc3",
		.must_reproduce = true,
		.cpus = 2,
		.memory_bytes = 1ull << 33,
	};
	json_t *o, *host;

	assert_int_equal(manifest_write(AT_FDCWD, &m), 0);
	o = json_load_file("manifest.json", JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(o);
	assert_int_equal(json_integer_value(json_object_get(o, "layout")), RUNDIR_VERSION);
	assert_string_equal(json_string_value(json_object_get(o, "seed")), "18446744073709551615");
	assert_string_equal(json_string_value(json_object_get(o, "began")), "2023-11-14T22:13:20Z");
	assert_true(json_is_true(json_object_get(o, "must_reproduce")));
	assert_string_equal(json_string_value(json_array_get(json_object_get(o, "argv"), 2)),
			    "a\xef\xbf\xbd"
			    "b");
	host = json_object_get(o, "host");
	assert_string_equal(json_string_value(json_object_get(host, "cmdline")),
			    "quiet \"x\" \xef\xbf\xbd");
	assert_int_equal(json_integer_value(json_object_get(host, "memory_bytes")), 1ll << 33);
	assert_null(json_object_get(host, "config_digest"));
	json_decref(o);
	assert_int_equal(manifest_write(-1, &m), -EBADF);
}

#define at_home(test) cmocka_unit_test_setup_teardown(test, make_home, remove_home)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		at_home(the_state_home_follows_the_environment),
		at_home(create_makes_a_directory_named_by_its_id),
		at_home(a_name_of_any_length_gives_an_id_that_fits),
		at_home(out_must_be_absent_or_empty),
		at_home(a_state_home_that_cannot_be_made_matters_only_without_out),
		at_home(the_lock_is_held_until_clear),
		at_home(a_killed_runner_lets_go_of_the_lock),
		at_home(open_takes_the_id_from_the_folder_when_the_lock_has_none),
		at_home(registered_runs_are_found_until_unregistered),
		at_home(the_manifest_says_what_ran_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
