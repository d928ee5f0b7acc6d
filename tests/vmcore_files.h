/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small vmcores, made byte by byte: what a kernel of 48 pages would leave. And programs that play
 * analysers. */
#ifndef HANGAR_TESTS_VMCORE_FILES_H
#define HANGAR_TESTS_VMCORE_FILES_H

#include <elf.h>
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MADE_RELEASE "6.1.0-50-cloud-amd64"
#define MADE_BUILD_ID "bb603a91"
#define MADE_BLOCK 4096
#define MADE_PAGES 3

struct made {
	uint8_t bytes[128 << 10];
	size_t size;
};

static inline void made_note(struct made *m, const char *name, uint32_t type, const void *desc,
			     size_t size)
{
	Elf64_Nhdr note = { (uint32_t)strlen(name) + 1, (uint32_t)size, type };

	memcpy(m->bytes + m->size, &note, sizeof(note));
	m->size += sizeof(note);
	memcpy(m->bytes + m->size, name, note.n_namesz);
	m->size += (note.n_namesz + 3) & ~3u;
	memcpy(m->bytes + m->size, desc, size);
	m->size += (size + 3) & ~(size_t)3;
}

/* VMCOREINFO and two CPUs: one runs pid 7 in user mode, one pid 1 in the kernel. */
static inline void made_notes(struct made *m, const char *info, const char *qemu)
{
	uint8_t prstatus[336] = { 0 };
	const uint64_t user = 0x33, kernel = 0x10, ip = 0xffffffff81001234;

	for (uint32_t cpu = 0; cpu < 2; cpu++) {
		uint32_t pid = qemu ? cpu + 1 : cpu ? 1 : 7;

		memcpy(prstatus + 32, &pid, sizeof(pid));
		memcpy(prstatus + 112 + 16 * 8, &ip, sizeof(ip));
		memcpy(prstatus + 112 + 17 * 8, cpu ? &kernel : &user, 8);
		made_note(m, "CORE", NT_PRSTATUS, prstatus, sizeof(prstatus));
	}
	if (qemu)
		made_note(m, qemu, 0, "state", 5);
	if (info)
		made_note(m, "VMCOREINFO", 0, info, strlen(info));
}

static const char made_info[] =
	"OSRELEASE=" MADE_RELEASE "\nBUILD-ID=" MADE_BUILD_ID "\nPAGESIZE=4096\n";

/* A kdump-compressed file of three pages, each 100 bytes. */
static inline void made_kdump(struct made *m, const char *info)
{
	uint32_t head[] = { MADE_BLOCK, 1, 2 };
	uint64_t notes_at, notes_size, descs = (size_t)(1 + 1 + 2) * MADE_BLOCK, data, desc[3];

	memset(m, 0, sizeof(*m));
	memcpy(m->bytes, "KDUMP   ", 8);
	m->bytes[8] = 6;
	strcpy((char *)m->bytes + 12 + 4 * 65, "x86_64");
	memcpy(m->bytes + 428, head, sizeof(head));
	m->bytes[3 * MADE_BLOCK] = 0x15; /* second bitmap: three pages */
	data = descs + MADE_PAGES * sizeof(desc);
	for (uint64_t i = 0; i < MADE_PAGES; i++) {
		desc[0] = data + i * 100;
		desc[1] = 100;
		desc[2] = 0;
		memcpy(m->bytes + descs + i * sizeof(desc), desc, sizeof(desc));
	}
	m->size = MADE_BLOCK + 512;
	notes_at = m->size;
	made_notes(m, info, NULL);
	notes_size = m->size - notes_at;
	memcpy(m->bytes + MADE_BLOCK + 48, &notes_at, 8);
	memcpy(m->bytes + MADE_BLOCK + 56, &notes_size, 8);
	m->size = data + (size_t)MADE_PAGES * 100;
}

/* QEMU 7.2's order: ELF header, section headers, program headers, notes, memory (one range from 0).
 */
static inline void made_elf(struct made *m, const char *info, const char *qemu)
{
	Elf64_Ehdr head = { .e_type = ET_CORE,
			    .e_machine = EM_X86_64,
			    .e_shoff = 64,
			    .e_shnum = 2,
			    .e_phoff = 192,
			    .e_phentsize = sizeof(Elf64_Phdr),
			    .e_phnum = 2,
			    .e_ehsize = 8 };
	Elf64_Phdr segments[2] = { { .p_type = PT_NOTE, .p_offset = 304 }, { .p_type = PT_LOAD } };

	memset(m, 0, sizeof(*m));
	memcpy(head.e_ident, ELFMAG, SELFMAG);
	head.e_ident[EI_CLASS] = ELFCLASS64;
	head.e_ident[EI_DATA] = ELFDATA2LSB;
	m->size = segments[0].p_offset;
	made_notes(m, info, qemu);
	segments[0].p_filesz = m->size - segments[0].p_offset;
	segments[1].p_offset = m->size;
	segments[1].p_filesz = segments[1].p_memsz = (size_t)16 * MADE_BLOCK;
	m->size += segments[1].p_filesz;
	memcpy(m->bytes, &head, sizeof(head));
	memcpy(m->bytes + head.e_phoff, segments, sizeof(segments));
}

static inline void made_record(struct made *m, int64_t offset, int64_t size, const void *bytes)
{
	int64_t head[2] = { (int64_t)htobe64((uint64_t)offset), (int64_t)htobe64((uint64_t)size) };

	memcpy(m->bytes + m->size, head, sizeof(head));
	m->size += sizeof(head);
	if (bytes)
		memcpy(m->bytes + m->size, bytes, (size_t)size);
	m->size += bytes ? (size_t)size : 0;
}

/* The header of a flattened dump; records follow. */
static inline void made_flat(struct made *m)
{
	uint64_t type = htobe64(1);

	memset(m, 0, sizeof(*m));
	strcpy((char *)m->bytes, "makedumpfile");
	memcpy(m->bytes + 16, &type, sizeof(type));
	memcpy(m->bytes + 24, &type, sizeof(type));
	m->size = 4096;
}

/* A vmlinux of that build: banner, build-id, and something like DWARF. */
static inline void made_vmlinux(struct made *m, const char *release, const uint8_t id[4])
{
	static const char names[] = "\0.notes\0.rodata\0.debug_info\0.shstrtab";
	Elf64_Ehdr head = { .e_type = ET_EXEC,
			    .e_machine = EM_X86_64,
			    .e_shoff = 1024,
			    .e_shnum = 5,
			    .e_shentsize = sizeof(Elf64_Shdr),
			    .e_shstrndx = 4,
			    .e_ehsize = 64 };
	Elf64_Shdr s[5] = { 0 };

	memset(m, 0, sizeof(*m));
	memcpy(head.e_ident, ELFMAG, SELFMAG);
	head.e_ident[EI_CLASS] = ELFCLASS64;
	head.e_ident[EI_DATA] = ELFDATA2LSB;
	memcpy(m->bytes, &head, sizeof(head));
	m->size = 64;
	made_note(m, "GNU", NT_GNU_BUILD_ID, id, 4);
	s[1] = (Elf64_Shdr){
		.sh_name = 1, .sh_type = SHT_NOTE, .sh_offset = 64, .sh_size = m->size - 64
	};
	s[2] = (Elf64_Shdr){ .sh_name = 8, .sh_type = SHT_PROGBITS, .sh_offset = 256 };
	s[2].sh_size =
		(size_t)sprintf((char *)m->bytes + 256, "Linux version %s (x@y) #1 SMP\n", release);
	s[3] = (Elf64_Shdr){
		.sh_name = 16, .sh_type = SHT_PROGBITS, .sh_offset = 512, .sh_size = 8
	};
	s[4] = (Elf64_Shdr){
		.sh_name = 28, .sh_type = SHT_STRTAB, .sh_offset = 768, .sh_size = sizeof(names)
	};
	memcpy(m->bytes + 768, names, sizeof(names));
	memcpy(m->bytes + 1024, s, sizeof(s));
	m->size = 1024 + sizeof(s);
}

static inline char *made_write(const char *dir, const char *name, const void *bytes, size_t size,
			       mode_t mode)
{
	char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		abort();
	close(fd);
	return path;
}

static inline char *made_file(const char *dir, const char *name, const struct made *m)
{
	return made_write(dir, name, m->bytes, m->size, 0600);
}

static inline char *made_program(const char *dir, const char *name, const char *script)
{
	return made_write(dir, name, script, strlen(script), 0700);
}

/* A makedumpfile of our own, in front of the real one. */
static inline void made_makedumpfile(const char *dir, const char *script)
{
	char path[4096];

	free(made_program(dir, "makedumpfile", script));
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", dir);
	setenv("PATH", path, 1);
}

#define MAKEDUMPFILE_LOG(text) "#!/bin/sh\nfor out; do :; done\nprintf '%s\\n' '" text "' >$out\n"

#endif
