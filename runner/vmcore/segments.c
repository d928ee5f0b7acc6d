/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF cores. QEMU before 9 or so writes the section headers first and the program headers behind
 * them, which ELF allows and makedumpfile does not know: it takes what follows the header for
 * program headers and finds no PT_LOAD. What lies between the header and the notes belongs to the
 * headers alone, so they can be laid out anew where they are.
 */
#include "vmcore/segments.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"

/* A machine has a handful of memory ranges; more is a sign of garbage. 0xffff (PN_XNUM) is not
 * supported. */
#define SEGMENTS_MAX 4096

static int read_table(int fd, struct elf_table *t, struct diag *d)
{
	int err = vmcore_pread(fd, &t->head, sizeof(t->head), 0);

	if (err < 0)
		return diag_set(d, -EBADMSG, "torn: its ELF header is cut");
	if (t->head.e_ident[EI_CLASS] != ELFCLASS64 || t->head.e_ident[EI_DATA] != ELFDATA2LSB)
		return diag_set(d, -EBADMSG, "an ELF file that is not 64-bit little-endian");
	if (t->head.e_type != ET_CORE)
		return diag_set(d, -EBADMSG, "an ELF file that is no core");
	if (t->head.e_phentsize != sizeof(Elf64_Phdr) || !t->head.e_phnum ||
	    t->head.e_phnum > SEGMENTS_MAX)
		return diag_set(d, -EBADMSG, "an ELF core of %u segments of %u bytes",
				t->head.e_phnum, t->head.e_phentsize);
	t->count = t->head.e_phnum;
	/* room for those that are split */
	t->segments = calloc(t->count + ELF_SPLITS_MAX, sizeof(*t->segments));
	if (!t->segments)
		return diag_set(d, -ENOMEM, "no memory for the segments");
	err = vmcore_pread(fd, t->segments, t->count * sizeof(*t->segments), t->head.e_phoff);
	return err < 0 ? diag_set(d, -EBADMSG, "torn: its segments are not all told") : 0;
}

int elf_table_load(int fd, struct elf_table *ret, struct diag *d)
{
	struct elf_table t = { 0 };
	int err = read_table(fd, &t, d);

	if (err < 0)
		elf_table_clear(&t);
	else
		*ret = t;
	return err;
}

void elf_table_clear(struct elf_table *t)
{
	free(t->segments);
	t->segments = NULL;
}

int elf_table_store(int fd, const struct elf_table *t, struct diag *d)
{
	_cleanup_free_ uint8_t *block = NULL;
	size_t size = sizeof(t->head) + t->count * sizeof(*t->segments);
	uint64_t room = UINT64_MAX;
	Elf64_Ehdr head = t->head;

	for (unsigned int i = 0; i < t->count; i++)
		if (t->segments[i].p_filesz && t->segments[i].p_offset < room)
			room = t->segments[i].p_offset;
	if (size > room)
		return diag_set(d, -ENOSPC, "%u program headers do not fit before the notes",
				t->count);
	head.e_ehsize = sizeof(head);
	head.e_phoff = sizeof(head);
	head.e_phnum = (uint16_t)t->count;
	head.e_shoff = 0;
	head.e_shnum = head.e_shstrndx = head.e_shentsize = 0;
	block = malloc(size);
	if (!block)
		return diag_set(d, -ENOMEM, "no memory for the headers");
	memcpy(block, &head, sizeof(head));
	memcpy(block + sizeof(head), t->segments, t->count * sizeof(*t->segments));
	if (pwrite(fd, block, size, 0) != (ssize_t)size)
		return diag_set(d, errno ? -errno : -EIO, "the headers cannot be written: %s",
				strerror(errno));
	return 0;
}

unsigned int elf_table_cut(struct elf_table *t, uint64_t from, uint64_t to)
{
	unsigned int cuts = 0, count = t->count;

	for (unsigned int i = 0; i < count && t->count < count + ELF_SPLITS_MAX; i++) {
		Elf64_Phdr *s = &t->segments[i], rest = *s;
		uint64_t end = s->p_paddr + s->p_filesz;

		/* only a range that lies within: a begin of its own, an end of its own */
		if (s->p_type != PT_LOAD || end < s->p_paddr || from <= s->p_paddr || to >= end ||
		    from >= to)
			continue;
		s->p_filesz = s->p_memsz = from - s->p_paddr;
		rest.p_offset += to - rest.p_paddr;
		if (rest.p_vaddr)
			rest.p_vaddr += to - rest.p_paddr;
		rest.p_paddr = to;
		rest.p_filesz = rest.p_memsz = end - to;
		t->segments[t->count++] = rest;
		cuts++;
	}
	return cuts;
}

static int take_segment(int fd, const Elf64_Phdr *s, struct vmcore_header *h, struct diag *d)
{
	if (s->p_offset > INT64_MAX || s->p_filesz > INT64_MAX - s->p_offset)
		return diag_set(d, -EBADMSG, "a segment at %" PRIu64 " cannot be", s->p_offset);
	if (s->p_offset + s->p_filesz > h->needed_bytes)
		h->needed_bytes = s->p_offset + s->p_filesz;
	if (s->p_type != PT_NOTE)
		return 0;
	return notes_load(fd, s->p_offset, s->p_filesz, h, d);
}

int elf_load(int fd, struct vmcore_header *h, struct diag *d)
{
	_cleanup_(elf_table_clear) struct elf_table t = { 0 };
	bool memory = false;
	int err = elf_table_load(fd, &t, d);

	h->kind = VMCORE_ELF;
	h->x86_64 = t.head.e_machine == EM_X86_64;
	for (unsigned int i = 0; !err && i < t.count; i++) {
		memory |= t.segments[i].p_type == PT_LOAD;
		err = take_segment(fd, &t.segments[i], h, d);
	}
	if (!err && !memory)
		return diag_set(d, -EBADMSG, "an ELF core without memory in it");
	return err;
}
