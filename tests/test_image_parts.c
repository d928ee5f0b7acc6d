/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a ramdisk is made of: libraries, programs without debug information, unpacked modules; and
 * the cargo. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
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
#include "vm/guest/cargo.h"
#include "vm/image/image.h"
#include "vm/image/libraries.h"
#include "vm/image/module_file.h"
#include "vm/image/shear.h"

static int collect(void *ctx, const char *path)
{
	strcat(ctx, path);
	strcat(ctx, ";");
	return 0;
}

static void the_linkers_words_are_understood(void **state)
{
	char text[] = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibm.so.6 => /lib/libm.so.6 (0x00007f)\n"
		      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\nstray\n";
	char missing[] = "\tlibodd.so.1 => not found\n\tlibm.so.6 => /lib/libm.so.6 (0x00007f)\n";
	char got[256] = "";
	struct diag d = { 0 };

	assert_int_equal(libraries_parse(text, "prog", collect, got, &d), 0);
	assert_string_equal(got, "/lib/libm.so.6;/lib64/ld-linux-x86-64.so.2;");
	assert_int_equal(libraries_parse(missing, "prog", collect, got, &d), -ENOENT);
	assert_string_equal(d.message, "prog needs libodd.so.1, which is not on this machine");
}

static void debug_information_is_cut_off_and_the_rest_runs(void **state)
{
	_cleanup_free_ char *file = NULL;
	char command[4300];
	size_t size, sheared;
	Elf64_Ehdr h;

	assert_int_equal(textfile_load("/proc/self/exe", 0, &file, &size), 0);
	sheared = shear(file, size);
	assert_true(sheared < size);
	memcpy(&h, file, sizeof(h));
	assert_int_equal(h.e_shnum, 0);
	assert_int_equal(shear(file, sheared), sheared);
	put(in(state, "sheared"), file, sheared, 0755);
	snprintf(command, sizeof(command), "%s --runs", in(state, "sheared"));
	assert_int_equal(system(command), 7 << 8);
}

static void what_is_no_program_is_not_cut(void **state)
{
	char text[] = "#!/bin/sh\necho a script of more than sixty-four bytes, as long as an ELF "
		      "header is\n";
	char torn[sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr)] = { 0 };
	const Elf64_Phdr far = { .p_type = PT_LOAD, .p_offset = 4096, .p_filesz = UINT64_MAX };
	Elf64_Ehdr h = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64 },
			 .e_type = ET_EXEC,
			 .e_phoff = sizeof(h),
			 .e_phnum = 1,
			 .e_phentsize = sizeof(far) };

	assert_int_equal(shear(text, sizeof(text)), sizeof(text));
	assert_int_equal(shear(text, 3), 3);
	memcpy(torn, &h, sizeof(h));
	memcpy(torn + sizeof(h), &far, sizeof(far));
	assert_int_equal(shear(torn, sizeof(torn)), sizeof(torn));
	h.e_phoff = UINT64_MAX - 8;
	memcpy(torn, &h, sizeof(h));
	assert_int_equal(shear(torn, sizeof(torn)), sizeof(torn));
}

static void a_packed_module_is_unpacked(void **state)
{
	static const char *const packers[][2] = { { "cat", "" },
						  { "gzip -c", ".gz" },
						  { "xz -c", ".xz" } };
	const char module[] = "\177ELF\2\1\1 and what else a module has";
	char plain[4200], packed[4300], command[9000];

	snprintf(plain, sizeof(plain), "%s", in(state, "a.ko"));
	put(plain, module, sizeof(module), 0644);
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		_cleanup_free_ void *got = NULL;
		struct diag d = { 0 };
		size_t size;

		snprintf(packed, sizeof(packed), "%s/packed.ko%s", (const char *)*state,
			 packers[i][1]);
		snprintf(command, sizeof(command), "%s <%s >%s", packers[i][0], plain, packed);
		assert_int_equal(system(command), 0);
		if (module_file_load(packed, &got, &size, &d))
			fail_msg("%s", d.message);
		assert_int_equal(size, sizeof(module));
		assert_memory_equal(got, module, size);
	}
}

static void a_torn_module_is_refused(void **state)
{
	static const struct {
		const char *name, *data;
		size_t size;
	} cases[] = {
		{ "empty.ko", "", 0 },
		{ "text.ko", "no module at all", 16 },
		{ "torn.ko.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x02", 12 },
	};
	struct diag d = { 0 };
	void *got;
	size_t size;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(&d, 0, sizeof(d));
		put(in(state, cases[i].name), cases[i].data, cases[i].size, 0644);
		assert_true(module_file_load(scratch, &got, &size, &d) < 0);
		assert_non_null(strstr(d.message, cases[i].name));
	}
	memset(&d, 0, sizeof(d));
	assert_int_equal(module_file_load("/does/not/exist.ko", &got, &size, &d), -ENOENT);
}

static const char *place(const char *path)
{
	static char folder[4200];

	snprintf(folder, sizeof(folder), "%s", scratch);
	return folder;
}

/* What the guest reads from its disk with a reader of its own. */
static void cargo_is_unpacked_as_it_was_packed(void **state)
{
	_cleanup_free_ char *big = calloc(1, 300000), *got = NULL;
	_cleanup_close_ int fd = memfd_create("cargo", MFD_CLOEXEC);
	char source[4200], path[4300];
	const struct image_file files[] = { { "/vmlinuz", source, NULL, 0644 },
					    { "/extra/deep/note", NULL, "words", 0755 } };
	struct diag d = { 0 };
	struct stat st;
	size_t size;

	memset(big + 150000, 'x', 150000);
	snprintf(source, sizeof(source), "%s", in(state, "source"));
	put(source, big, 300000, 0644);
	assert_int_equal(image_files(files, 2, fd, &d), 0);
	in(state, "cargo");
	if (cargo_unpack(fd, place, &d))
		fail_msg("%s", d.message);
	snprintf(path, sizeof(path), "%s/vmlinuz", scratch);
	assert_int_equal(textfile_load(path, 0, &got, &size), 0);
	assert_int_equal(size, 300000);
	assert_memory_equal(got, big, size);
	snprintf(path, sizeof(path), "%s/extra/deep/note", scratch);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 5);
	assert_int_equal(st.st_mode & 0777, 0755);
}

static void torn_or_hostile_cargo_is_refused(void **state)
{
	_cleanup_close_ int fd = memfd_create("cargo", MFD_CLOEXEC);
	const struct image_file files[] = { { "/a/climbing", NULL, "words", 0644 } };
	struct diag d = { 0 };
	char raw[4096];
	ssize_t n;

	assert_int_equal(image_files(files, 1, fd, &d), 0);
	n = pread(fd, raw, sizeof(raw), 0);
	in(state, "cargo");
	assert_int_equal(cargo_unpack(fd, place, &d), 0);
	for (off_t cut = 0; cut < 300; cut += 7) { /* before the trailer: no end may be missed */
		memset(&d, 0, sizeof(d));
		assert_int_equal(ftruncate(fd, cut), 0);
		assert_int_equal(cargo_unpack(fd, place, &d), -EBADMSG);
	}
	for (char *at = raw; at < raw + n - 10; at++)
		if (memcmp(at, "a/climbing", 10) == 0)
			memcpy(at, "../climbin", 10);
	memset(&d, 0, sizeof(d));
	assert_int_equal(pwrite(fd, raw, (size_t)n, 0), n);
	assert_int_equal(cargo_unpack(fd, place, &d), -EBADMSG);
	assert_non_null(strstr(d.message, "../climbin"));
	raw[6 + 8] = 'z'; /* a digit of the mode */
	assert_int_equal(pwrite(fd, raw, (size_t)n, 0), n);
	memset(&d, 0, sizeof(d));
	assert_int_equal(cargo_unpack(fd, place, &d), -EBADMSG);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(the_linkers_words_are_understood),
		IN_FOLDER(debug_information_is_cut_off_and_the_rest_runs),
		IN_FOLDER(what_is_no_program_is_not_cut),
		IN_FOLDER(a_packed_module_is_unpacked),
		IN_FOLDER(a_torn_module_is_refused),
		IN_FOLDER(cargo_is_unpacked_as_it_was_packed),
		IN_FOLDER(torn_or_hostile_cargo_is_refused),
	};

	if (argc > 1)
		return 7; /* the child of debug_information_is_cut_off_and_the_rest_runs */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
