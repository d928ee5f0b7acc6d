/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel packages in the cache: unpacked once, whatever happens meanwhile. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel_files.h"
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/cache.h"
#include "vm/kernel/bzimage.h"
#include "vm/kernel/kernel.h"

static char image_text[BZIMAGE_BYTES];

static void make_kernel_deb(const char *path)
{
	const struct item items[] = {
		{ "boot/vmlinuz-6.1.0-50-cloud-amd64", 'f', image_text, BZIMAGE_BYTES },
		{ "boot/config-6.1.0-50-cloud-amd64", 'f', "CONFIG_EXT4_FS=y\n" },
	};

	make_bzimage(image_text, BANNER_61);
	make_deb(path, items, 2);
}

static void a_package_is_unpacked_into_the_cache_once(void **state)
{
	struct kernel k, again;
	struct stat st, st_again;
	struct diag d;

	make_kernel_deb(at("k.deb"));
	assert_int_equal(find(at("k.deb"), &k, &d), 0);
	assert_string_equal(k.release, "6.1.0-50-cloud-amd64");
	assert_true(strncmp(k.vmlinuz, at("cache/kernels/"), strlen(at("cache/kernels/"))) == 0);
	assert_non_null(strstr(k.vmlinuz, k.key));
	assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), 1);
	assert_int_equal(stat(k.vmlinuz, &st), 0);
	assert_int_equal(find(at("k.deb"), &again, &d), 0);
	assert_int_equal(stat(again.vmlinuz, &st_again), 0);
	assert_int_equal(st.st_ino, st_again.st_ino);
}

static void a_foreign_package_is_refused_and_leaves_nothing(void **state)
{
	static const struct item tool[] = { { "usr/bin/tool", 'f', "x" } };
	static const struct item other_machine[] = { { "boot/vmlinuz-6.1.0-arm64", 'f',
						       "MZ, of another kind of machine" } };
	struct kernel k;
	struct diag d;

	make_deb(at("tool.deb"), tool, 1);
	assert_int_equal(find(at("tool.deb"), &k, &d), -EINVAL);
	assert_non_null(strstr(d.message, "something else"));
	make_deb(at("arm.deb"), other_machine, 1);
	assert_int_equal(find(at("arm.deb"), &k, &d), -EINVAL);
	assert_non_null(strstr(d.message, "x86"));
	assert_int_equal(rmdir(at("cache/kernels")),
			 0); /* only an empty folder can be removed so */
}

static void damage(const char *path, int how)
{
	FILE *f;

	switch (how) {
	case 0:
		assert_int_equal(unlink(path), 0);
		break;
	case 1:
		assert_int_equal(truncate(path, 100), 0);
		break;
	case 2:
		assert_int_equal(truncate(path, 0), 0);
		break;
	default:
		f = fopen(path, "r+e");
		assert_non_null(f);
		fputs("damage of the same length", f);
		fclose(f);
	}
}

static void a_damaged_entry_is_made_again(void **state)
{
	char path[5000];
	struct kernel k;
	struct diag d;

	make_kernel_deb(at("k.deb"));
	assert_int_equal(find(at("k.deb"), &k, &d), 0);
	for (int how = 0; how < 4; how++) {
		damage(k.vmlinuz, how);
		assert_int_equal(find(at("k.deb"), &k, &d), 0);
		assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), 1);
		assert_int_equal(access(k.vmlinuz, R_OK), 0);
		snprintf(path, sizeof(path), "%s/%s/.contents", at("cache/kernels"), k.key);
		damage(path, how);
		assert_int_equal(find(at("k.deb"), &k, &d), 0);
	}
	cache_remove(at("cache/kernels"));
	assert_int_equal(find(at("k.deb"), &k, &d), 0);
	snprintf(path, sizeof(path), "%s/%s", at("cache/kernels"), k.key);
	cache_remove(path);
	put_text("cache/kernels/x", "");
	assert_int_equal(rename(at("cache/kernels/x"), path), 0); /* a file where a folder was */
	assert_int_equal(find(at("k.deb"), &k, &d), 0);
}

static void many_at_once_make_one_entry(void **state)
{
	struct kernel k;
	struct diag d;
	int status;

	make_kernel_deb(at("k.deb"));
	for (int i = 0; i < 8; i++)
		if (fork() == 0) {
			struct bzimage b;

			_exit(find(at("k.deb"), &k, &d) == 0 &&
					      bzimage_load(k.vmlinuz, &b, NULL) == 0
				      ? 0
				      : 1);
		}
	for (int i = 0; i < 8; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(find(at("k.deb"), &k, &d), 0);
	cache_remove(at("cache/kernels/.new-none"));
	*strstr(k.vmlinuz, "/boot/") = '\0';
	cache_remove(k.vmlinuz);
	assert_int_equal(rmdir(at("cache/kernels")), 0); /* nothing else was left */
}

static void leavings_of_the_dead_are_swept_and_of_the_living_kept(void **state)
{
	char mine[4096], dead[4096], third[4096];
	int pipes[2];

	assert_int_equal(cache_begin("kernels", mine, sizeof(mine)), 0);
	assert_int_equal(pipe(pipes), 0);
	if (fork() == 0) {
		char made[4096];

		_exit(cache_begin("kernels", made, sizeof(made)) == 0 &&
				      write(pipes[1], made, sizeof(made)) == sizeof(made)
			      ? 0
			      : 1);
	}
	assert_int_equal(read(pipes[0], dead, sizeof(dead)), sizeof(dead));
	wait(NULL);
	assert_int_equal(access(dead, F_OK), 0);
	assert_int_equal(cache_begin("kernels", third, sizeof(third)), 0);
	assert_int_equal(access(dead, F_OK), -1);
	assert_int_equal(access(mine, F_OK), 0);
	cache_remove(mine);
	cache_remove(third);
	assert_int_equal(access(mine, F_OK), -1);
	close(pipes[0]);
	close(pipes[1]);
}

static void the_second_to_publish_gives_way(void **state)
{
	char a[4096], b[4096], path[4096];

	assert_int_equal(cache_begin("kernels", a, sizeof(a)), 0);
	assert_int_equal(cache_begin("kernels", b, sizeof(b)), 0);
	snprintf(path, sizeof(path), "%s/file", a);
	assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0600)), 0);
	assert_int_equal(cache_publish("kernels", a, "key"), 0);
	assert_int_equal(cache_publish("kernels", b, "key"), 0);
	assert_int_equal(access(at("cache/kernels/key/file"), F_OK), 0);
	assert_int_equal(access(b, F_OK), -1);
}

static void no_place_for_a_cache_is_told(void **state)
{
	struct kernel k;
	struct diag d;

	make_kernel_deb(at("k.deb"));
	put_text("cache", "a file where the cache should be");
	assert_true(find(at("k.deb"), &k, &d) < 0);
	assert_non_null(strstr(d.message, "HANGAR_CACHE_HOME"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_package_is_unpacked_into_the_cache_once),
		CASE(a_foreign_package_is_refused_and_leaves_nothing),
		CASE(a_damaged_entry_is_made_again),
		CASE(many_at_once_make_one_entry),
		CASE(leavings_of_the_dead_are_swept_and_of_the_living_kept),
		CASE(the_second_to_publish_gives_way),
		CASE(no_place_for_a_cache_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
