/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "planted" and "stock": what tests/kernels/build put into the cache, and which bugs it can switch
 * on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/kernel/built.h"
#include "vm/kernel/plants.h"

static char cache[256];

static int set_up(void **state)
{
	if (tmpdir_make(state) < 0)
		return -1;
	snprintf(cache, sizeof(cache), "%s/cache", (char *)*state);
	return setenv("HANGAR_CACHE_HOME", cache, 1);
}

static void put(const char *entry, const char *name, const void *data, size_t size)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof(path), "%s/built/%s", cache, entry);
	path_make(path);
	snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%s", name);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

/* An entry as the build publishes it, with the link on it. */
static void publish(const char *kind, const char *entry, const char *plants)
{
	char image[BZIMAGE_BYTES], link[600];

	make_bzimage(image, "6.1.192-planted (hangar@0123) #1 SMP 2026-01-01");
	put(entry, "bzImage", image, sizeof(image));
	put(entry, "config", "CONFIG_EXT4_FS=y\n", 17);
	if (plants)
		put(entry, "plants", plants, strlen(plants));
	snprintf(link, sizeof(link), "%s/built/%s", cache, kind);
	unlink(link);
	assert_int_equal(symlink(entry, link), 0);
}

static int find(const char *spec, struct kernel *k, struct diag *d)
{
	*d = (struct diag){ 0 };
	return kernel_find(spec, NULL, NULL, k, d);
}

static void a_kernel_that_is_not_built_names_the_remedy(void **state)
{
	struct kernel k;
	struct diag d;

	assert_int_equal(find("planted", &k, &d), -ENOENT);
	assert_non_null(strstr(d.message, "tests/kernels/build planted"));
	assert_int_equal(find("stock", &k, &d), -ENOENT);
	assert_non_null(strstr(d.message, "tests/kernels/build stock"));
}

static void a_link_to_nothing_is_not_built(void **state)
{
	char link[600];
	struct kernel k;
	struct diag d;

	publish("planted", "aa", "");
	snprintf(link, sizeof(link), "%s/built/planted", cache);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("bb", link), 0);
	assert_int_equal(find("planted", &k, &d), -ENOENT);
	assert_non_null(strstr(d.message, "tests/kernels/build"));
}

static void the_link_is_followed_once(void **state)
{
	char wanted[600];
	struct kernel k;
	struct diag d;

	publish("planted", "aa", "ext4-oom  words\n");
	assert_int_equal(find("planted", &k, &d), 0);
	snprintf(wanted, sizeof(wanted), "%s/built/aa/bzImage", cache);
	assert_string_equal(k.vmlinuz, wanted);
	assert_string_equal(k.release, "6.1.192-planted");
	assert_string_equal(k.modules, "");
	assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), 1);
	publish("planted", "bb", "ext4-oom  words\n");
	assert_int_equal(find("planted", &k, &d), 0);
	snprintf(wanted, sizeof(wanted), "%s/built/bb/bzImage", cache);
	assert_string_equal(k.vmlinuz, wanted);
}

static void plants_are_looked_up_beside_the_image(void **state)
{
	static const struct {
		const char *list;
		int answer;
	} rows[] = {
		{ "ext4-oom", PLANTS_THERE },
		{ "thp-deferred:0", PLANTS_THERE },
		{ "thp-deferred:10,ext4-oom", PLANTS_THERE },
		{ "ext4", -ENOENT },
		{ "ext4-oom2", -ENOENT },
		{ "ext4-oom,x", -ENOENT },
		{ "words", -ENOENT },
	};
	struct kernel k;
	struct diag d;

	publish("planted", "aa", "ext4-oom  words about it\nthp-deferred  others\n");
	assert_int_equal(find("planted", &k, &d), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		d = (struct diag){ 0 };
		assert_int_equal(kernel_plants(&k, rows[i].list, &d), rows[i].answer);
		if (rows[i].answer < 0)
			assert_non_null(strstr(d.message, "ext4-oom, thp-deferred"));
	}
}

static void a_kernel_without_plants_is_told_from_one_without_that_plant(void **state)
{
	struct kernel k;
	struct diag d;

	publish("stock", "aa", "");
	assert_int_equal(find("stock", &k, &d), 0);
	assert_int_equal(kernel_plants(&k, "ext4-oom", &d), PLANTS_NO_KERNEL);
	publish("stock", "bb", NULL);
	assert_int_equal(find("stock", &k, &d), 0);
	assert_int_equal(kernel_plants(&k, "ext4-oom", &d), PLANTS_NO_KERNEL);
}

static void a_long_list_of_plants_is_cut_not_overrun(void **state)
{
	char list[8192];
	struct kernel k;
	struct diag d;

	memset(list, 'a', sizeof(list));
	for (size_t i = 100; i < sizeof(list); i += 101)
		list[i] = '\n';
	list[sizeof(list) - 1] = '\0';
	publish("planted", "aa", list);
	assert_int_equal(find("planted", &k, &d), 0);
	assert_int_equal(kernel_plants(&k, "ext4-oom", &d), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_kernel_that_is_not_built_names_the_remedy, set_up,
						tmpdir_remove),
		cmocka_unit_test_setup_teardown(a_link_to_nothing_is_not_built, set_up,
						tmpdir_remove),
		cmocka_unit_test_setup_teardown(the_link_is_followed_once, set_up, tmpdir_remove),
		cmocka_unit_test_setup_teardown(plants_are_looked_up_beside_the_image, set_up,
						tmpdir_remove),
		cmocka_unit_test_setup_teardown(
			a_kernel_without_plants_is_told_from_one_without_that_plant, set_up,
			tmpdir_remove),
		cmocka_unit_test_setup_teardown(a_long_list_of_plants_is_cut_not_overrun, set_up,
						tmpdir_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
