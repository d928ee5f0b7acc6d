/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept of a probe guest: for one boot of the host, one QEMU, one kernel. */
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

#include "base/textfile.h"
#include "tmpdir.h"
#include "vm/qemu/kept_probe.h"

static const unsigned int version[2] = { 7, 2 };

static int make_cache(void **state)
{
	return tmpdir_make(state) ? -1 : setenv("HANGAR_CACHE_HOME", *state, 1);
}

static struct probe_key key_of(const char *kernel)
{
	struct probe_key k;

	assert_int_equal(probe_key_make(version, kernel, &k), 0);
	return k;
}

static void path_of(const char *cache, const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s/probes/%s", cache, name);
}

static void key_names_boot_qemu_and_kernel(void **state)
{
	struct probe_key k = key_of("0123abcd");
	char wanted[256];

	assert_int_equal(strlen(k.boot_id), 36);
	snprintf(wanted, sizeof(wanted), "%s.7.2.0123abcd", k.boot_id);
	assert_string_equal(k.name, wanted);
}

static void answers_are_kept_for_their_kernel_alone(void **state)
{
	struct probe_key one = key_of("one"), two = key_of("two"), three = key_of("three");
	enum accel accel = ACCEL_TCG;
	char why[256];

	assert_int_equal(kept_probe_read(&one, &accel, why), -ENOENT);
	kept_probe_write(&one, ACCEL_KVM, "KVM: up in 0.9 s");
	kept_probe_write(&two, ACCEL_TCG, "TCG: it hung");
	assert_int_equal(kept_probe_read(&one, &accel, why), 0);
	assert_int_equal(accel, ACCEL_KVM);
	assert_string_equal(why, "KVM: up in 0.9 s");
	assert_int_equal(kept_probe_read(&two, &accel, why), 0);
	assert_int_equal(accel, ACCEL_TCG);
	assert_string_equal(why, "TCG: it hung");
	assert_int_equal(kept_probe_read(&three, &accel, why), -ENOENT);
}

static void an_answer_replaces_the_one_before(void **state)
{
	struct probe_key k = key_of("one");
	enum accel accel;
	char why[256];

	kept_probe_write(&k, ACCEL_TCG, "first");
	kept_probe_write(&k, ACCEL_KVM, "second");
	assert_int_equal(kept_probe_read(&k, &accel, why), 0);
	assert_int_equal(accel, ACCEL_KVM);
	assert_string_equal(why, "second");
}

static void damaged_answers_are_none(void **state)
{
	static const char *const damaged[] = { "",           "kvm",      "kvm\n",       "kvm\n\n",
					       "xen\nwhy\n", "kvm\nwhy", "kvm\nwhy\nx", "\nwhy\n",
					       "KVM\nwhy\n" };
	struct probe_key k = key_of("one");
	char path[4200], long_text[512], why[256];
	enum accel accel;

	kept_probe_write(&k, ACCEL_KVM, "whole");
	path_of(*state, k.name, path, sizeof(path));
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		textfile_replace_at(AT_FDCWD, path, damaged[i], strlen(damaged[i]));
		assert_int_equal(kept_probe_read(&k, &accel, why), -ENOENT);
	}
	memset(long_text, 'a', sizeof(long_text));
	memcpy(long_text, "kvm\n", 4);
	long_text[300] = '\n';
	textfile_replace_at(AT_FDCWD, path, long_text, 301);
	assert_int_equal(kept_probe_read(&k, &accel, why), -ENOENT);
	kept_probe_write(&k, ACCEL_KVM, "whole again");
	assert_int_equal(kept_probe_read(&k, &accel, why), 0);
}

static void answers_of_earlier_boots_go_with_the_next_one(void **state)
{
	struct probe_key k = key_of("one"), other = key_of("two");
	char old[4200], mine[4200];

	kept_probe_write(&other, ACCEL_TCG, "of this boot");
	path_of(*state, "01234567-89ab-cdef-0123-456789abcdef.7.2.one", old, sizeof(old));
	path_of(*state, other.name, mine, sizeof(mine));
	assert_int_equal(textfile_replace_at(AT_FDCWD, old, "kvm\nold\n", 8), 0);
	kept_probe_write(&k, ACCEL_TCG, "new");
	assert_int_equal(access(old, F_OK), -1);
	assert_int_equal(access(mine, F_OK), 0);
}

static void a_cache_that_cannot_be_had_is_no_harm(void **state)
{
	struct probe_key k = key_of("one");
	enum accel accel;
	char why[256];

	setenv("HANGAR_CACHE_HOME", "/proc/nowhere", 1);
	kept_probe_write(&k, ACCEL_KVM, "lost");
	assert_int_equal(kept_probe_read(&k, &accel, why), -ENOENT);
}

#define WITH_A_CACHE(test) cmocka_unit_test_setup_teardown(test, make_cache, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_A_CACHE(key_names_boot_qemu_and_kernel),
		WITH_A_CACHE(answers_are_kept_for_their_kernel_alone),
		WITH_A_CACHE(an_answer_replaces_the_one_before),
		WITH_A_CACHE(damaged_answers_are_none),
		WITH_A_CACHE(answers_of_earlier_boots_go_with_the_next_one),
		WITH_A_CACHE(a_cache_that_cannot_be_had_is_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
