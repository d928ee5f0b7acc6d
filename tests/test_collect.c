/* SPDX-License-Identifier: GPL-2.0-or-later */
/* After the crash: what each distribution leaves is found, belongs to one run or to none, and
 * completes its record. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "collect/complete.h"
#include "collect/pair.h"
#include "collect/place.h"
#include "outside.h"
#include "record.h"
#include "tmpdir.h"
#include "watch/mark.h"

#define BEGAN 1790000000 /* of the run */
#define RELEASE "6.1.0-50-cloud-amd64"

/* A log as `makedumpfile --dump-dmesg` writes it, of a kernel that was up for 130 s. */
#define OOPS_LOG                                                                                   \
	"[    0.000000] Linux version 6.1.0-50-cloud-amd64 (debian-kernel@lists.debian.org) #1 "   \
	"SMP\n"                                                                                    \
	"[   20.000000] BUG: kernel NULL pointer dereference, address: 0000000000000000\n"         \
	"[   20.000100] CPU: 0 PID: 9 Comm: early Not tainted 6.1.0-50-cloud-amd64 #1\n"           \
	"[  101.000000] hangar: run RUN: the kernel log is watched from here\n"                    \
	"[  130.000000] sysrq: Trigger a crash\n"                                                  \
	"[  130.000001] Kernel panic - not syncing: sysrq triggered crash\n"                       \
	"[  130.000002] CPU: 1 PID: 300 Comm: sh Not tainted 6.1.0-50-cloud-amd64 #1\n"

static void make_folder(const char *path)
{
	int err = path_make(path);

	assert_true(!err || err == -EEXIST);
}

static void put(const char *dir, const char *name, const void *data, size_t size, time_t when)
{
	struct utimbuf times = { when, when };
	char path[4500];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	fclose(f);
	assert_int_equal(utime(path, &times), 0);
}

static void put_text(const char *dir, const char *name, const char *text, time_t when)
{
	put(dir, name, text, strlen(text), when);
}

static const char *in(void **state, const char *name)
{
	static char paths[4][4200];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", (char *)*state, name);
	return path;
}

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

/* The run of the pairing cases: up for 101 s when it began, 29 s long. */
static const struct lost run = {
	.id = "RUN",
	.release = RELEASE,
	.boot_id = "old",
	.began = BEGAN,
	.last = BEGAN + 28,
	.epoch_us = 101000000,
	.last_us = 129000000,
};

static const struct relic crash = {
	.kind = RELIC_KDUMP,
	.name = "kdump a",
	.when = BEGAN + 40,
	.release = RELEASE,
	.last_us = 130000000,
};

static const struct pair_now today = { .now = BEGAN + 500, .boot_id = "new" };

static void a_crash_fits_by_mark_or_by_time_and_kernel(void **state)
{
	struct relic r = crash;
	struct lost l = run;

	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_POSSIBLE);
	r.n_runs = 1;
	snprintf(r.runs[0], sizeof(r.runs[0]), "RUN");
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_CERTAIN);
	r.when = BEGAN - 100000; /* the clock of a crash kernel may be anywhere */
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_CERTAIN);
	l.epoch_us = l.last_us = 0;
	assert_int_equal(pair_fits(&l, &crash, &today, NULL), FIT_POSSIBLE);
}

static void what_speaks_against_a_pair_is_told(void **state)
{
	static const struct {
		time_t when;
		uint64_t last_us;
		const char *release, *mark, *why;
	} cases[] = {
		{ BEGAN + 40, 130000000, "6.1.0-49-cloud-amd64", NULL, "another kernel" },
		{ BEGAN + 40, 130000000, RELEASE, "OTHER", "another run" },
		{ BEGAN - 500, 130000000, RELEASE, NULL, "older" },
		{ BEGAN + 5000, 130000000, RELEASE, NULL, "future" },
		{ BEGAN + 400, 50000000, RELEASE, NULL, "as long" },
		{ BEGAN + 40, 99000000000, RELEASE, NULL, "another time" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct relic r = crash;
		const char *why;

		r.when = cases[i].when;
		r.last_us = cases[i].last_us;
		snprintf(r.release, sizeof(r.release), "%s", cases[i].release);
		if (cases[i].mark)
			snprintf(r.runs[r.n_runs++], sizeof(r.runs[0]), "%s", cases[i].mark);
		assert_int_equal(pair_fits(&run, &r, &today, &why), FIT_NOT);
		assert_non_null(strstr(why, cases[i].why));
	}
}

/* Clocks two minutes apart are still the same moment. */
static void a_skewed_clock_is_forgiven_within_bounds(void **state)
{
	struct relic r = crash;

	r.last_us = 0;
	r.when = run.last - 119;
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_POSSIBLE);
	r.when = run.last - 121;
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_NOT);
	r.when = today.now + 119;
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_POSSIBLE);
	r.when = today.now + 121;
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_NOT);
}

static void pair_lists(const struct lost *runs, unsigned int n_runs, const struct relic *relics,
		       unsigned int n_relics, struct pair *ret)
{
	struct lost l[4];
	struct relic r[4];
	struct losts all = { l, n_runs };
	struct relics left = { r, n_relics };
	static struct relic kept[4];

	memcpy(l, runs, n_runs * sizeof(*l));
	memcpy(r, relics, n_relics * sizeof(*r));
	pair_all(&all, &left, &today, ret);
	memcpy(kept, r, sizeof(r));
	for (unsigned int i = 0; i < n_runs; i++)
		for (int k = 0; k < 2; k++)
			if (ret[i].relics[k])
				ret[i].relics[k] = &kept[ret[i].relics[k] - r];
}

static void one_run_and_one_crash_are_a_pair(void **state)
{
	struct pair p;

	pair_lists(&run, 1, &crash, 1, &p);
	assert_int_equal(p.state, PAIR_DUMP);
	assert_int_equal(p.fit, FIT_POSSIBLE);
	assert_string_equal(p.relics[RELIC_KDUMP]->name, "kdump a");
	assert_null(p.relics[RELIC_PSTORE]);
}

static void kdump_and_store_of_one_crash_go_together(void **state)
{
	struct relic both[2] = { crash, crash };
	struct pair p;

	both[1].kind = RELIC_PSTORE;
	both[1].last_us += 1000;
	pair_lists(&run, 1, both, 2, &p);
	assert_int_equal(p.state, PAIR_DUMP);
	assert_non_null(p.relics[RELIC_KDUMP]);
	assert_non_null(p.relics[RELIC_PSTORE]);
	/* a mark makes the kdump certain, the store's last kilobytes have none */
	both[0].n_runs = 1;
	snprintf(both[0].runs[0], sizeof(both[0].runs[0]), "RUN");
	pair_lists(&run, 1, both, 2, &p);
	assert_int_equal(p.fit, FIT_CERTAIN);
	assert_non_null(p.relics[RELIC_PSTORE]);
	/* of another death */
	both[1].last_us += 20000000;
	pair_lists(&run, 1, both, 2, &p);
	assert_null(p.relics[RELIC_PSTORE]);
	both[0].n_runs = 0;
	pair_lists(&run, 1, both, 2, &p);
	assert_int_equal(p.state, PAIR_AMBIGUOUS);
}

static void two_crashes_that_fit_are_told_not_guessed(void **state)
{
	struct relic two[2] = { crash, crash };
	struct pair p;

	snprintf(two[1].name, sizeof(two[1].name), "kdump b");
	pair_lists(&run, 1, two, 2, &p);
	assert_int_equal(p.state, PAIR_AMBIGUOUS);
	assert_null(p.relics[RELIC_KDUMP]);
	assert_non_null(strstr(p.why, "kdump a"));
	assert_non_null(strstr(p.why, "kdump b"));
	/* the mark decides */
	two[1].n_runs = 1;
	snprintf(two[1].runs[0], sizeof(two[1].runs[0]), "RUN");
	pair_lists(&run, 1, two, 2, &p);
	assert_int_equal(p.state, PAIR_DUMP);
	assert_string_equal(p.relics[RELIC_KDUMP]->name, "kdump b");
}

static void two_runs_of_one_crash_are_told_not_guessed(void **state)
{
	struct lost two[2] = { run, run };
	struct pair p[2];

	snprintf(two[1].id, sizeof(two[1].id), "TWO");
	two[1].began += 5;
	pair_lists(two, 2, &crash, 1, p);
	assert_int_equal(p[0].state, PAIR_AMBIGUOUS);
	assert_int_equal(p[1].state, PAIR_AMBIGUOUS);
}

static void a_run_that_another_outlived_did_not_end_with_the_machine(void **state)
{
	struct lost two[2] = { run, run };
	struct pair p[2];

	two[0].last = BEGAN - 200;
	two[0].began = BEGAN - 300;
	snprintf(two[1].id, sizeof(two[1].id), "TWO");
	pair_lists(two, 2, &crash, 1, p);
	assert_int_equal(p[0].state, PAIR_KILLED);
	assert_int_equal(p[1].state, PAIR_DUMP);
}

static void states_without_a_dump(void **state)
{
	struct lost l = run;
	struct relic foreign = crash;
	struct pair p;

	snprintf(foreign.release, sizeof(foreign.release), "5.10.0-32-amd64");
	pair_lists(&l, 1, &foreign, 1, &p);
	assert_int_equal(p.state, PAIR_NONE);
	assert_non_null(strstr(p.why, "another kernel"));
	pair_lists(&l, 1, &foreign, 0, &p);
	assert_int_equal(p.state, PAIR_NONE);
	snprintf(l.boot_id, sizeof(l.boot_id), "new");
	pair_lists(&l, 1, &crash, 1, &p);
	assert_int_equal(p.state, PAIR_KILLED);
	l = run;
	l.live = true;
	pair_lists(&l, 1, &crash, 1, &p);
	assert_int_equal(p.state, PAIR_SKIPPED);
	l = run;
	l.finished = true;
	pair_lists(&l, 1, &crash, 1, &p);
	assert_int_equal(p.state, PAIR_SKIPPED);
	l = run;
	l.guest = true;
	pair_lists(&l, 1, &crash, 1, &p);
	assert_int_equal(p.state, PAIR_SKIPPED);
}

#define JOURNAL                                                                                    \
	"{\"seq\":1,\"t\":0.000100,\"event\":\"run-begin\",\"epoch_us\":101000000,\"name\":\"x\"," \
	"\"seed\":1}\n"                                                                            \
	"{\"seq\":2,\"t\":5.0,\"event\":\"progress\",\"steps\":10}\n"                              \
	"{\"seq\":3,\"t\":28.0,\"event\":\"progress\",\"steps\":12}\n{\"seq\":4,\"t\":28."

/* A run directory that ended in the middle of a line. */
static void make_run(const char *dir, const char *id, const char *expect)
{
	char manifest[600], scenario[600];

	make_folder(dir);
	snprintf(manifest, sizeof(manifest),
		 "{\"layout\":1,\"id\":\"%s\",\"scenario\":{\"name\":\"x\"},\"began_unix\":%d,"
		 "\"host\":{\"kernel\":\"" RELEASE "\",\"boot_id\":\"old\"}}",
		 id, BEGAN);
	snprintf(scenario, sizeof(scenario),
		 "{\"name\":\"x\",\"about\":\"x\",\"phases\":[{\"name\":\"p\",\"for\":\"9s\","
		 "\"run\":[{\"use\":\"alloc\"}]}],"
		 "\"expect\":{\"reproduce\":[{\"kind\":\"%s\"}]}}",
		 expect);
	put_text(dir, "manifest.json", manifest, BEGAN);
	put_text(dir, "scenario.json", scenario, BEGAN);
	put_text(dir, "journal.jsonl", JOURNAL, BEGAN + 28);
}

static void find_all(void **state, struct losts *runs, struct relics *relics)
{
	assert_int_equal(losts_find(runs, in(state, "home"), ""), 0);
	assert_int_equal(relics_find_kdump(relics, in(state, "crash"), NULL), 0);
	assert_int_equal(relics_find_pstore(relics, in(state, "pstore")), 0);
}

static void make_machine(void **state, const char *expect)
{
	make_run(in(state, "home/runs/RUN"), "RUN", expect);
	make_folder(in(state, "crash/202611230501"));
	make_folder(in(state, "pstore"));
	put_text(in(state, "crash/202611230501"), "dump.202611230501", "KDUMP   bytes", BEGAN + 35);
	put_text(in(state, "crash/202611230501"), "dmesg.202611230501", OOPS_LOG, BEGAN + 40);
	put_text(in(state, "pstore"), "dmesg-ramoops-0",
		 "Panic#1 Part1\n<0>[  130.000001] Kernel panic - not syncing: sysrq triggered "
		 "crash\n",
		 BEGAN + 30);
}

/* Collects the one run in the state home; returns what became of it. */
static int collect_one(void **state, enum place_how how, struct completion *done, struct diag *d)
{
	struct losts runs = { NULL, 0 };
	struct relics relics = { NULL, 0 };
	struct pair pairs[4];
	int err = -ENOENT;

	find_all(state, &runs, &relics);
	assert_int_equal(runs.count, 1);
	pair_all(&runs, &relics, &today, pairs);
	if (pairs[0].state != PAIR_SKIPPED)
		err = complete_run(&runs.list[0], &pairs[0], how, done, d);
	relics_clear(&relics);
	losts_clear(&runs);
	return err;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void assert_has(const char *path, const char *what)
{
	_cleanup_free_ char *text = NULL;
	size_t size;

	assert_int_equal(textfile_load(path, 1 << 20, &text, &size), 0);
	if (!strstr(text, what))
		fail_msg("no %s in %s: %s", what, path, text);
}

static void a_record_is_completed_and_the_originals_stay(void **state)
{
	struct completion done;
	struct diag d = { 0 };
	struct stat a, b;

	make_machine(state, "panic");
	if (collect_one(state, PLACE_LINK, &done, &d))
		fail_msg("%s", d.message);
	assert_int_equal(done.verdict, VERDICT_REPRODUCED);
	assert_string_equal(done.vmcore, "linked");
	assert_int_equal(stat(in(state, "home/runs/RUN/vmcore"), &a), 0);
	assert_int_equal(stat(in(state, "crash/202611230501/dump.202611230501"), &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_has(in(state, "home/runs/RUN/vmcore-dmesg.txt"), "sysrq triggered crash");
	assert_has(in(state, "home/runs/RUN/evidence/pstore/dmesg-ramoops-0"), "Panic#1 Part1");
	assert_true(exists(in(state, "pstore/dmesg-ramoops-0")));
	assert_has(in(state, "home/runs/RUN/outside.jsonl"), "\"kind\":\"panic\"");
	assert_has(in(state, "home/runs/RUN/outside.jsonl"), "\"verdict\":\"REPRODUCED\"");
	assert_true(exists(in(state, "home/runs/RUN/report.txt")));
	/* the oops of before the run is another's */
	{
		_cleanup_free_ char *text = NULL;
		size_t size;

		assert_int_equal(textfile_load(in(state, "home/runs/RUN/outside.jsonl"), 1 << 20,
					       &text, &size),
				 0);
		assert_null(strstr(text, "null-deref"));
	}
}

static void a_second_collect_finds_it_done(void **state)
{
	struct completion done;
	struct diag d = { 0 };

	make_machine(state, "panic");
	assert_int_equal(collect_one(state, PLACE_LINK, &done, &d), 0);
	assert_int_equal(collect_one(state, PLACE_LINK, &done, &d), -ENOENT);
}

/* What an interrupted collect left is no obstacle. */
static void an_interrupted_collect_is_done_again(void **state)
{
	struct completion done;
	struct diag d = { 0 };

	make_machine(state, "panic");
	put_text(in(state, "home/runs/RUN"), ".outside-collect.jsonl", "{\"seq\":1", BEGAN);
	assert_int_equal(link(in(state, "crash/202611230501/dump.202611230501"),
			      in(state, "home/runs/RUN/vmcore")),
			 0);
	if (collect_one(state, PLACE_LINK, &done, &d))
		fail_msg("%s", d.message);
	assert_string_equal(done.vmcore, "there");
	assert_false(exists(in(state, "home/runs/RUN/.outside-collect.jsonl")));
}

static void a_move_takes_the_originals_last(void **state)
{
	struct completion done;
	struct diag d = { 0 };

	make_machine(state, "hung-task");
	if (collect_one(state, PLACE_MOVE, &done, &d))
		fail_msg("%s", d.message);
	assert_int_equal(done.verdict, VERDICT_OTHER_FAULT);
	assert_false(exists(in(state, "crash/202611230501/dump.202611230501")));
	assert_false(exists(in(state, "pstore/dmesg-ramoops-0")));
	assert_has(in(state, "home/runs/RUN/vmcore"), "KDUMP   bytes");
	assert_has(in(state, "home/runs/RUN/evidence/pstore/log.txt"), "sysrq triggered crash");
}

/* A vmcore of somebody else's that lies in the run directory is not written over. */
static void nothing_recorded_is_lost(void **state)
{
	struct completion done;
	struct diag d = { 0 };

	make_machine(state, "panic");
	put_text(in(state, "home/runs/RUN"), "vmcore", "mine", BEGAN);
	assert_int_equal(collect_one(state, PLACE_LINK, &done, &d), -EEXIST);
	assert_has(in(state, "home/runs/RUN/vmcore"), "mine");
	assert_false(exists(in(state, "home/runs/RUN/outside.jsonl")));
	assert_true(exists(in(state, "crash/202611230501/dump.202611230501")));
}

static void a_machine_that_kept_nothing_fell_silent(void **state)
{
	struct completion done;
	struct diag d = { 0 };

	make_run(in(state, "home/runs/RUN"), "RUN", "silence");
	if (collect_one(state, PLACE_LINK, &done, &d))
		fail_msg("%s", d.message);
	assert_int_equal(done.verdict, VERDICT_REPRODUCED);
	assert_has(in(state, "home/runs/RUN/outside.jsonl"), "\"kind\":\"silence\"");
}

static void what_is_no_run_is_passed_over(void **state)
{
	struct losts runs = { NULL, 0 };

	make_machine(state, "panic");
	make_folder(in(state, "home/runs/empty"));
	make_folder(in(state, "home/active"));
	put_text(in(state, "home/runs"), "file", "x", BEGAN);
	assert_int_equal(symlink("/nowhere/at/all", in(state, "home/active/gone")), 0);
	assert_int_equal(symlink(in(state, "home/runs/RUN"), in(state, "home/active/RUN")), 0);
	assert_int_equal(losts_find(&runs, in(state, "home"), ""), 0);
	assert_int_equal(runs.count, 1);
	assert_string_equal(runs.list[0].id, "RUN");
	assert_string_equal(runs.list[0].boot_id, "old");
	assert_int_equal(runs.list[0].last, BEGAN + 28);
	assert_int_equal(runs.list[0].last_us, 129000000);
	losts_clear(&runs);
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
		cmocka_unit_test(a_crash_fits_by_mark_or_by_time_and_kernel),
		cmocka_unit_test(what_speaks_against_a_pair_is_told),
		cmocka_unit_test(a_skewed_clock_is_forgiven_within_bounds),
		cmocka_unit_test(one_run_and_one_crash_are_a_pair),
		cmocka_unit_test(kdump_and_store_of_one_crash_go_together),
		cmocka_unit_test(two_crashes_that_fit_are_told_not_guessed),
		cmocka_unit_test(two_runs_of_one_crash_are_told_not_guessed),
		cmocka_unit_test(a_run_that_another_outlived_did_not_end_with_the_machine),
		cmocka_unit_test(states_without_a_dump),
		FACT(a_record_is_completed_and_the_originals_stay),
		FACT(a_second_collect_finds_it_done),
		FACT(an_interrupted_collect_is_done_again),
		FACT(a_move_takes_the_originals_last),
		FACT(nothing_recorded_is_lost),
		FACT(a_machine_that_kept_nothing_fell_silent),
		FACT(what_is_no_run_is_passed_over),
	};

	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
