/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of runner/vm/kernel: kernel images made by hand. */
#ifndef TESTS_KERNEL_FILES_H
#define TESTS_KERNEL_FILES_H

#include <elf.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/kernel/kernel.h"

static char folder[256];

static inline int set_up(void **state)
{
	char cache[300];

	if (tmpdir_make(state) < 0)
		return -1;
	snprintf(folder, sizeof(folder), "%s", (char *)*state);
	snprintf(cache, sizeof(cache), "%s/cache", folder);
	return setenv("HANGAR_CACHE_HOME", cache, 1);
}

static inline const char *at(const char *name)
{
	static char paths[4][400];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static inline void put(const char *name, const void *data, size_t size)
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

static inline void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static inline void put_image(const char *name, const char *version)
{
	char image[BZIMAGE_BYTES];

	make_bzimage(image, version);
	put(name, image, sizeof(image));
}

static inline int find(const char *spec, struct kernel *k, struct diag *d)
{
	memset(d, 0, sizeof(*d));
	return kernel_find(spec, NULL, NULL, k, d);
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

static inline void make_vmlinux(const char *name, const char *banner, bool debug)
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

#endif
