/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "watch/taint_bits.h"
#include "watch_world.h"

static void bits_become_letters_and_words(void **state)
{
	char buf[256];

	assert_string_equal(taint_letters(0, buf, sizeof(buf)), "");
	assert_string_equal(taint_letters(1 << 7 | 1 << 9, buf, sizeof(buf)), "DW");
	assert_string_equal(taint_explain(1 << 7 | 1 << 9, buf, sizeof(buf)),
			    "D (died: an oops or BUG), W (warned)");
	assert_string_equal(taint_letters(1ull << 40 | 1, buf, sizeof(buf)), "P#40");
	assert_int_equal(strlen(taint_explain(UINT64_MAX, buf, 20)), 19);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void only_new_bits_are_told_and_each_once(void **state)
{
	static struct world w;
	char root[] = "/tmp/hangar-test-taint-XXXXXX", path[128];
	struct watcher *watcher = NULL;
	struct diag d = { 0 };

	assert_non_null(mkdtemp(root));
	for (const char *p = "/proc\0/proc/sys\0/proc/sys/kernel\0"; *p; p += strlen(p) + 1) {
		snprintf(path, sizeof(path), "%s%s", root, p);
		mkdir(path, 0755);
	}
	snprintf(path, sizeof(path), "%s/proc/sys/kernel/tainted", root);
	put(path, "4097\n");
	world_init(&w, root);
	assert_int_equal(watch_taint.open(&w.ctx, &watcher, &d), 0);
	watch_taint.tick(watcher, 1);
	assert_int_equal(w.count, 0); /* O and P were there before */
	put(path, "4609\n");
	watch_taint.tick(watcher, 2);
	watch_taint.tick(watcher, 3);
	assert_int_equal(w.count, 1);
	assert_int_equal(w.told[0].kind, FINDING_TAINT);
	assert_string_equal(w.told[0].taint, "PWO");
	assert_non_null(strstr(w.told[0].text, "W (warned)"));
	assert_null(strstr(w.told[0].text, "proprietary"));
	watch_taint.close(watcher);
	unlink(path);
	world_clear(&w);
	for (const char *p = "/proc/sys/kernel\0/proc/sys\0/proc\0\0"; *p; p += strlen(p) + 1) {
		snprintf(path, sizeof(path), "%s%s", root, p);
		rmdir(path);
	}
	rmdir(root);
}

static void a_host_without_the_file_is_said_and_gone_on_without(void **state)
{
	static struct world w;
	struct watcher *watcher = NULL;
	struct diag d = { 0 };

	world_init(&w, "/nonexistent");
	assert_int_equal(watch_taint.open(&w.ctx, &watcher, &d), 1);
	assert_non_null(strstr(d.message, "/nonexistent/proc/sys/kernel/tainted"));
	world_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_become_letters_and_words),
		cmocka_unit_test(only_new_bits_are_told_and_each_once),
		cmocka_unit_test(a_host_without_the_file_is_said_and_gone_on_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
