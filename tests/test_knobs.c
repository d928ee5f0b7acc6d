/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each knob's spelling on both cgroup versions, and what counts as "the kernel took it". */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "cgroup/knobs.h"

#define MIB (1024ull * 1024)

static const struct spelling {
	enum knob knob;
	unsigned int version;
	uint64_t value, memory;
	const char *file; /* NULL: the version has no such knob */
	int err;
	const char *text;
} spellings[] = {
	{ KNOB_MEMORY, 1, 100 * MIB, UNSET, "memory.limit_in_bytes", 0, "104857600" },
	{ KNOB_MEMORY, 2, 100 * MIB, UNSET, "memory.max", 0, "104857600" },
	{ KNOB_MEMORY_HIGH, 1, 1, UNSET, NULL, 0, NULL },
	{ KNOB_MEMORY_HIGH, 2, 80 * MIB, UNSET, "memory.high", 0, "83886080" },
	/* v1 counts memory and swap together */
	{ KNOB_SWAP, 1, 0, 100 * MIB, "memory.memsw.limit_in_bytes", 0, "104857600" },
	{ KNOB_SWAP, 1, 50 * MIB, 100 * MIB, "memory.memsw.limit_in_bytes", 0, "157286400" },
	{ KNOB_SWAP, 1, INT64_MAX, 100 * MIB, "memory.memsw.limit_in_bytes", 0,
	  "9223372036854775807" },
	{ KNOB_SWAP, 1, 0, UNSET, "memory.memsw.limit_in_bytes", -EDOM, NULL },
	{ KNOB_SWAP, 2, 50 * MIB, 100 * MIB, "memory.swap.max", 0, "52428800" },
	{ KNOB_SWAP, 2, 0, UNSET, "memory.swap.max", 0, "0" },
	{ KNOB_KERNEL_MEMORY, 1, 20 * MIB, UNSET, "memory.kmem.limit_in_bytes", 0, "20971520" },
	{ KNOB_KERNEL_MEMORY, 2, 20 * MIB, UNSET, NULL, 0, NULL },
	{ KNOB_PIDS, 1, 64, UNSET, "pids.max", 0, "64" },
	{ KNOB_PIDS, 2, 64, UNSET, "pids.max", 0, "64" },
	{ KNOB_CPU, 1, 150, UNSET, "cpu.cfs_quota_us", 0, "150000" },
	{ KNOB_CPU, 2, 150, UNSET, "cpu.max", 0, "150000 100000" },
	{ KNOB_CPU, 2, UINT64_MAX / 2, UNSET, "cpu.max", -ERANGE, NULL },
	{ KNOB_CPU_WEIGHT, 1, 100, UNSET, "cpu.shares", 0, "1024" },
	{ KNOB_CPU_WEIGHT, 1, 1, UNSET, "cpu.shares", 0, "10" },
	{ KNOB_CPU_WEIGHT, 1, 10000, UNSET, "cpu.shares", 0, "102400" },
	{ KNOB_CPU_WEIGHT, 2, 50, UNSET, "cpu.weight", 0, "50" },
	{ KNOB_CPUSET, 1, 0, UNSET, "cpuset.cpus", 0, "0-1" },
	{ KNOB_CPUSET, 2, 0, UNSET, "cpuset.cpus", 0, "0-1" },
	{ KNOB_IO_READ_BPS, 1, MIB, UNSET, "blkio.throttle.read_bps_device", 0, "7:3 1048576" },
	{ KNOB_IO_READ_BPS, 2, MIB, UNSET, "io.max", 0, "7:3 rbps=1048576" },
	{ KNOB_IO_WRITE_BPS, 1, MIB, UNSET, "blkio.throttle.write_bps_device", 0, "7:3 1048576" },
	{ KNOB_IO_WRITE_BPS, 2, MIB, UNSET, "io.max", 0, "7:3 wbps=1048576" },
	{ KNOB_IO_READ_IOPS, 1, 9, UNSET, "blkio.throttle.read_iops_device", 0, "7:3 9" },
	{ KNOB_IO_READ_IOPS, 2, 9, UNSET, "io.max", 0, "7:3 riops=9" },
	{ KNOB_IO_WRITE_IOPS, 1, 9, UNSET, "blkio.throttle.write_iops_device", 0, "7:3 9" },
	{ KNOB_IO_WRITE_IOPS, 2, 9, UNSET, "io.max", 0, "7:3 wiops=9" },
	{ KNOB_OOM_GROUP, 1, 1, UNSET, NULL, 0, NULL },
	{ KNOB_OOM_GROUP, 2, 1, UNSET, "memory.oom.group", 0, "1" },
	{ KNOB_SWAPPINESS, 1, 10, UNSET, "memory.swappiness", 0, "10" },
	{ KNOB_SWAPPINESS, 2, 10, UNSET, NULL, 0, NULL },
	{ KNOB_OOM_KILL_DISABLE, 1, 1, UNSET, "memory.oom_control", 0, "1" },
	{ KNOB_OOM_KILL_DISABLE, 2, 1, UNSET, NULL, 0, NULL },
};

static void each_knob_is_spelt_as_its_version_wants(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
		const struct spelling *s = &spellings[i];
		const struct knob_face *face = knob_face(knob_row(s->knob), s->version);
		struct knob_input in = { s->value, s->memory, 4096, "0-1", "7:3" };
		char text[256] = "";

		if (!s->file) {
			assert_null(face);
			continue;
		}
		assert_non_null(face);
		assert_string_equal(face->file, s->file);
		assert_int_equal(face->spell(&in, text, sizeof(text)), s->err);
		if (s->text)
			assert_string_equal(text, s->text);
	}
}

static void every_knob_has_a_row_in_place_with_a_remedy(void **state)
{
	for (int i = 0; i < KNOB_COUNT; i++) {
		const struct knob_row *row = knob_row((enum knob)i);

		assert_int_equal(row->knob, i);
		assert_true(row->key && row->remedy);
		assert_true(row->v1.file || row->v2.file);
		assert_int_equal(!row->v1.file, !row->v1.took);
		assert_int_equal(!row->v2.file, !row->v2.spell);
	}
}

static const struct reading {
	enum knob knob;
	unsigned int version;
	const char *wrote, *read;
	bool took;
} readings[] = {
	{ KNOB_MEMORY, 1, "104857600", "104857600\n", true },
	{ KNOB_MEMORY, 1, "104857601", "104857600\n", true }, /* rounded down to pages */
	{ KNOB_MEMORY, 1, "104857600", "104853504\n", false },
	{ KNOB_MEMORY, 1, "104857600", "9223372036854771712\n", false },
	{ KNOB_MEMORY, 1, "104857600", "", false },
	{ KNOB_MEMORY, 2, "104857600", "max\n", false },
	{ KNOB_MEMORY, 2, "9223372036854775807", "max\n", true },
	{ KNOB_SWAP, 1, "9223372036854775807", "9223372036854771712\n", true },
	{ KNOB_KERNEL_MEMORY, 1, "20971520", "9223372036854771712\n", false }, /* 6.x: dropped */
	{ KNOB_CPU, 2, "150000 100000", "150000 100000\n", true },
	{ KNOB_CPU, 2, "150000 100000", "max 100000\n", false },
	{ KNOB_PIDS, 1, "64", "64\n", true },
	{ KNOB_PIDS, 1, "64", "640\n", false },
	{ KNOB_PIDS, 1, "64", "max\n", false },
	{ KNOB_CPUSET, 1, "0,1,2,5", "0-2,5\n", true },
	{ KNOB_CPUSET, 1, "0-1", "0\n", false },
	{ KNOB_CPUSET, 1, "0-1", "\n", false },
	{ KNOB_CPUSET, 1, "0-1", "none\n", false },
	{ KNOB_IO_READ_BPS, 1, "8:1 100", "8:16 100\n8:1 100\n", true },
	{ KNOB_IO_READ_BPS, 1, "8:1 100", "8:16 100\n8:1 1000\n", false },
	{ KNOB_IO_READ_BPS, 1, "8:1 100", "8:16 100\n", false },
	{ KNOB_IO_WRITE_BPS, 2, "8:0 wbps=9", "7:0 wbps=1\n8:0 rbps=9 wbps=9 riops=max\n", true },
	{ KNOB_IO_WRITE_BPS, 2, "8:0 wbps=9", "8:0 rbps=9 wbps=max riops=max wiops=max\n", false },
	{ KNOB_OOM_KILL_DISABLE, 1, "1", "oom_kill_disable 1\nunder_oom 0\noom_kill 0\n", true },
	{ KNOB_OOM_KILL_DISABLE, 1, "1", "oom_kill_disable 0\nunder_oom 1\n", false },
};

static void reading_back_tells_taken_from_dropped(void **state)
{
	struct knob_input in = { 0, UNSET, 4096, NULL, NULL };

	for (size_t i = 0; i < ARRAY_SIZE(readings); i++) {
		const struct reading *r = &readings[i];
		const struct knob_face *face = knob_face(knob_row(r->knob), r->version);

		if (face->took(&in, r->wrote, r->read) != r->took)
			fail_msg("row %zu: wrote \"%s\", read \"%s\"", i, r->wrote, r->read);
	}
}

static void io_is_called_blkio_on_v1_only(void **state)
{
	assert_string_equal(controller_name(CONTROLLER_IO, 1), "blkio");
	assert_string_equal(controller_name(CONTROLLER_IO, 2), "io");
	assert_string_equal(controller_name(CONTROLLER_MEMORY, 1), "memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_knob_is_spelt_as_its_version_wants),
		cmocka_unit_test(every_knob_has_a_row_in_place_with_a_remedy),
		cmocka_unit_test(reading_back_tells_taken_from_dropped),
		cmocka_unit_test(io_is_called_blkio_on_v1_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
