/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels found in files and folders, whose builds they are, and a cache that may be damaged. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/cache.h"
#include "vm/kernel/bzimage.h"
#include "vm/kernel/entry.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/vmlinux.h"

static char folder[256];

static int set_up(void **state)
{
	char cache[300];

	if (tmpdir_make(state) < 0)
		return -1;
	snprintf(folder, sizeof(folder), "%s", (char *)*state);
	snprintf(cache, sizeof(cache), "%s/cache", folder);
	return setenv("HANGAR_CACHE_HOME", cache, 1);
}

static const char *at(const char *name)
{
	static char paths[4][400];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const void *data, size_t size)
{
	char path[400];
	FILE *f;

	snprintf(path, sizeof(path), "%s", at(name));
	*strrchr(path, '/') = '\0';
	path_make(path);
	f = fopen(at(name), "we");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static void put_image(const char *name, const char *version)
{
	char image[BZIMAGE_BYTES];

	make_bzimage(image, version);
	put(name, image, sizeof(image));
}

static int find(const char *spec, struct kernel *k, struct diag *d)
{
	memset(d, 0, sizeof(*d));
	return kernel_find(spec, NULL, NULL, k, d);
}

static void bzimage_says_release_and_build(void **state)
{
	char image[BZIMAGE_BYTES];
	struct bzimage b;

	make_bzimage(image, BANNER_61);
	assert_int_equal(bzimage_parse((uint8_t *)image, sizeof(image), &b), 0);
	assert_string_equal(b.release, "6.1.0-50-cloud-amd64");
	assert_string_equal(b.banner, BANNER_61);
	make_bzimage(image, "../../etc (x@y) #1");
	assert_int_equal(bzimage_parse((uint8_t *)image, sizeof(image), &b), 0);
	assert_string_equal(b.release, ""); /* a release names a folder */
}

static void bzimage_parse_rejects_what_is_none(void **state)
{
	char image[BZIMAGE_BYTES];
	struct bzimage b;

	make_bzimage(image, BANNER_61);
	for (size_t size = 0; size < 0x250; size += 7)
		assert_int_equal(bzimage_parse((uint8_t *)image, size, &b), -EINVAL);
	/* the version lies behind what was read, or does not end in it */
	assert_int_equal(bzimage_parse((uint8_t *)image, 0x600, &b), 0);
	assert_string_equal(b.banner, "");
	assert_int_equal(bzimage_parse((uint8_t *)image, 0x610, &b), 0);
	assert_string_equal(b.banner, "");
	memcpy(image + 0x202, "MZxx", 4);
	assert_int_equal(bzimage_parse((uint8_t *)image, sizeof(image), &b), -EINVAL);
}

static void an_image_cut_short_is_refused(void **state)
{
	struct diag d = { 0 };
	struct bzimage b;

	put_image("bzImage", BANNER_61);
	assert_int_equal(bzimage_load(at("bzImage"), &b, &d), 0);
	assert_int_equal(truncate(at("bzImage"), BZIMAGE_BYTES - 100), 0);
	assert_int_equal(bzimage_load(at("bzImage"), &b, &d), -ENODATA);
	assert_non_null(strstr(d.message, "cut short"));
}

static void banners_tell_builds_apart(void **state)
{
	static const char start[] = "Linux version 6.1.0-50-cloud-amd64 (kernel@debian.org) "
				    "(gcc-12 (Debian 12.2.0-14) 12.2.0) ";
	static const struct {
		const char *rest;
		bool same;
	} rows[] = {
		{ "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)", true },
		{ "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)\n", true },
		{ "#1 SMP PREEMPT_DYNAMIC Debian 6.1.177-1 (2026-07-02)", false },
		{ "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-03)", false },
		{ "#2 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)", false },
		{ "# SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)", false },
		{ "", false },
	};
	char banner[512];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(banner, sizeof(banner), "%s%s", start, rows[i].rest);
		assert_int_equal(bzimage_same_build(BANNER_61, banner), rows[i].same);
	}
	assert_false(bzimage_same_build(
		BANNER_61, "Linux version 6.1.0-51-cloud-amd64 (kernel@debian.org) (gcc) "
			   "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)"));
	assert_false(bzimage_same_build("", banner));
	assert_false(bzimage_same_build(BANNER_61, "Linux version "));
}

/* An ELF file with .rodata, a build-id and, when asked, debug information. */
struct tiny_elf {
	Elf64_Ehdr head;
	Elf64_Shdr sections[5];
	char names[64];
	char rodata[700];
	struct {
		Elf64_Nhdr head;
		char name[4];
		unsigned char id[20];
	} note;
};

static void make_vmlinux(const char *name, const char *banner, bool debug)
{
	static const char names[] = "\0.shstrtab\0.rodata\0.note.gnu.build-id\0.debug_info";
	struct tiny_elf e = {
		.head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
			  .e_shoff = offsetof(struct tiny_elf, sections),
			  .e_shentsize = sizeof(Elf64_Shdr),
			  .e_shnum = 5,
			  .e_shstrndx = 1 },
		.sections = { { 0 },
			      { 1, SHT_STRTAB, .sh_offset = offsetof(struct tiny_elf, names),
				.sh_size = 64 },
			      { 11, SHT_PROGBITS, .sh_offset = offsetof(struct tiny_elf, rodata),
				.sh_size = 700 },
			      { 19, SHT_NOTE, .sh_offset = offsetof(struct tiny_elf, note),
				.sh_size = 36 },
			      { 38, SHT_PROGBITS, .sh_size = debug ? 10 : 0 } },
		.note = { { 4, 20, NT_GNU_BUILD_ID }, "GNU", { 0xab, 0xcd } }
	};

	memcpy(e.names, names, sizeof(names));
	/* as in a real one: the format of /proc/version and the first link's banner come before it
	 */
	strcpy(e.rodata, "Linux version %s (\n");
	strcpy(e.rodata + 100, "Linux version 6.1 (a) (b) # SMP\n");
	snprintf(e.rodata + 200, 400, "%s\n", banner);
	put(name, &e, sizeof(e));
}

#define LINUX_BANNER_61                                                                            \
	"Linux version 6.1.0-50-cloud-amd64 (kernel@debian.org) (gcc-12) #1 SMP PREEMPT_DYNAMIC "  \
	"Debian 6.1.176-1 "                                                                        \
	"(2026-07-02)"

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

#define MODULES_61 "lib/modules/6.1.0-50-cloud-amd64"

static void an_unpacked_folder_is_used_in_place(void **state)
{
	struct kernel k;
	struct diag d;

	put_image("k/boot/vmlinuz-6.1.0-50-cloud-amd64", BANNER_61);
	put_text("k/boot/config-6.1.0-50-cloud-amd64",
		 "CONFIG_EXT4_FS=y\nCONFIG_XFS_FS=m\n# CONFIG_LKDTM is not set\n"
		 "CONFIG_XFS_FS_QUOTA=y\n");
	put_text("k/" MODULES_61 "/kernel/virtio.ko", "module");
	put_text("k/" MODULES_61 "/modules.dep", "kernel/virtio.ko:\n");
	assert_int_equal(find(at("k"), &k, &d), 0);
	assert_string_equal(k.release, "6.1.0-50-cloud-amd64");
	assert_string_equal(k.vmlinuz, at("k/boot/vmlinuz-6.1.0-50-cloud-amd64"));
	assert_string_equal(k.modules, at("k/" MODULES_61));
	assert_int_equal(strlen(k.key), 64);
	assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), 1);
	assert_int_equal(kernel_config(&k, "CONFIG_XFS_FS"), 2);
	assert_int_equal(kernel_config(&k, "CONFIG_LKDTM"), 0);
	assert_int_equal(kernel_config(&k, "CONFIG_XFS"), 0);
	k.config[0] = '\0';
	assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), -ENOENT);
}

static void the_key_follows_the_modules(void **state)
{
	struct kernel a, b;
	struct diag d;

	put_image("k/vmlinuz", BANNER_61);
	put_text("k/" MODULES_61 "/modules.dep", "a.ko:\n");
	put_text("k/" MODULES_61 "/a.ko", "module");
	assert_int_equal(find(at("k"), &a, &d), 0);
	assert_int_equal(find(at("k"), &b, &d), 0);
	assert_string_equal(a.key, b.key);
	put_text("k/" MODULES_61 "/a.ko", "module, built anew");
	assert_int_equal(find(at("k"), &b, &d), 0);
	assert_string_not_equal(a.key, b.key);
}

static void the_newest_of_a_folder_wins(void **state)
{
	struct kernel k;
	struct diag d;

	put_image("boot/vmlinuz-6.1.9", "6.1.9 (a@b) #1 SMP");
	put_image("boot/vmlinuz-6.1.10", "6.1.10 (a@b) #1 SMP");
	put_image("boot/vmlinuz-5.10.200", "5.10.200 (a@b) #1 SMP");
	assert_int_equal(find(folder, &k, &d), 0);
	assert_string_equal(k.release, "6.1.10");
	assert_string_equal(k.modules, "");
}

static void an_image_brings_its_modules_along(void **state)
{
	char spec[900];
	struct kernel k;
	struct diag d;

	put_image("boot/vmlinuz-6.1.0-50-cloud-amd64", BANNER_61);
	put_text(MODULES_61 "/modules.dep", "a.ko:\n");
	put_text(MODULES_61 "/a.ko", "module");
	assert_int_equal(find(at("boot/vmlinuz-6.1.0-50-cloud-amd64"), &k, &d), 0);
	assert_string_equal(k.modules, at(MODULES_61));
	put_text("elsewhere/modules.dep", "a.ko:\n");
	put_text("elsewhere/a.ko", "module");
	snprintf(spec, 250, "%s:%s", at("boot/vmlinuz-6.1.0-50-cloud-amd64"), at("elsewhere"));
	assert_int_equal(find(spec, &k, &d), 0);
	assert_string_equal(k.modules, at("elsewhere"));
	put_text("6.1.0-51-cloud-amd64/modules.dep", "a.ko:\n");
	snprintf(spec, 250, "%s:%s", at("boot/vmlinuz-6.1.0-50-cloud-amd64"),
		 at("6.1.0-51-cloud-amd64"));
	assert_int_equal(find(spec, &k, &d), -EINVAL);
	assert_non_null(strstr(d.message, "another kernel"));
	snprintf(spec, 250, "%s:%s", at("boot/vmlinuz-6.1.0-50-cloud-amd64"), at("nowhere"));
	assert_int_equal(find(spec, &k, &d), -ENOENT);
}

static void a_built_tree_without_modules_is_a_kernel(void **state)
{
	struct kernel k;
	struct diag d;

	put_image("tree/arch/x86/boot/bzImage", BANNER_61);
	put_text("tree/.config", "CONFIG_EXT4_FS=y\n");
	make_vmlinux("tree/vmlinux", LINUX_BANNER_61, true);
	assert_int_equal(find(at("tree"), &k, &d), 0);
	assert_string_equal(k.vmlinuz, at("tree/arch/x86/boot/bzImage"));
	assert_string_equal(k.modules, "");
	assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), 1);
	assert_int_equal(kernel_symbols(&k, NULL, false, NULL, NULL, &d), 0);
	assert_string_equal(k.vmlinux, at("tree/vmlinux"));
}

static void what_is_no_kernel_is_told(void **state)
{
	static const struct {
		const char *spec, *word;
		int err;
	} rows[] = {
		{ "nowhere.deb", "no kernel \"nowhere.deb\"", -ENOENT },
		{ "/dev/null", "neither a file nor a folder", -EINVAL },
		{ "/dev", "holds no kernel", -ENOENT },
		{ "/etc/passwd", "no boot header", -EINVAL },
		{ "debian:", "pattern", -EINVAL },
		{ "debian:../x", "suite", -EINVAL },
		{ "debian:6.1;rm", "pattern", -EINVAL },
		{ ",", "names no package", -EINVAL },
		{ "/etc/passwd,/etc/group", "neither a .deb nor an .rpm", -EINVAL },
		{ "", "no kernel", -ENOENT },
	};
	struct kernel k;
	struct diag d;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int r = find(rows[i].spec, &k, &d);

		if (r != rows[i].err || !strstr(d.message, rows[i].word))
			fail_msg("\"%s\": %d \"%s\"", rows[i].spec, r, d.message);
	}
}

static char image_text[BZIMAGE_BYTES];

static void make_kernel_deb(const char *path)
{
	const struct item items[] = {
		{ "boot/vmlinuz-6.1.0-50-cloud-amd64", 'f', image_text, BZIMAGE_BYTES },
		{ "boot/config-6.1.0-50-cloud-amd64", 'f', "CONFIG_EXT4_FS=y\n" },
	};

	make_bzimage(image_text, BANNER_61);
	make_deb(path, items, 2);
}

static void a_package_is_unpacked_into_the_cache_once(void **state)
{
	struct kernel k, again;
	struct stat st, st_again;
	struct diag d;

	make_kernel_deb(at("k.deb"));
	assert_int_equal(find(at("k.deb"), &k, &d), 0);
	assert_string_equal(k.release, "6.1.0-50-cloud-amd64");
	assert_true(strncmp(k.vmlinuz, at("cache/kernels/"), strlen(at("cache/kernels/"))) == 0);
	assert_non_null(strstr(k.vmlinuz, k.key));
	assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), 1);
	assert_int_equal(stat(k.vmlinuz, &st), 0);
	assert_int_equal(find(at("k.deb"), &again, &d), 0);
	assert_int_equal(stat(again.vmlinuz, &st_again), 0);
	assert_int_equal(st.st_ino, st_again.st_ino);
}

static void a_foreign_package_is_refused_and_leaves_nothing(void **state)
{
	static const struct item tool[] = { { "usr/bin/tool", 'f', "x" } };
	static const struct item other_machine[] = { { "boot/vmlinuz-6.1.0-arm64", 'f',
						       "MZ, of another kind of machine" } };
	struct kernel k;
	struct diag d;

	make_deb(at("tool.deb"), tool, 1);
	assert_int_equal(find(at("tool.deb"), &k, &d), -EINVAL);
	assert_non_null(strstr(d.message, "something else"));
	make_deb(at("arm.deb"), other_machine, 1);
	assert_int_equal(find(at("arm.deb"), &k, &d), -EINVAL);
	assert_non_null(strstr(d.message, "x86"));
	assert_int_equal(rmdir(at("cache/kernels")),
			 0); /* only an empty folder can be removed so */
}

static void damage(const char *path, int how)
{
	FILE *f;

	switch (how) {
	case 0:
		assert_int_equal(unlink(path), 0);
		break;
	case 1:
		assert_int_equal(truncate(path, 100), 0);
		break;
	case 2:
		assert_int_equal(truncate(path, 0), 0);
		break;
	default:
		f = fopen(path, "r+e");
		assert_non_null(f);
		fputs("damage of the same length", f);
		fclose(f);
	}
}

static void a_damaged_entry_is_made_again(void **state)
{
	char path[5000];
	struct kernel k;
	struct diag d;

	make_kernel_deb(at("k.deb"));
	assert_int_equal(find(at("k.deb"), &k, &d), 0);
	for (int how = 0; how < 4; how++) {
		damage(k.vmlinuz, how);
		assert_int_equal(find(at("k.deb"), &k, &d), 0);
		assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), 1);
		assert_int_equal(access(k.vmlinuz, R_OK), 0);
		snprintf(path, sizeof(path), "%s/%s/.contents", at("cache/kernels"), k.key);
		damage(path, how);
		assert_int_equal(find(at("k.deb"), &k, &d), 0);
	}
	cache_remove(at("cache/kernels"));
	assert_int_equal(find(at("k.deb"), &k, &d), 0);
	snprintf(path, sizeof(path), "%s/%s", at("cache/kernels"), k.key);
	cache_remove(path);
	put_text("cache/kernels/x", "");
	assert_int_equal(rename(at("cache/kernels/x"), path), 0); /* a file where a folder was */
	assert_int_equal(find(at("k.deb"), &k, &d), 0);
}

static void many_at_once_make_one_entry(void **state)
{
	struct kernel k;
	struct diag d;
	int status;

	make_kernel_deb(at("k.deb"));
	for (int i = 0; i < 8; i++)
		if (fork() == 0) {
			struct bzimage b;

			_exit(find(at("k.deb"), &k, &d) == 0 &&
					      bzimage_load(k.vmlinuz, &b, NULL) == 0
				      ? 0
				      : 1);
		}
	for (int i = 0; i < 8; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(find(at("k.deb"), &k, &d), 0);
	cache_remove(at("cache/kernels/.new-none"));
	*strstr(k.vmlinuz, "/boot/") = '\0';
	cache_remove(k.vmlinuz);
	assert_int_equal(rmdir(at("cache/kernels")), 0); /* nothing else was left */
}

static void leavings_of_the_dead_are_swept_and_of_the_living_kept(void **state)
{
	char mine[4096], dead[4096], third[4096];
	int pipes[2];

	assert_int_equal(cache_begin("kernels", mine, sizeof(mine)), 0);
	assert_int_equal(pipe(pipes), 0);
	if (fork() == 0) {
		char made[4096];

		_exit(cache_begin("kernels", made, sizeof(made)) == 0 &&
				      write(pipes[1], made, sizeof(made)) == sizeof(made)
			      ? 0
			      : 1);
	}
	assert_int_equal(read(pipes[0], dead, sizeof(dead)), sizeof(dead));
	wait(NULL);
	assert_int_equal(access(dead, F_OK), 0);
	assert_int_equal(cache_begin("kernels", third, sizeof(third)), 0);
	assert_int_equal(access(dead, F_OK), -1);
	assert_int_equal(access(mine, F_OK), 0);
	cache_remove(mine);
	cache_remove(third);
	assert_int_equal(access(mine, F_OK), -1);
	close(pipes[0]);
	close(pipes[1]);
}

static void the_second_to_publish_gives_way(void **state)
{
	char a[4096], b[4096], path[4096];

	assert_int_equal(cache_begin("kernels", a, sizeof(a)), 0);
	assert_int_equal(cache_begin("kernels", b, sizeof(b)), 0);
	snprintf(path, sizeof(path), "%s/file", a);
	assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0600)), 0);
	assert_int_equal(cache_publish("kernels", a, "key"), 0);
	assert_int_equal(cache_publish("kernels", b, "key"), 0);
	assert_int_equal(access(at("cache/kernels/key/file"), F_OK), 0);
	assert_int_equal(access(b, F_OK), -1);
}

static void no_place_for_a_cache_is_told(void **state)
{
	struct kernel k;
	struct diag d;

	make_kernel_deb(at("k.deb"));
	put_text("cache", "a file where the cache should be");
	assert_true(find(at("k.deb"), &k, &d) < 0);
	assert_non_null(strstr(d.message, "HANGAR_CACHE_HOME"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bzimage_says_release_and_build),
		cmocka_unit_test(bzimage_parse_rejects_what_is_none),
		cmocka_unit_test(banners_tell_builds_apart),
		CASE(an_image_cut_short_is_refused),
		CASE(vmlinux_says_its_build),
		CASE(a_broken_vmlinux_is_refused),
		CASE(symbols_of_another_build_are_refused),
		CASE(symbols_beside_the_kernel_are_found_when_they_are_its_own),
		CASE(a_build_id_decides_where_banners_agree),
		CASE(symbols_come_out_of_a_package_too),
		CASE(an_unpacked_folder_is_used_in_place),
		CASE(the_key_follows_the_modules),
		CASE(the_newest_of_a_folder_wins),
		CASE(an_image_brings_its_modules_along),
		CASE(a_built_tree_without_modules_is_a_kernel),
		CASE(what_is_no_kernel_is_told),
		CASE(a_package_is_unpacked_into_the_cache_once),
		CASE(a_foreign_package_is_refused_and_leaves_nothing),
		CASE(a_damaged_entry_is_made_again),
		CASE(many_at_once_make_one_entry),
		CASE(leavings_of_the_dead_are_swept_and_of_the_living_kept),
		CASE(the_second_to_publish_gives_way),
		CASE(no_place_for_a_cache_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
