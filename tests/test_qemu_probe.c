/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which QEMU is taken, and what is said of one that is of no use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/paths.h"
#include "program_maker.h"
#include "tmpdir.h"
#include "vm/qemu/machine.h"

#define USUAL "qemu-system-x86_64"

static int in_a_folder(void **state)
{
	char path[4096];

	if (tmpdir_make(state))
		return -1;
	snprintf(path, sizeof(path), "%s/cache", (const char *)*state);
	return setenv("HANGAR_CACHE_HOME", path, 1);
}

static void assert_has(const char *line, const char *part)
{
	if (!strstr(line, part))
		fail_msg("no \"%s\" in%s", part, line);
}

static void probe_tells_what_is_no_qemu_of_use(void **state)
{
	static const struct {
		const char *name, *script;
		int error;
		const char *said;
	} cases[] = {
		{ "qemu-system-x86_64", "echo QEMU emulator version 6.0.0", 0, "" },
		{ "qemu-system-x86_64", "echo 'QEMU emulator version 10.1.2 (v10)'", 0, "" },
		{ "qemu-system-x86_64", "echo QEMU emulator version 2.0.0", -ENOTSUP,
		  "is QEMU 2.0; at least 6.0 is needed" },
		{ "qemu-system-x86_64", "echo QEMU emulator version 5.2.0", -ENOTSUP,
		  "is QEMU 5.2" },
		{ "qemu-system-x86_64", "echo QEMU emulator version x", -ENOTSUP,
		  "does not speak like QEMU" },
		{ "qemu-system-x86_64", "echo bash, version 5.2", -ENOTSUP,
		  "does not speak like QEMU" },
		{ "qemu-system-x86_64", "exit 3", -ENOTSUP, "--version fails" },
		{ "qemu-system-x86_64", "kill -9 $$", -ENOTSUP, "--version fails" },
		{ "qemu-system-x86_64", "echo QEMU emulator version 7.2; yes | head -c 100000", 0,
		  "" },
		{ "qemu-system-arm",
		  "case $1 in --version) echo QEMU emulator version 7.2;; *) echo; echo virt ARM;; "
		  "esac",
		  -ENOTSUP, "does not emulate an x86 PC" },
		{ "qemu-kvm",
		  "case $1 in --version) echo QEMU emulator version 7.2;; *) echo; "
		  "echo 'pc   Standard PC';; esac",
		  0, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag d = { 0 };
		unsigned int version[2];
		char path[4096];

		make_program(*state, cases[i].name, cases[i].script);
		assert_int_equal(machine_probe(path, version, &d), cases[i].error);
		assert_has(d.message, cases[i].said);
		if (cases[i].error)
			assert_has(d.message, "HANGAR_QEMU=FILE");
	}
}

static void probe_tells_that_there_is_no_program(void **state)
{
	static const char *const names[] = { "/nowhere/qemu", "no-such-program", "/etc/passwd",
					     "/etc" };
	const char *path = getenv("PATH");
	unsigned int version[2];
	char found[4096];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct diag d = { 0 };

		setenv("HANGAR_QEMU", names[i], 1);
		assert_int_equal(machine_probe(found, version, &d), -ENOENT);
		assert_has(d.message, names[i]);
	}
	unsetenv("HANGAR_QEMU");
	setenv("PATH", *state, 1);
	assert_int_equal(machine_probe(found, version, NULL), -ENOENT);
	setenv("PATH", path, 1);
}

/* "7.2" in @place ("path", "cache/qemu"); NULL: none there. */
static void put(const char *folder, const char *place, const char *version)
{
	char path[4200], at[4300], script[128];

	snprintf(path, sizeof(path), "%s/%s", folder, place);
	snprintf(at, sizeof(at), "%s/" USUAL, path);
	remove(at);
	assert_true(path_make(path) == 0 || errno == EEXIST);
	snprintf(script, sizeof(script), "echo QEMU emulator version %s.1", version);
	if (version)
		make_program(path, USUAL, script);
}

static void one_that_runs_stale_code_gives_way_to_the_one_in_the_cache(void **state)
{
	static const struct {
		const char *in_path, *in_cache, *place;
		unsigned int major;
	} cases[] = {
		{ "7.2", "10.0", "cache/qemu", 10 },
		{ "7.2", NULL, "path", 7 },
		{ "7.2", "9.2", "path", 7 },
		{ "10.0", "11.0", "path", 10 },
		{ NULL, "10.0", "cache/qemu", 10 },
		{ "2.0", "10.0", "cache/qemu", 10 },
		{ NULL, NULL, NULL, 0 },
	};
	char *path = strdup(getenv("PATH")), own[4300], wanted[4400], found[4096];
	unsigned int version[2];

	snprintf(own, sizeof(own), "%s/path", (const char *)*state);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag d = { 0 };
		int r;

		put(*state, "path", cases[i].in_path);
		put(*state, "cache/qemu", cases[i].in_cache);
		unsetenv("HANGAR_QEMU");
		setenv("PATH", own, 1);
		r = machine_probe(found, version, &d);
		setenv("PATH", path, 1);
		assert_int_equal(r, cases[i].place ? 0 : -ENOENT);
		if (!cases[i].place)
			continue;
		snprintf(wanted, sizeof(wanted), "%s/%s/" USUAL, (const char *)*state,
			 cases[i].place);
		assert_string_equal(found, wanted);
		assert_int_equal(version[0], cases[i].major);
		assert_string_equal(d.message, "");
	}
	free(path);
}

static void one_that_is_named_is_taken(void **state)
{
	unsigned int version[2];
	char found[4096];

	put(*state, "cache/qemu", "10.0");
	put(*state, "named", "7.2"); /* and HANGAR_QEMU names it */
	assert_int_equal(machine_probe(found, version, NULL), 0);
	assert_int_equal(version[0], 7);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, in_a_folder, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(probe_tells_what_is_no_qemu_of_use),
		IN_A_FOLDER(probe_tells_that_there_is_no_program),
		IN_A_FOLDER(one_that_runs_stale_code_gives_way_to_the_one_in_the_cache),
		IN_A_FOLDER(one_that_is_named_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
