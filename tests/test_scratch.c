/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device in the place of a loop file: what moves there, and in which size. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "setup/mkfs.h"
#include "setup/scratch_device.h"
#include "tmpdir.h"

#define MIB (UINT64_C(1) << 20)

static void only_a_loop_file_moves_to_the_device(void **state)
{
	struct scratch_spec s = { .on = SCRATCH_LOOP, .size_bytes = 64 * MIB };
	char where[] = "/srv/x";

	assert_int_equal(scratch_use_device(&s, "/dev/vda"), 0);
	assert_int_equal(s.on, SCRATCH_DEVICE);
	assert_string_equal(s.where, "/dev/vda");
	assert_int_equal(s.size_bytes, 64 * MIB);
	free(s.where);
	for (int on = SCRATCH_NONE; on <= SCRATCH_DIRECTORY; on++) {
		s = (struct scratch_spec){ .on = (enum scratch_on)on, .where = where };
		if (on == SCRATCH_LOOP)
			continue;
		assert_int_equal(scratch_use_device(&s, "/dev/vda"), 0);
		assert_int_equal(s.on, on);
		assert_ptr_equal(s.where, where);
	}
}

static void make_file(const char *path, uint64_t size)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
}

static void what_has_no_size_is_refused_unless_none_is_asked(void **state)
{
	struct diag d = { 0 };
	char path[512];

	snprintf(path, sizeof(path), "%s/file", (char *)*state);
	make_file(path, MIB);
	assert_int_equal(scratch_device_holds(path, 2 * MIB, &d), -ENOTTY);
	assert_non_null(strstr(d.message, path));
	assert_int_equal(scratch_device_holds("/absent", 2 * MIB, &d), -ENOENT);
	assert_int_equal(scratch_device_holds("/absent", UNSET, &d), 0);
}

/* Bytes of the file system that mkfs made in @path. */
static uint64_t ext4_size(const char *path)
{
	uint32_t sb[16];
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_int_equal(pread(fd, sb, sizeof(sb), 1024), sizeof(sb));
	return (uint64_t)le32toh(sb[1]) * (1024u << le32toh(sb[6]));
}

static uint64_t xfs_size(const char *path)
{
	unsigned char sb[16];
	uint32_t block;
	uint64_t blocks;
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_int_equal(pread(fd, sb, sizeof(sb), 0), sizeof(sb));
	assert_memory_equal(sb, "XFSB", 4);
	memcpy(&block, sb + 4, sizeof(block));
	memcpy(&blocks, sb + 8, sizeof(blocks));
	return be64toh(blocks) * be32toh(block);
}

static void a_file_system_on_a_device_has_the_scenarios_size(void **state)
{
	static const struct {
		const char *filesystem;
		uint64_t size, device;
		uint64_t (*measure)(const char *path);
	} cases[] = {
		{ "ext4", 16 * MIB, 64 * MIB, ext4_size },
		{ "ext4", UNSET, 64 * MIB, ext4_size },
		{ "xfs", 320 * MIB, 640 * MIB, xfs_size },
		{ "xfs", UNSET, 640 * MIB, xfs_size },
	};
	char path[512];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char name[8];
		struct scratch_spec s = { .on = SCRATCH_DEVICE,
					  .filesystem = name,
					  .size_bytes = cases[i].size };
		struct diag d = { 0 };
		int err;

		snprintf(name, sizeof(name), "%s", cases[i].filesystem);
		snprintf(path, sizeof(path), "%s/%zu", (char *)*state, i);
		make_file(path, cases[i].device);
		err = mkfs_run(&s, path, &d);
		if (err == -ENOENT) {
			print_message("skipped: %s\n", d.message);
			continue;
		}
		if (err)
			fail_msg("%s", d.message);
		assert_int_equal(cases[i].measure(path),
				 cases[i].size == UNSET ? cases[i].device : cases[i].size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_loop_file_moves_to_the_device),
		cmocka_unit_test_setup_teardown(what_has_no_size_is_refused_unless_none_is_asked,
						tmpdir_make, tmpdir_remove),
		cmocka_unit_test_setup_teardown(a_file_system_on_a_device_has_the_scenarios_size,
						tmpdir_make, tmpdir_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
