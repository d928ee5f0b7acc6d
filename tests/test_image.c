/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ramdisks, read back by libarchive: order, modes, padding, the same bytes again, and what is
 * refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "image_files.h"
#include "tmpdir.h"
#include "vm/image/image.h"
#include "vm/image/libraries.h"
#include "vm/libs/late_archive.h"

static char listing[65536];
/* "mode path size\n" of every member of the archive in the file */
static const char *list(const char *path)
{
	struct archive_entry *e;
	struct archive *a;

	assert_int_equal(late_archive(NULL), 0);
	a = archive_read_new();
	archive_read_support_format_cpio(a);
	listing[0] = '\0';
	assert_int_equal(archive_read_open_filename(a, path, 10240), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		size_t len = strlen(listing);

		assert_int_equal(archive_entry_mtime(e), 0);
		snprintf(listing + len, sizeof(listing) - len, "%o %s %d\n",
			 (unsigned int)archive_entry_mode(e), archive_entry_pathname(e),
			 (int)archive_entry_size(e));
	}
	archive_read_free(a);
	return listing;
}

static void write_files(const char *path, const struct image_file *files, unsigned int count)
{
	struct diag d = { 0 };
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	int err = image_files(files, count, fd, &d);

	if (err)
		fail_msg("%s", d.message);
	close(fd);
}

static void members_are_sorted_with_their_folders_first(void **state)
{
	static const struct image_file files[] = {
		{ "/job/scenario.json", NULL, "{}", 0644 },
		{ "/bin/tool", NULL, "#!", 0755 },
		{ "/job/job.json", NULL, "", 0600 },
	};
	struct stat st;

	write_files(in(state, "a"), files, ARRAY_SIZE(files));
	assert_string_equal(list(in(state, "a")),
			    "40755 bin 0\n100755 bin/tool 2\n40755 job 0\n100600 job/job.json 0\n"
			    "100644 job/scenario.json 2\n");
	assert_int_equal(stat(in(state, "a"), &st), 0);
	assert_int_equal(st.st_size % 512, 0);
}

static void the_same_files_give_the_same_bytes(void **state)
{
	char source[4200];
	const struct image_file one[] = { { "/a", source, NULL, 0644 },
					  { "/b", NULL, "text", 0644 } };
	const struct image_file two[] = { { "/b", NULL, "text", 0644 },
					  { "/a", source, NULL, 0644 } };
	_cleanup_free_ char *first = NULL, *second = NULL;
	size_t n_first, n_second;
	const struct timespec long_ago[2] = { { 1000, 0 }, { 1000, 0 } };

	snprintf(source, sizeof(source), "%s", in(state, "source"));
	put(source, "content", 7, 0600);
	write_files(in(state, "first"), one, 2);
	assert_int_equal(textfile_load(in(state, "first"), 0, &first, &n_first), 0);
	assert_int_equal(utimensat(-1, source, long_ago, 0), 0);
	write_files(in(state, "second"), two, 2);
	assert_int_equal(textfile_load(in(state, "second"), 0, &second, &n_second), 0);
	assert_int_equal(n_first, n_second);
	assert_memory_equal(first, second, n_first);
}

static void a_file_that_is_named_twice_is_taken_once(void **state)
{
	char source[4200], other[4200];
	struct image_file files[] = { { "/job/fio/a", source, NULL, 0644 },
				      { "/job/fio/a", source, NULL, 0644 } };
	_cleanup_close_ int fd = memfd_create("piece", MFD_CLOEXEC);
	struct diag d = { 0 };

	snprintf(source, sizeof(source), "%s", in(state, "source"));
	snprintf(other, sizeof(other), "%s", in(state, "other"));
	put(source, "content", 7, 0600);
	put(other, "another", 7, 0600);
	write_files(in(state, "piece"), files, 2);
	assert_string_equal(list(in(state, "piece")),
			    "40755 job 0\n40755 job/fio 0\n100644 job/fio/a 7\n");
	files[1].source = other;
	assert_int_equal(image_files(files, 2, fd, &d), -EEXIST);
}

static void a_file_that_cannot_be_taken_is_named(void **state)
{
	static const struct {
		struct image_file files[2];
		int err;
		const char *says;
	} cases[] = {
		{ { { "/a", "/does/not/exist", NULL, 0644 }, { "/b", NULL, "", 0644 } },
		  -ENOENT,
		  "/does/not/exist" },
		{ { { "/a", "/tmp", NULL, 0644 }, { "/b", NULL, "", 0644 } },
		  -EINVAL,
		  "/tmp is not a regular file" },
		{ { { "/a", NULL, "", 0644 }, { "/a", NULL, "", 0644 } },
		  -EEXIST,
		  "two files for /a" },
		{ { { "a", NULL, "", 0644 }, { "/a", NULL, "", 0644 } },
		  -EINVAL,
		  "no absolute path" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_close_ int fd = memfd_create("piece", MFD_CLOEXEC);
		struct diag d = { 0 };

		assert_int_equal(image_files(cases[i].files, 2, fd, &d), cases[i].err);
		if (!strstr(d.message, cases[i].says))
			fail_msg("\"%s\" does not say \"%s\"", d.message, cases[i].says);
	}
}

static void pieces_begin_on_multiples_of_512(void **state)
{
	_cleanup_close_ int fd = memfd_create("pieces", MFD_CLOEXEC);
	char buf[2048];

	put(in(state, "odd"), "odd", 3, 0644);
	assert_int_equal(image_append(fd, in(state, "odd")), 0);
	assert_int_equal(image_append(fd, in(state, "odd")), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 1024);
	assert_int_equal(pread(fd, buf, sizeof(buf), 0), 1024);
	assert_memory_equal(buf, "odd\0\0", 5);
	assert_memory_equal(buf + 512, "odd\0\0", 5);
	assert_int_equal(buf[1023], 0);
	assert_int_equal(image_append(fd, "/does/not/exist"), -ENOENT);
	assert_int_equal(lseek(fd, 0, SEEK_END), 1024);
}

static int use_cache(void **state)
{
	if (tmpdir_make(state))
		return -1;
	return setenv("HANGAR_CACHE_HOME", *state, 1);
}

static bool has(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	return at && (at == text || at[-1] == '\n' || at[-1] == ' ');
}

static void programs_come_with_their_libraries(void **state)
{
	static const char *const programs[] = { "sh", NULL };
	char path[4096], again[4096], interpreter[4096];
	struct diag d = { 0 };

	assert_int_equal(image_programs(programs, false, path, &d), 0);
	list(path);
	assert_true(has(listing, "100755 bin/sh "));
	assert_true(has(listing, "100755 bin/hangar "));
	assert_true(has(listing, "120777 init "));
	assert_true(has(listing, "20600 dev/console "));
	assert_non_null(strstr(listing, "/libc.so"));
	assert_true(has(listing, "40755 proc "));
	assert_int_equal(libraries_interpreter("/proc/self/exe", interpreter, sizeof(interpreter)),
			 0);
	assert_non_null(strstr(listing, interpreter + 1));

	assert_int_equal(image_programs(programs, false, again, &d), 0);
	assert_string_equal(path, again);
}

static void a_damaged_piece_is_made_again(void **state)
{
	static const char *const programs[] = { NULL };
	char path[4096], again[4096];
	_cleanup_free_ char *whole = NULL, *repaired = NULL;
	size_t n_whole, n_repaired;
	struct diag d = { 0 };
	int fd;

	assert_int_equal(image_programs(programs, false, path, &d), 0);
	assert_int_equal(textfile_load(path, 0, &whole, &n_whole), 0);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "damage", 6, (off_t)n_whole / 2), 6);
	close(fd);
	assert_int_equal(image_programs(programs, false, again, &d), 0);
	assert_int_equal(textfile_load(again, 0, &repaired, &n_repaired), 0);
	assert_int_equal(n_repaired, n_whole);
	assert_memory_equal(repaired, whole, n_whole);
	assert_int_equal(truncate(again, 100), 0);
	assert_int_equal(image_programs(programs, false, path, &d), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(image_programs(programs, false, path, &d), 0);
	assert_int_equal(access(path, R_OK), 0);
}

static void a_missing_program_is_named(void **state)
{
	static const char *const programs[] = { "hangar-no-such-program", NULL };
	struct diag d = { 0 };
	char path[4096];

	assert_int_equal(image_programs(programs, false, path, &d), -ENOENT);
	assert_non_null(strstr(d.message, "hangar-no-such-program"));
}

static void a_script_is_refused(void **state)
{
	char script[4200], path[4096];
	const char *programs[] = { script, NULL };
	struct diag d = { 0 };

	snprintf(script, sizeof(script), "%s", in(state, "script"));
	put(script, "#!/bin/sh\n", 10, 0755);
	assert_int_equal(image_programs(programs, false, path, &d), -ENOEXEC);
	assert_non_null(strstr(d.message, "script is no ELF program"));
}

static void modules_without_an_index_are_refused_with_the_remedy(void **state)
{
	static const char *const wanted[] = { "virtio_pci", NULL };
	struct kernel k = { .release = "6.1.0" };
	struct diag d = { 0 };
	char path[4096];

	snprintf(k.modules, sizeof(k.modules), "%s", (const char *)*state);
	assert_int_equal(image_modules(&k, wanted, NULL, path, &d), -ENOENT);
	assert_non_null(strstr(d.message, "depmod"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, use_cache, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(members_are_sorted_with_their_folders_first),
		IN_FOLDER(the_same_files_give_the_same_bytes),
		IN_FOLDER(a_file_that_is_named_twice_is_taken_once),
		IN_FOLDER(a_file_that_cannot_be_taken_is_named),
		IN_FOLDER(pieces_begin_on_multiples_of_512),
		IN_FOLDER(programs_come_with_their_libraries),
		IN_FOLDER(a_damaged_piece_is_made_again),
		IN_FOLDER(a_missing_program_is_named),
		IN_FOLDER(a_script_is_refused),
		IN_FOLDER(modules_without_an_index_are_refused_with_the_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
