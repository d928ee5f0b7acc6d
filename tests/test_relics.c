/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a crash leaves: folders of kdump, records of the persistent store. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "collect/relic.h"
#include "crash_world.h"
#include "tmpdir.h"
#include "watch/mark.h"

static void a_mark_names_its_run(void **state)
{
	char text[160], id[64], small[8];

	assert_true(mark_parse(mark_make("20260101-000000-a-0001", text, sizeof(text)), id,
			       sizeof(id)));
	assert_string_equal(id, "20260101-000000-a-0001");
	assert_false(mark_parse(text, small, sizeof(small)));
	assert_false(
		mark_parse("hangar: run : the kernel log is watched from here", id, sizeof(id)));
	assert_false(mark_parse("hangar: run x", id, sizeof(id)));
	assert_false(mark_parse("hangar: run x: and more", id, sizeof(id)));
	assert_false(mark_parse("", id, sizeof(id)));
}

static void each_layout_of_kdump_is_known(void **state)
{
	static const struct {
		const char *folder, *vmcore, *dmesg;
		bool torn;
	} cases[] = {
		{ "202611230501", "dump.202611230501", "dmesg.202611230501", false },
		{ "127.0.0.1-2026-11-23-05:01:12", "vmcore", "vmcore-dmesg.txt", false },
		{ "127.0.0.1-2026-11-23-06:01:12", "vmcore.flat", "vmcore-dmesg.txt", false },
		{ "2026-11-23-05:01", "vmcore", "dmesg.txt", false },
		{ "127.0.0.1-2026-11-24-05:01:12", "vmcore-incomplete",
		  "vmcore-dmesg-incomplete.txt", true },
		{ "202611240501", "dump-incomplete", "dmesg.202611240501", true },
		{ "202611250501", NULL, "dmesg.202611250501", false },
		{ "202611260501", "dump.202611260501", NULL, false },
	};
	struct relics relics = { NULL, 0 };
	char dir[4400];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(dir, sizeof(dir), "%s/%s", in(state, "crash"), cases[i].folder);
		make_folder(dir);
		if (cases[i].vmcore)
			put_text(dir, cases[i].vmcore, "KDUMP   ", BEGAN);
		if (cases[i].dmesg)
			put_text(dir, cases[i].dmesg, OOPS_LOG, BEGAN + 7);
		put_text(dir, "README.txt", "no dump", BEGAN + 100000);
		put_text(dir, "kexec-dmesg.log", "[0.0] Linux version 9.9.9\n", BEGAN + 100000);
	}
	make_folder(in(state, "crash/empty"));
	put_text(in(state, "crash"), "kexec_cmd", "kexec -p", BEGAN);
	put_text(in(state, "crash/empty"), "_usr_bin_foo.0.crash", "apport", BEGAN);
	assert_int_equal(relics_find_kdump(&relics, in(state, "crash"), NULL), 0);
	assert_int_equal(relics.count, ARRAY_SIZE(cases));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct relic *r = NULL;

		for (unsigned int k = 0; k < relics.count; k++)
			if (!strcmp(strrchr(relics.list[k].path, '/') + 1, cases[i].folder))
				r = &relics.list[k];
		assert_non_null(r);
		assert_string_equal(r->vmcore, cases[i].vmcore ? cases[i].vmcore : "");
		assert_string_equal(r->dmesg, cases[i].dmesg ? cases[i].dmesg : "");
		assert_int_equal(r->torn[0] != 0, cases[i].torn);
		assert_string_equal(r->release, cases[i].dmesg ? RELEASE : "");
		assert_int_equal(r->when, cases[i].dmesg ? BEGAN + 7 : BEGAN);
	}
	relics_clear(&relics);
}

static void a_log_tells_its_kernel_its_runs_and_its_end(void **state)
{
	struct relic r = { .kind = RELIC_KDUMP };
	struct relics all = { .list = NULL };
	struct relic *one = relics_add(&all, RELIC_KDUMP, "/x");

	assert_non_null(one);
	assert_int_equal(relic_take_log(one, strdup(OOPS_LOG), strlen(OOPS_LOG)), 0);
	assert_string_equal(one->release, RELEASE);
	assert_int_equal(one->n_runs, 1);
	assert_int_equal(relic_run_index(one, "RUN"), 0);
	assert_int_equal(relic_run_index(one, "RU"), -1);
	assert_int_equal(one->runs_us[0], 101000000);
	assert_int_equal(one->last_us, 130000002);
	assert_non_null(strstr(one->panic, "sysrq triggered crash"));
	assert_int_equal(one->n_findings, 2);
	assert_int_equal(one->findings[0].kind, FINDING_NULL_DEREF);
	assert_int_equal(one->findings[1].kind, FINDING_PANIC);
	relics_clear(&all);
	assert_int_equal(relic_run_index(&r, "RUN"), -1);
}

/* Some other run's words in a log of another program are no mark; nor is one that a shell wrote in
 * the middle of a line. */
static void a_log_without_marks_names_no_run(void **state)
{
	static const char text[] = "[ 1.000000] Linux version 6.1.0 x\n[ 2.000000] foo hangar: run "
				   "RUN: the kernel log is watched from here\n";
	struct relics all = { .list = NULL };
	struct relic *one = relics_add(&all, RELIC_KDUMP, "/x");

	assert_int_equal(relic_take_log(one, strdup(text), strlen(text)), 0);
	assert_int_equal(one->n_runs, 0);
	assert_int_equal(one->n_findings, 0);
	relics_clear(&all);
}

static size_t deflate_as(int form, const char *text, unsigned char *to, size_t size)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, form, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)strlen(text);
	z.next_out = to;
	z.avail_out = (uInt)size;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	size = z.total_out;
	deflateEnd(&z);
	return size;
}

static void records_are_read_plain_and_deflated(void **state)
{
	static const char plain[] = "Panic#2 Part1\n<6>[  130.0] last words\n";
	static const int forms[] = { -15, -12, 15, 15 + 16 };
	unsigned char packed[400];
	unsigned int order;
	char *text;
	size_t size;

	assert_int_equal(
		pstore_decode("dmesg-ramoops-0", plain, strlen(plain), &text, &size, &order), 0);
	assert_string_equal(text, "<6>[  130.0] last words\n");
	assert_int_equal(order, 2998);
	free(text);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t n = deflate_as(forms[i], plain, packed, sizeof(packed));

		assert_int_equal(
			pstore_decode("dmesg-efi-1.enc.z", packed, n, &text, &size, &order), 0);
		assert_string_equal(text, "<6>[  130.0] last words\n");
		free(text);
		assert_int_equal(pstore_decode("dmesg-efi-1.enc.z", packed, n / 2, &text, &size,
					       &order) <= 0,
				 1);
		if (size && n / 2 > 12)
			free(text);
	}
}

static void what_is_no_record_is_refused(void **state)
{
	unsigned int order;
	char *text = NULL;
	size_t size;

	assert_int_equal(
		pstore_decode("dmesg-efi-1.enc.z", "\xff\xff\xff\xff", 4, &text, &size, &order),
		-EBADMSG);
	assert_int_equal(pstore_decode("dmesg-efi-1.enc.z", "", 0, &text, &size, &order), -EBADMSG);
	assert_int_equal(pstore_decode("dmesg-ramoops-0", "", 0, &text, &size, &order), 0);
	assert_int_equal(size, 0);
	free(text);
	assert_int_equal(pstore_decode("dmesg-ramoops-0", "a\0b", 3, &text, &size, &order), 0);
	assert_string_equal(text, "a b");
	free(text);
}

static void the_pieces_of_a_crash_are_put_in_order(void **state)
{
	struct relics relics = { NULL, 0 };
	const struct relic *r;

	make_folder(in(state, "pstore"));
	put_text(in(state, "pstore"), "dmesg-efi-3", "Panic#2 Part1\n[  130.0] third\n", BEGAN);
	put_text(in(state, "pstore"), "dmesg-efi-2", "Panic#2 Part2\n[  129.0] second\n",
		 BEGAN + 1);
	put_text(in(state, "pstore"), "dmesg-efi-9", "Oops#1 Part1\n[  120.0] first\n", BEGAN - 9);
	put(in(state, "pstore"), "dmesg-efi-4.enc.z", "\xff\xff", 2, BEGAN);
	put_text(in(state, "pstore"), "dmesg-efi-1", "Panic#1 Part1\n[ 7.0] another crash\n",
		 BEGAN - 5000);
	put_text(in(state, "pstore"), "console-ramoops-0", "not a dump", BEGAN);
	assert_int_equal(relics_find_pstore(&relics, in(state, "pstore")), 0);
	assert_int_equal(relics.count, 2);
	r = &relics.list[relics.list[0].n_files == 1];
	assert_int_equal(r->n_files, 4);
	assert_int_equal(r->undecoded, 1);
	assert_string_equal(r->log, "[  120.0] first\n[  129.0] second\n[  130.0] third\n");
	assert_int_equal(r->when, BEGAN + 1);
	relics_clear(&relics);
}

static void the_archive_of_systemd_is_read(void **state)
{
	struct relics relics = { NULL, 0 };
	const char *dir = in(state, "archive/1790000123/001");

	make_folder(dir);
	put_text(dir, "dmesg.txt", "[  130.0] whole\n", BEGAN + 99999);
	put_text(dir, "dmesg-efi-179000012302001", "Panic#1 Part2\n[  129.0] wh\n", BEGAN + 99999);
	put_text(dir, "dmesg-efi-179000012301001", "Panic#1 Part1\n[  130.0] ole\n", BEGAN + 99999);
	assert_int_equal(relics_find_pstore(&relics, in(state, "archive")), 0);
	assert_int_equal(relics.count, 1);
	assert_int_equal(relics.list[0].n_files, 3);
	assert_string_equal(relics.list[0].log, "[  130.0] whole\n");
	assert_int_equal(relics.list[0].when, 1790000123);
	relics_clear(&relics);
}

static void a_missing_store_holds_nothing(void **state)
{
	struct relics relics = { NULL, 0 };

	assert_int_equal(relics_find_pstore(&relics, in(state, "nowhere")), 0);
	assert_int_equal(relics_find_kdump(&relics, in(state, "nowhere"), NULL), 0);
	assert_int_equal(relics.count, 0);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mark_names_its_run),
		FACT(each_layout_of_kdump_is_known),
		cmocka_unit_test(a_log_tells_its_kernel_its_runs_and_its_end),
		cmocka_unit_test(a_log_without_marks_names_no_run),
		cmocka_unit_test(records_are_read_plain_and_deflated),
		cmocka_unit_test(what_is_no_record_is_refused),
		FACT(the_pieces_of_a_crash_are_put_in_order),
		FACT(the_archive_of_systemd_is_read),
		FACT(a_missing_store_holds_nothing),
	};

	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
