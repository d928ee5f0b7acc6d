/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels with symbols: which belong to which image. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel_files.h"
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/vmlinux.h"

static void vmlinux_says_its_build(void **state)
{
	struct diag d = { 0 };
	struct vmlinux v;

	make_vmlinux("vmlinux", LINUX_BANNER_61, true);
	assert_int_equal(vmlinux_load(at("vmlinux"), &v, &d), 0);
	assert_string_equal(v.banner, LINUX_BANNER_61);
	assert_string_equal(v.build_id, "abcd000000000000000000000000000000000000");
	assert_true(v.debug);
}

static void a_broken_vmlinux_is_refused(void **state)
{
	struct tiny_elf whole, bad;
	struct vmlinux v;
	FILE *f;

	make_vmlinux("vmlinux", LINUX_BANNER_61, true);
	f = fopen(at("vmlinux"), "re");
	assert_int_equal(fread(&whole, sizeof(whole), 1, f), 1);
	fclose(f);
	for (off_t size = 0; size < (off_t)offsetof(struct tiny_elf, names); size += 16) {
		assert_int_equal(truncate(at("vmlinux"), size), 0);
		assert_int_equal(vmlinux_load(at("vmlinux"), &v, NULL), -EINVAL);
	}
	/* every 8 bytes of the headers set to the largest number: refused or read, never past an
	 * end */
	for (size_t i = 16; i + 8 <= offsetof(struct tiny_elf, names); i += 4) {
		bad = whole;
		memset((char *)&bad + i, 0xff, 8);
		put("bad", &bad, sizeof(bad));
		vmlinux_load(at("bad"), &v, NULL);
	}
	bad = whole;
	memset(&bad.note, 0xff, 12);
	put("bad", &bad, sizeof(bad));
	assert_int_equal(vmlinux_load(at("bad"), &v, NULL), 0);
	assert_string_equal(v.build_id, "");
	put_text("bad", "#!/bin/sh\n");
	assert_int_equal(vmlinux_load(at("bad"), &v, NULL), -EINVAL);
}

static void symbols_of_another_build_are_refused(void **state)
{
	struct kernel k;
	struct diag d;

	put_image("bzImage", BANNER_61);
	assert_int_equal(find(at("bzImage"), &k, &d), 0);
	make_vmlinux("given", LINUX_BANNER_61, true);
	assert_int_equal(kernel_symbols(&k, at("given"), false, NULL, NULL, &d), 0);
	assert_string_equal(k.vmlinux, at("given"));
	make_vmlinux("other",
		     "Linux version 6.1.0-51-cloud-amd64 (kernel@debian.org) (gcc-12) #1 SMP "
		     "Debian 6.1.177-1 (2026)",
		     true);
	assert_int_equal(kernel_symbols(&k, at("other"), false, NULL, NULL, &d), -ESTALE);
	assert_non_null(strstr(d.message, "another build"));
	make_vmlinux("bare", LINUX_BANNER_61, false);
	memset(&d, 0, sizeof(d));
	assert_int_equal(kernel_symbols(&k, at("bare"), false, NULL, NULL, &d), -ENOENT);
	assert_non_null(strstr(d.message, ".debug_info"));
}

static void symbols_beside_the_kernel_are_found_when_they_are_its_own(void **state)
{
	struct kernel k;
	struct diag d;

	put_image("bzImage", BANNER_61);
	assert_int_equal(find(at("bzImage"), &k, &d), 0);
	assert_int_equal(kernel_symbols(&k, NULL, false, NULL, NULL, &d), -ENOENT);
	assert_non_null(strstr(d.message, "--vmlinux"));
	make_vmlinux("vmlinux", "Linux version 6.1.0 (a@b) (gcc) #7 SMP", true);
	assert_int_equal(kernel_symbols(&k, NULL, false, NULL, NULL, &d), -ENOENT);
	make_vmlinux("vmlinux", LINUX_BANNER_61, true);
	assert_int_equal(kernel_symbols(&k, NULL, false, NULL, NULL, &d), 0);
	assert_string_equal(k.vmlinux, at("vmlinux"));
}

/* An image whose packed part is really a vmlinux, gzipped. */
static void put_packed_image(const char *name, const char *vmlinux)
{
	char image[BZIMAGE_BYTES], elf[sizeof(struct tiny_elf)], *packed = image + 2560 + 16;
	struct archive *a = archive_write_new();
	const struct item item = { "vmlinux", 'f', elf, sizeof(elf) };
	uint32_t length;
	size_t size;
	FILE *f = fopen(at(vmlinux), "re");

	assert_int_equal(fread(elf, sizeof(elf), 1, f), 1);
	fclose(f);
	make_bzimage(image, BANNER_61);
	archive_write_set_format_raw(a);
	made_ok(archive_write_add_filter_gzip(a), a);
	archive_write_set_bytes_in_last_block(a, 1);
	made_ok(archive_write_open_memory(a, packed, BZIMAGE_BYTES - 2560 - 16, &size), a);
	made_item(a, &item);
	made_ok(archive_write_close(a), a);
	archive_write_free(a);
	length = (uint32_t)size + 4; /* with the unpacked size behind it */
	image[0x248] = 16;
	memcpy(image + 0x24c, &length, 4);
	put(name, image, sizeof(image));
}

static void a_build_id_decides_where_banners_agree(void **state)
{
	struct tiny_elf e;
	struct kernel k;
	struct diag d;
	FILE *f;

	make_vmlinux("given", LINUX_BANNER_61, true);
	put_packed_image("bzImage", "given");
	assert_int_equal(find(at("bzImage"), &k, &d), 0);
	assert_int_equal(kernel_symbols(&k, at("given"), false, NULL, NULL, &d), 0);
	f = fopen(at("given"), "re");
	assert_int_equal(fread(&e, sizeof(e), 1, f), 1);
	fclose(f);
	e.note.id[0] ^= 1;
	put("other", &e, sizeof(e));
	assert_int_equal(kernel_symbols(&k, at("other"), false, NULL, NULL, &d), -ESTALE);
	assert_non_null(strstr(d.message, "build-id"));
	assert_string_equal(k.vmlinux, "");
	e.note.id[0] ^= 1;
	e.sections[2].sh_type = SHT_NOBITS; /* a debug file that was split off has no data */
	put("split", &e, sizeof(e));
	memset(&d, 0, sizeof(d));
	assert_int_equal(kernel_symbols(&k, at("split"), false, NULL, NULL, &d), 0);
}

static void symbols_come_out_of_a_package_too(void **state)
{
	struct item item = { "usr/lib/debug/boot/vmlinux-6.1.0-50-cloud-amd64", 'f', NULL,
			     sizeof(struct tiny_elf) };
	char elf[sizeof(struct tiny_elf)];
	struct kernel k;
	struct diag d;
	FILE *f;

	put_image("bzImage", BANNER_61);
	assert_int_equal(find(at("bzImage"), &k, &d), 0);
	make_vmlinux("dbg/vmlinux", LINUX_BANNER_61, true);
	f = fopen(at("dbg/vmlinux"), "re");
	assert_int_equal(fread(elf, sizeof(elf), 1, f), 1);
	fclose(f);
	item.text = elf;
	make_deb(at("dbg.deb"), &item, 1);
	assert_int_equal(kernel_symbols(&k, at("dbg.deb"), false, NULL, NULL, &d), 0);
	assert_true(strncmp(k.vmlinux, at("cache/symbols/"), strlen(at("cache/symbols/"))) == 0);
	k.vmlinux[0] = '\0';
	unlink(at("dbg.deb"));
	assert_int_equal(kernel_symbols(&k, NULL, false, NULL, NULL, &d),
			 0); /* it stays in the cache */
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(vmlinux_says_its_build),
		CASE(a_broken_vmlinux_is_refused),
		CASE(symbols_of_another_build_are_refused),
		CASE(symbols_beside_the_kernel_are_found_when_they_are_its_own),
		CASE(a_build_id_decides_where_banners_agree),
		CASE(symbols_come_out_of_a_package_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
