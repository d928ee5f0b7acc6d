/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each built stressor: what it says about itself, that it runs, tidies up, repeats itself, and
 * takes want as pressure. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "stressor_rig.h"
#include "tmpdir.h"

#define OUT_BYTES 65536

static const char *const kinds[] = { "bytes",  "duration", "count", "percent", "bool",
				     "choice", "mix",      "text",  "path" };

static bool is_kind(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i], text) == 0)
			return true;
	return false;
}

static void assert_exit(int status, int code)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), code);
}

static json_t *describe(const char *name)
{
	const char *const argv[] = { name, "--describe", NULL };
	char out[OUT_BYTES];
	json_t *json;

	assert_exit(rig_run(argv, false, out, sizeof(out)), 0);
	json = json_loads(out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	return json;
}

static void assert_param_described(const json_t *param)
{
	const char *kind = json_string_value(json_object_get(param, "kind"));
	const json_t *fallback = json_object_get(param, "default");
	const json_t *choices = json_object_get(param, "choices");
	bool chooses;

	assert_true(json_is_string(json_object_get(param, "name")));
	assert_non_null(kind);
	assert_true(is_kind(kind));
	assert_true(json_is_string(fallback) || json_is_null(fallback));
	assert_true(json_integer_value(json_object_get(param, "min")) <=
		    json_integer_value(json_object_get(param, "max")));
	chooses = strcmp(kind, "choice") == 0 || strcmp(kind, "mix") == 0;
	assert_true(json_is_array(choices));
	assert_int_equal(json_array_size(choices) > 0, chooses);
	assert_true(json_string_length(json_object_get(param, "about")) > 0);
	assert_int_equal(json_object_size(param), 7);
}

static void each_describes_itself_completely(void **state)
{
	for (int i = 0; rig_stressors[i]; i++) {
		json_t *json = describe(rig_stressors[i]);
		json_t *param;
		size_t at;

		assert_string_equal(json_string_value(json_object_get(json, "name")),
				    rig_stressors[i]);
		assert_true(json_string_length(json_object_get(json, "about")) > 0);
		assert_true(json_string_length(json_object_get(json, "step")) > 0);
		assert_in_range(json_array_size(json_object_get(json, "aux")), 1, 8);
		assert_int_equal(json_object_size(json), 5);
		assert_true(json_array_size(json_object_get(json, "params")) > 0);
		json_array_foreach (json_object_get(json, "params"), at, param)
			assert_param_described(param);
		json_decref(json);
	}
}

/* The section of the manual that is about @name: from its .Ss to the next. */
static char *manual_section(const char *name)
{
	_cleanup_free_ char *text = NULL;
	char path[512], head[64];
	const char *from, *to;
	size_t size;

	snprintf(path, sizeof(path), "%s/../../stressors/man/hangar-stressors.1",
		 getenv("HANGAR_TEST_DATA"));
	assert_int_equal(textfile_load(path, 0, &text, &size), 0);
	snprintf(head, sizeof(head), "\n.Ss %s\n", name);
	from = strstr(text, head);
	assert_non_null(from);
	from += strlen(head);
	to = strstr(from, "\n.S");
	assert_non_null(to);
	return strndup(from, (size_t)(to - from));
}

static size_t count_in(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void the_manual_has_every_parameter_and_counter_and_no_other(void **state)
{
	for (int i = 0; rig_stressors[i]; i++) {
		_cleanup_free_ char *section = manual_section(rig_stressors[i]);
		json_t *json = describe(rig_stressors[i]);
		const json_t *params = json_object_get(json, "params");
		json_t *item;
		char line[128];
		size_t at;

		json_array_foreach (params, at, item) {
			snprintf(line, sizeof(line), ".It Fl Fl %s Ns = Ns Ar %s\n",
				 json_string_value(json_object_get(item, "name")),
				 json_string_value(json_object_get(item, "kind")));
			assert_int_equal(count_in(section, line), 1);
		}
		assert_int_equal(count_in(section, ".It Fl Fl "), json_array_size(params));
		json_array_foreach (json_object_get(json, "aux"), at, item) {
			snprintf(line, sizeof(line), "Va %s", json_string_value(item));
			assert_true(count_in(section, line) >= 1);
		}
		json_decref(json);
	}
}

/* Parameters that keep a run of some hundred steps small and make all random choices that there
 * are. */
static const char *small_of(const char *name, int n)
{
	static const struct {
		const char *name;
		const char *options[3];
	} rows[] = {
		{ "alloc", { "--bytes=1M", "--chunk=64K", "--order=random" } },
		{ "alloc-and-write", { "--bytes=1M", "--sync=none", "--files=4" } },
		{ "command", { "--line=/bin/true", "--pause=0", "--dir=/" } },
		{ "creat-storm", { "--dirs=2", "--files=16", "--file-bytes=100B" } },
		{ "fsync-writer", { "--sync=none", "--layout=random", "--file-bytes=1M" } },
		{ "fork-exit", { "--bytes=64K", "--burst=2", "--mix=fork:2,thread:2,orphan:1" } },
		{ "fragment", { "--bytes=256K", "--piece=64K", "--hold=1ms" } },
		{ "freeze", { "--hold=1ms", "--after=0", "--dir=/" } }, /* refused */
		{ "kernel-fault", { "--fault=none", "--times=1", "--after=0" } },
		{ "log-flood", { "--to=/dev/null", "--record-bytes=100B", "--threads=2" } },
		{ "thin-disk", { "--bytes=1M", "--store=4M", "--rate=0" } },
		{ "high-order", { "--mix=socket:1", "--rings=4", "--pattern=churn" } },
		{ "memcg-churn", { "--groups=/proc", "--dir=/tmp", "--pens=2" } }, /* refused */
		{ "page-cache", { "--files=2", "--file-bytes=64K", "--block=8K" } },
		{ "sg-ioctl", { "--bytes=1M", "--block=64K", "--device=/dev/none" } }, /* refused */
		{ "swap-churn", { "--on=file", "--dir=/sys", "--bytes=1M" } },         /* refused */
		{ "itimer", { "--interval=10ms", "--timers=4", "--periodic=true" } },
		{ "thp-churn", { "--bytes=4M", "--child-bytes=2M", "--advise=true" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].options[n];
	return NULL;
}

/* Run @name alone, small, for 300 steps; @dir is for those that take one. The status, and the
 * summary in @out. */
static int run_small(const char *name, const char *seed, const char *dir, char *out)
{
	bool files = strcmp(name, "alloc-and-write") == 0 || strcmp(name, "creat-storm") == 0 ||
		     strcmp(name, "fsync-writer") == 0 || strcmp(name, "thin-disk") == 0 ||
		     strcmp(name, "page-cache") == 0;
	const char *const argv[] = { name,
				     small_of(name, 0),
				     small_of(name, 1),
				     small_of(name, 2),
				     "--steps=300",
				     seed,
				     files ? dir : NULL,
				     NULL };

	return rig_run(argv, false, out, OUT_BYTES);
}

static void each_makes_its_steps_and_leaves_nothing(void **state)
{
	for (int i = 0; rig_stressors[i]; i++) {
		char out[OUT_BYTES], dir[96], expected[64];
		struct rig r;
		int status;

		rig_open(&r, 1);
		snprintf(dir, sizeof(dir), "--dir=%s", r.dir);
		status = run_small(rig_stressors[i], "--seed=1", dir, out);
		rig_close(&r); /* checks that the folder is empty */
		if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
			continue; /* no huge pages or loop device; nothing to crash */
		assert_exit(status, 0);
		snprintf(expected, sizeof(expected), "%s: 300 steps in ", rig_stressors[i]);
		assert_ptr_equal(strstr(out, expected), out);
	}
}

static void the_same_seed_makes_the_same_choices(void **state)
{
	static const char *const names[] = { "alloc",  "creat-storm", "fsync-writer",
					     "itimer", "fork-exit",   "page-cache" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char out[OUT_BYTES], dir[96], choices[3][64];
		const char *const seeds[] = { "--seed=1", "--seed=1", "--seed=2" };
		struct rig r;

		rig_open(&r, 1);
		snprintf(dir, sizeof(dir), "--dir=%s", r.dir);
		for (int k = 0; k < 3; k++) {
			assert_exit(run_small(names[i], seeds[k], dir, out), 0);
			rig_field(out, "choices", choices[k], sizeof(choices[k]));
		}
		assert_string_equal(choices[0], choices[1]);
		assert_string_not_equal(choices[0], choices[2]);
		rig_close(&r);
	}
}

static void bad_usage_is_said_and_exits_2(void **state)
{
	static const char *const cases[][3] = {
		{ "alloc", "--bytes=12", "--bytes=12" },
		{ "alloc", "--bites=12M", "--bites" },
		{ "alloc", "12M", "12M" },
		{ "alloc", "", "''" },
		{ "alloc", "-", "'-'" },
		{ "alloc", "--", "'--'" },
		{ "alloc", "--bytes", "--bytes" },
		{ "alloc", "--steps=x", "--steps=x" },
		{ "alloc", "--seconds=x", "--seconds=x" },
		{ "creat-storm", "--mix=creat:1", "creat" },
		{ "memcg-churn", "--mode=foreign", "--groups" },
		{ "fragment", "--keep=1", "--keep" },
		{ "swap-churn", "--on=disk", "zram" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const argv[] = { cases[i][0], cases[i][1], NULL };
		char out[OUT_BYTES];

		assert_exit(rig_run(argv, true, out, sizeof(out)), 2);
		assert_non_null(strstr(out, cases[i][2]));
	}
}

static void what_cannot_run_here_exits_77_with_the_reason(void **state)
{
	/* nobody makes folders in sysfs, root included; /proc is no memory cgroup */
	static const char *const cases[][4] = {
		{ "creat-storm", "--dir=/sys", "--steps=1", "/sys" },
		{ "page-cache", "--dir=/sys", "--steps=1", "/sys" },
		{ "swap-churn", "--dir=/sys", "--on=file", "/sys" },
		{ "sg-ioctl", "--device=/dev/no-such-disk", "--steps=1", "scsi_debug" },
		{ "memcg-churn", "--groups=/proc", "--mode=foreign", "/proc" },
		{ "memcg-churn", "--groups=/no/such/group", "--mode=foreign", "/no/such/group" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const argv[] = { cases[i][0], cases[i][1], cases[i][2], NULL };
		char out[OUT_BYTES];

		assert_exit(rig_run(argv, true, out, sizeof(out)), 77);
		assert_non_null(strstr(out, cases[i][3]));
	}
}

static void a_command_runs_again_and_ends_with_all_its_children(void **state)
{
	static const char script[] = "sleep 1000 & echo child $! >&2; wait\n";
	const char *const again[] = { "command", "--line=/bin/true", "--pause=0", "--steps=3",
				      NULL };
	const char *const fails[] = { "command", "--line=/bin/false", "--exit-matters=true", NULL };
	const char *const none[] = { "command", "--line=no-such-program", NULL };
	char out[OUT_BYTES], line[256], path[200], *child, *dir = NULL;
	const char *const tree[] = { "command", line, "--seconds=1", NULL };
	struct rig r;

	rig_open(&r, 1);
	assert_exit(rig_run(again, true, out, sizeof(out)), 0);
	assert_exit(rig_run(fails, true, out, sizeof(out)), 1);
	assert_exit(rig_run(none, true, out, sizeof(out)), 77);
	assert_non_null(strstr(out, "no-such-program is not here"));
	assert_int_equal(tmpdir_make((void **)&dir), 0);
	snprintf(path, sizeof(path), "%s/tree.sh", dir);
	snprintf(line, sizeof(line), "--line=/bin/sh %s", path);
	assert_int_equal(textfile_replace_at(AT_FDCWD, path, script, strlen(script)), 0);
	assert_exit(rig_run(tree, true, out, sizeof(out)), 0);
	child = strstr(out, "child ");
	assert_non_null(child);
	for (int i = 0; i < 200 && kill(atoi(child + 6), 0) == 0; i++)
		usleep(10000); /* init has yet to reap it */
	assert_int_equal(kill(atoi(child + 6), 0), -1);
	tmpdir_remove((void **)&dir);
	rig_close(&r);
}

/* Whatever is asked of them: this machine is not one to throw away. */
static void what_hurts_a_machine_refuses_this_one(void **state)
{
	static const char *const faults[] = { "none", "crash", "panic", "soft-lockup" };
	char out[OUT_BYTES], fault[64], own[] = "--dir=/";
	const char *const freeze[] = { "freeze", own, "--steps=1", NULL };
	struct rig r;

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		const char *const argv[] = { "kernel-fault", fault, "--after=0", "--steps=1",
					     NULL };

		snprintf(fault, sizeof(fault), "--fault=%s", faults[i]);
		assert_exit(rig_run(argv, true, out, sizeof(out)), 77);
		assert_non_null(strstr(out, "run it with hangar vm"));
	}
	rig_open(&r, 1);
	assert_exit(rig_run(freeze, true, out, sizeof(out)), 77);
	assert_non_null(strstr(out, "root file system"));
	rig_close(&r);
}

static void what_does_not_go_together_fails_with_the_reason(void **state)
{
	static const char *const cases[][4] = {
		{ "fsync-writer", "--io=direct", "--sync=msync", "exclude" },
		{ "fsync-writer", "--block=2M", "--file-bytes=1M", "larger" },
		{ "thp-churn", "--mix=move:1", "--steps=1", "--move-to" },
		{ "alloc", "--bytes=1T", "--chunk=4K", "--chunk" },
		{ "creat-storm", "--dirs=65536", "--files=1000000", "names" },
		{ "fragment", "--piece=64K", "--keep=512", "--piece" },
		{ "high-order", "--block=96K", "--steps=1", "power of two" },
		{ "page-cache", "--block=2M", "--file-bytes=1M", "--block" },
		{ "swap-churn", "--piece=2M", "--memory=1M", "--piece" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const argv[] = { cases[i][0], cases[i][1], cases[i][2], NULL };
		struct rig r;
		char out[OUT_BYTES];

		rig_open(&r, 1);
		assert_int_equal(chdir(r.dir), 0); /* the default folder */
		assert_exit(rig_run(argv, true, out, sizeof(out)), 1);
		assert_non_null(strstr(out, cases[i][3]));
		assert_int_equal(chdir("/"), 0);
		rig_close(&r);
	}
}

/* Under a limit on address space. The status, and the output in @out. */
static int run_limited(const char *const argv[], char *out)
{
	struct rlimit old, low;
	int status;

	assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
	low = (struct rlimit){ 96 << 20, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_AS, &low), 0);
	status = rig_run(argv, false, out, OUT_BYTES);
	assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
	return status;
}

static void want_of_memory_is_pressure(void **state)
{
	static const char *const version[] = { "alloc", "--version", NULL };
	static const char *const cases[][5] = {
		{ "alloc", "--bytes=1G", "--steps=500", NULL },
		{ "alloc", "--bytes=1G", "--pattern=hold", "--steps=500", NULL },
		{ "thp-churn", "--bytes=1G", "--mix=fault:1", "--steps=50", NULL },
	};
	char out[OUT_BYTES], pressure[32];

	if (run_limited(version, out) != 0) {
		/* not skip(): cmocka writes that as "not ok" */
		fputs("skipped: a sanitizer needs more address space than the limit\n", stderr);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int status = run_limited(cases[i], out);

		if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
			continue; /* no huge pages here */
		assert_exit(status, 0);
		rig_field(out, "pressure", pressure, sizeof(pressure));
		assert_true(strtoul(pressure, NULL, 10) > 0);
	}
}

/* On a tmpfs of 256 KiB in a mount namespace of our own. In a child: 99 when there can be none. */
static int run_on_tiny_disk(const char *const argv[])
{
	char out[OUT_BYTES], pressure[32];

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tiny", "/mnt", "tmpfs", 0, "size=256k,nr_inodes=500") < 0)
		return 99;
	if (rig_run(argv, false, out, sizeof(out)) != 0)
		return 1;
	rig_field(out, "pressure", pressure, sizeof(pressure));
	return strtoul(pressure, NULL, 10) > 0 ? 0 : 2;
}

static void want_of_space_is_pressure(void **state)
{
	static const char *const cases[][6] = {
		{ "fsync-writer", "--dir=/mnt", "--steps=2000", NULL },
		{ "fsync-writer", "--dir=/mnt", "--steps=2000", "--engine=io_uring", NULL },
		{ "creat-storm", "--dir=/mnt", "--steps=20000", NULL },
		{ "creat-storm", "--dir=/mnt", "--steps=20000", "--engine=io_uring", NULL },
		{ "alloc-and-write", "--dir=/mnt", "--steps=2000", "--allocators=0", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(run_on_tiny_disk(cases[i]));
		status = rig_wait(pid);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 99) {
			fputs("skipped: mounting is not allowed here\n", stderr);
			return;
		}
		assert_exit(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_describes_itself_completely),
		cmocka_unit_test(the_manual_has_every_parameter_and_counter_and_no_other),
		cmocka_unit_test(each_makes_its_steps_and_leaves_nothing),
		cmocka_unit_test(the_same_seed_makes_the_same_choices),
		cmocka_unit_test(bad_usage_is_said_and_exits_2),
		cmocka_unit_test(what_cannot_run_here_exits_77_with_the_reason),
		cmocka_unit_test(a_command_runs_again_and_ends_with_all_its_children),
		cmocka_unit_test(what_hurts_a_machine_refuses_this_one),
		cmocka_unit_test(what_does_not_go_together_fails_with_the_reason),
		cmocka_unit_test(want_of_memory_is_pressure),
		cmocka_unit_test(want_of_space_is_pressure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
