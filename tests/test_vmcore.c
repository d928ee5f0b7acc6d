/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps whole, torn and hostile: what the reading test and the rearranging see. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>

#include "base/cleanup.h"
#include "tmpdir.h"
#include "vmcore/crashkernel.h"
#include "vmcore/header.h"
#include "vmcore/level.h"
#include "vmcore/log.h"
#include "vmcore/segments.h"
#include "vmcore/vmcore.h"
#include "vmcore_files.h"

static struct made made, other;

static const struct vmcore_facts facts = { .release = MADE_RELEASE };

static int try_test(const char *dir, struct diag *d)
{
	_cleanup_free_ char *path = made_file(dir, "vmcore", &made);

	memset(d, 0, sizeof(*d));
	return vmcore_test(path, &facts, d);
}

static int with_makedumpfile(void **state)
{
	if (tmpdir_make(state))
		return -1;
	made_makedumpfile(*state, MAKEDUMPFILE_LOG("[    1.0] Linux version"));
	return 0;
}

static void test_takes_a_whole_dump(void **state)
{
	struct diag d;

	made_kdump(&made, made_info);
	assert_int_equal(try_test(*state, &d), 0);
	made_elf(&made, made_info, NULL);
	assert_int_equal(try_test(*state, &d), 0);
}

static void test_sees_a_dump_cut_anywhere(void **state)
{
	struct diag d;

	made_kdump(&made, made_info);
	other = made;
	for (size_t size = 0; size < other.size; size += size < 600 ? 13 : 997) {
		made = other;
		made.size = size;
		assert_int_equal(try_test(*state, &d), -EBADMSG);
		assert_non_null(strstr(d.message, "vmcore: "));
	}
	made = other;
	made.size--;
	assert_int_equal(try_test(*state, &d), -EBADMSG);
	assert_non_null(strstr(d.message, "torn: page 3 of 3 lies past its end"));
	made_elf(&other, made_info, NULL);
	for (size_t size = 0; size < other.size; size += size < 600 ? 13 : 997) {
		made = other;
		made.size = size;
		assert_int_equal(try_test(*state, &d), -EBADMSG);
	}
}

static void test_sees_a_hole_where_pages_were(void **state)
{
	struct diag d;

	made_kdump(&made, made_info);
	memset(made.bytes + (size_t)4 * MADE_BLOCK, 0, made.size - (size_t)4 * MADE_BLOCK);
	assert_int_equal(try_test(*state, &d), -EBADMSG);
}

static void test_names_what_is_wrong(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		const char *says;
	} cases[] = {
		{ 0, 'X', "neither an ELF core nor" },
		{ 8, 3, "header version 3" },
		{ 424, 8, "incomplete, as makedumpfile itself marked it" },
		{ 429, 0x11, "blocks of 4352 bytes" },
		{ 435, 0x7f, "bitmaps lie past its end" },
		{ MADE_BLOCK + 55, 1, "notes lie past its end" },
		{ MADE_BLOCK + 63, 1, "notes of" },
		{ (size_t)3 * MADE_BLOCK, 0, "no page of memory" },
	};
	struct diag d;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		made_kdump(&made, made_info);
		made.bytes[cases[i].at] = cases[i].byte;
		assert_int_equal(try_test(*state, &d), -EBADMSG);
		if (!strstr(d.message, cases[i].says))
			fail_msg("case %zu: %s", i, d.message);
	}
}

static void test_refuses_another_kernel(void **state)
{
	struct diag d;

	made_kdump(&made, "OSRELEASE=6.1.0-51-cloud-amd64\n");
	assert_int_equal(try_test(*state, &d), -ESTALE);
	assert_non_null(strstr(d.message, "6.1.0-51-cloud-amd64"));
	assert_non_null(strstr(d.message, MADE_RELEASE));
	made_kdump(&made, NULL);
	assert_int_equal(try_test(*state, &d), -EBADMSG);
	assert_non_null(strstr(d.message, "VMCOREINFO"));
}

static void test_wants_a_log(void **state)
{
	struct diag d;

	made_kdump(&made, made_info);
	made_makedumpfile(*state, "#!/bin/sh\necho 'Cannot find the log' >&2\nexit 1\n");
	assert_int_equal(try_test(*state, &d), -EBADMSG);
	assert_non_null(strstr(d.message, "Cannot find the log"));
	made_makedumpfile(*state, "#!/bin/sh\nexit 0\n");
	assert_int_equal(try_test(*state, &d), -EBADMSG);
	assert_non_null(strstr(d.message, "log is empty"));
}

static void test_refuses_no_file_and_odd_files(void **state)
{
	struct diag d = { 0 }, e = { 0 };

	assert_int_equal(vmcore_test("/nonexistent/vmcore", NULL, &d), -ENOENT);
	assert_int_equal(vmcore_test("/dev/zero", NULL, &e), -EBADMSG);
}

static void header_finds_notes(void **state)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;
	struct vmcore_header h;
	char text[32];

	made_kdump(&made, made_info);
	path = made_file(*state, "vmcore", &made);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(vmcore_header_load(fd, &h, NULL), 0);
	assert_string_equal(h.release, MADE_RELEASE);
	assert_string_equal(h.build_id, MADE_BUILD_ID);
	assert_true(vmcore_info(&h, "PAGESIZE", text, sizeof(text)));
	assert_string_equal(text, "4096");
	assert_false(vmcore_info(&h, "PAGES", text, sizeof(text)));
	assert_int_equal(h.n_cpus, 2);
	assert_int_equal(h.cpus[0].pid, 7);
	assert_true(h.cpus[1].regs[16] == 0xffffffff81001234);
	assert_false(h.by_qemu);
	vmcore_header_clear(&h);
}

static void unflatten_puts_records_in_their_places(void **state)
{
	_cleanup_free_ char *flat = NULL, *out = NULL;
	char text[16] = "";
	struct diag d = { 0 };
	FILE *f;

	made_flat(&made);
	made_record(&made, 4, 4, "late");
	made_record(&made, 0, 4, "soon");
	made_record(&made, -1, -1, NULL);
	memcpy(made.bytes + made.size, "and what a disk held before", 27);
	made.size += 27;
	flat = made_file(*state, "flat", &made);
	assert_true(asprintf(&out, "%s/out", (char *)*state) > 0);
	assert_int_equal(vmcore_unflatten(flat, out, &d), 0);
	f = fopen(out, "re");
	assert_non_null(f);
	assert_int_equal(fread(text, 1, sizeof(text), f), 8);
	assert_memory_equal(text, "soonlate", 8);
	fclose(f);
}

static void unflatten_refuses_what_is_torn(void **state)
{
	static const struct {
		int64_t offset, size;
	} ends[] = {
		{ 0, 0 }, { -5, 3 }, { 0, INT64_MAX }, { INT64_MAX, 4 }, { -1, 5 }, { 3, -1 }
	};
	_cleanup_free_ char *out = NULL;

	assert_true(asprintf(&out, "%s/out", (char *)*state) > 0);
	for (size_t i = 0; i <= ARRAY_SIZE(ends); i++) {
		_cleanup_free_ char *flat = NULL;
		struct diag d = { 0 };

		made_flat(&made);
		made_record(&made, 0, 4, "soon");
		if (i < ARRAY_SIZE(ends))
			made_record(&made, ends[i].offset, ends[i].size, NULL);
		flat = made_file(*state, "flat", &made);
		assert_int_equal(vmcore_unflatten(flat, out, &d), -EBADMSG);
		assert_non_null(strstr(d.message, "torn"));
		assert_int_equal(access(out, F_OK), -1);
	}
}

static void unflatten_refuses_other_files(void **state)
{
	_cleanup_free_ char *path = NULL;
	struct diag d = { 0 };

	made_kdump(&made, made_info);
	path = made_file(*state, "vmcore", &made);
	assert_int_equal(vmcore_unflatten(path, "/nonexistent/out", &d), -EBADMSG);
	assert_non_null(strstr(d.message, "not a flattened dump"));
}

/* Says how it was called, and what is in the first program header of what it got. */
#define FILTER                                                                                     \
	"#!/bin/sh\nfor out; do :; done\ncase \"$*\" in *--dump-dmesg*)\n"                         \
	"printf '[    0.0] Reserving 1MB of memory at 0MB for crashkernel\\n' >$out;;\n"           \
	"*) echo \"$*\" >$out;; esac\n"

static void filter_lays_the_headers_out(void **state)
{
	_cleanup_(elf_table_clear) struct elf_table t = { 0 };
	_cleanup_free_ char *path = NULL, *out = NULL;
	_cleanup_close_ int fd = -1;
	struct diag d = { 0 };

	made_makedumpfile(*state, FILTER);
	made_elf(&made, made_info, "QEMU");
	path = made_file(*state, "elf", &made);
	assert_true(asprintf(&out, "%s/out", (char *)*state) > 0);
	assert_int_equal(vmcore_filter(path, out, 31, 10000000, &d), 0);
	assert_int_equal(access(out, F_OK), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(elf_table_load(fd, &t, NULL), 0);
	assert_int_equal(t.head.e_phoff, sizeof(Elf64_Ehdr));
	assert_int_equal(t.head.e_shnum, 0);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.segments[1].p_type, PT_LOAD);
	assert_int_equal(t.segments[1].p_filesz, 16 * MADE_BLOCK);
}

static void filter_leaves_nothing_when_makedumpfile_fails(void **state)
{
	_cleanup_free_ char *path = NULL, *out = NULL;
	struct diag d = { 0 };

	made_makedumpfile(
		*state, "#!/bin/sh\nfor out; do :; done\necho x >$out\necho no room >&2\nexit 1\n");
	made_elf(&made, made_info, "QEMU");
	path = made_file(*state, "elf", &made);
	assert_true(asprintf(&out, "%s/out", (char *)*state) > 0);
	assert_int_equal(vmcore_filter(path, out, 31, 10000000, &d), -ECHILD);
	assert_non_null(strstr(d.message, "no room"));
	assert_int_equal(access(out, F_OK), -1);
}

static void filter_ends_one_that_hangs(void **state)
{
	_cleanup_free_ char *path = NULL, *out = NULL;
	struct diag d = { 0 };

	made_makedumpfile(*state, "#!/bin/sh\ncase \"$*\" in *--dump-dmesg*) exit 1;; esac\nsleep "
				  "100 &\nsleep 100\n");
	made_elf(&made, made_info, "QEMU");
	path = made_file(*state, "elf", &made);
	assert_true(asprintf(&out, "%s/out", (char *)*state) > 0);
	assert_int_equal(vmcore_filter(path, out, 31, 100000, &d), -ETIMEDOUT);
}

static void filter_tells_why_there_is_no_vmcoreinfo(void **state)
{
	_cleanup_free_ char *path = NULL;
	struct diag d = { 0 };

	made_elf(&made, NULL, "QEMU");
	path = made_file(*state, "elf", &made);
	assert_int_equal(vmcore_filter(path, "/nonexistent/out", 31, 10000000, &d), -EBADMSG);
	assert_non_null(strstr(d.message, "qemu_fw_cfg"));
}

static void cut_leaves_a_range_out(void **state)
{
	Elf64_Phdr segments[4] = { { .p_type = PT_NOTE },
				   { .p_type = PT_LOAD,
				     .p_offset = 1000,
				     .p_paddr = 0x1000,
				     .p_filesz = 0x9000,
				     .p_memsz = 0x9000 } };
	struct elf_table t = { .segments = segments, .count = 2 };

	assert_int_equal(elf_table_cut(&t, 0x1000, 0x2000), 0);
	assert_int_equal(elf_table_cut(&t, 0x9000, 0xa000), 0);
	assert_int_equal(elf_table_cut(&t, 0x5000, 0x4000), 0);
	assert_int_equal(t.count, 2);
	assert_int_equal(elf_table_cut(&t, 0x3000, 0x5000), 1);
	assert_int_equal(segments[1].p_filesz, 0x2000);
	assert_int_equal(segments[2].p_paddr, 0x5000);
	assert_int_equal(segments[2].p_offset, 1000 + 0x4000);
	assert_int_equal(segments[2].p_filesz, 0x5000);
}

static void crashkernel_is_read_from_the_boot_messages(void **state)
{
	static const struct {
		const char *log;
		unsigned int count;
		uint64_t from, to;
	} cases[] = {
		{ "[    0.0] Reserving 128MB of memory at 864MB for crashkernel (System RAM: "
		  "1023MB)",
		  1, 864ull << 20, 992ull << 20 },
		{ "[    0.0][    T0] crashkernel reserved: 0x0000000036000000 - 0x000000003e000000 "
		  "(128 MB)",
		  1, 0x36000000, 0x3e000000 },
		{ "[    0.0] Reserving 0MB of memory at 864MB for crashkernel", 0, 0, 0 },
		{ "[    0.0] crashkernel reserved: 0x5000 - 0x4000", 0, 0, 0 },
		{ "[    2.0] Run /init as init process\n[    3.0] crashkernel reserved: 0x1000 - "
		  "0x2000",
		  0, 0, 0 },
		{ "", 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crash_range r[2];

		assert_int_equal(crashkernel_ranges(cases[i].log, r, 2), cases[i].count);
		if (cases[i].count) {
			assert_true(r[0].from == cases[i].from);
			assert_true(r[0].to == cases[i].to);
		}
	}
}

static void level_keeps_slab_that_makedumpfile_mistakes(void **state)
{
	struct vmcore_header h = { .info = (char[]){ "NUMBER(PG_slab)=9\n" } };

	assert_int_equal(level_for(&h, 31), 31);
	h.info = (char[]){ "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376\n" };
	assert_int_equal(level_for(&h, 31), 23);
	assert_int_equal(vmcore_level("6.1.0-50-cloud-amd64", 31), 31);
	assert_int_equal(vmcore_level("6.9.12", 31), 31);
	assert_int_equal(vmcore_level("6.10.1", 31), 23);
	assert_int_equal(vmcore_level("7.3.4+deb13-cloud-amd64", 31), 23);
	assert_int_equal(vmcore_level(NULL, 31), 23);
}

static void panic_is_the_last_line_of_its_kind(void **state)
{
	static const char oops[] =
		"[    1.0] BUG: kernel NULL pointer dereference, address: 0000000000000000\n"
		"[    1.0] #PF: supervisor write access in kernel mode\n"
		"[    1.1] Oops: 0002 [#1] PREEMPT SMP\n";
	static const char panic[] =
		"[    1.0] BUG: soft lockup\n"
		"[    7.2][  T122] Kernel panic - not syncing: sysrq triggered crash\n"
		"[    7.3] CPU: 0 PID: 1\n";
	char line[128];

	assert_true(log_panic(panic, false, line, sizeof(line)));
	assert_string_equal(line, "Kernel panic - not syncing: sysrq triggered crash");
	assert_true(log_panic(oops, true, line, sizeof(line)));
	assert_string_equal(line, "Oops: 0002 [#1] PREEMPT SMP");
	assert_false(log_panic(oops, false, line, sizeof(line)));
	assert_false(log_panic("", true, line, sizeof(line)));
}

static void blocked_tasks_are_read_from_the_log(void **state)
{
	static const char log[] =
		"[    9.0] sysrq: Show Blocked State\n"
		"[    9.1] task:alloc-and-write state:D stack:0     pid:109   ppid:1      "
		"flags:0x00000002\n"
		"[    9.1] Call Trace:\n[    9.1]  <TASK>\n"
		"[    9.1]  __schedule+0x351/0xa20\n[    9.1]  ? old+0x1/0x2\n"
		"[    9.1]  schedule+0x5d/0xe0\n[    9.1]  xfs_wait+0x1/0x2 [xfs]\n[    9.1]  "
		"</TASK>\n"
		"[    9.1]  stray+0x1/0x2\n"
		"[    9.2] task:sleeper         state:S stack:0     pid:110   ppid:1\n"
		"[    9.2]  other+0x1/0x2\n";
	json_t *all = log_blocked(log);
	_cleanup_free_ char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);

	assert_string_equal(
		text,
		"[{\"comm\":\"alloc-and-write\",\"pid\":109,\"stack\":[\"__schedule+0x351/0xa20\","
		"\"schedule+0x5d/0xe0\",\"xfs_wait+0x1/0x2 [xfs]\"]}]");
	json_decref(all);
}

int main(void)
{
#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, with_makedumpfile, tmpdir_remove)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_takes_a_whole_dump),
		IN_FOLDER(test_sees_a_dump_cut_anywhere),
		IN_FOLDER(test_sees_a_hole_where_pages_were),
		IN_FOLDER(test_names_what_is_wrong),
		IN_FOLDER(test_refuses_another_kernel),
		IN_FOLDER(test_wants_a_log),
		cmocka_unit_test(test_refuses_no_file_and_odd_files),
		IN_FOLDER(header_finds_notes),
		IN_FOLDER(unflatten_puts_records_in_their_places),
		IN_FOLDER(unflatten_refuses_what_is_torn),
		IN_FOLDER(unflatten_refuses_other_files),
		IN_FOLDER(filter_lays_the_headers_out),
		IN_FOLDER(filter_leaves_nothing_when_makedumpfile_fails),
		IN_FOLDER(filter_ends_one_that_hangs),
		IN_FOLDER(filter_tells_why_there_is_no_vmcoreinfo),
		cmocka_unit_test(cut_leaves_a_range_out),
		cmocka_unit_test(crashkernel_is_read_from_the_boot_messages),
		cmocka_unit_test(level_keeps_slab_that_makedumpfile_mistakes),
		cmocka_unit_test(panic_is_the_last_line_of_its_kind),
		cmocka_unit_test(blocked_tasks_are_read_from_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
