/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program headers say what is loaded; they are at the begin of the file, or it is left alone.
 */
#include "vm/image/shear.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_program(const Elf64_Ehdr *h, size_t size)
{
	return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 && h->e_ident[EI_CLASS] == ELFCLASS64 &&
	       (h->e_type == ET_EXEC || h->e_type == ET_DYN) &&
	       h->e_phentsize == sizeof(Elf64_Phdr) && h->e_phoff <= size &&
	       h->e_phnum <= (size - h->e_phoff) / sizeof(Elf64_Phdr);
}

/* Behind the last byte that any segment takes from the file; 0: a segment lies outside of it. */
static size_t segments_end(const char *file, size_t size, const Elf64_Ehdr *h)
{
	uint64_t end = h->e_phoff + (uint64_t)h->e_phnum * sizeof(Elf64_Phdr);

	for (unsigned int i = 0; i < h->e_phnum; i++) {
		Elf64_Phdr part;

		memcpy(&part, file + h->e_phoff + i * sizeof(part), sizeof(part));
		if (part.p_offset > size || part.p_filesz > size - part.p_offset)
			return 0;
		if (part.p_offset + part.p_filesz > end)
			end = part.p_offset + part.p_filesz;
	}
	return (size_t)end;
}

size_t shear(void *file, size_t size)
{
	Elf64_Ehdr h;
	size_t end;

	if (size < sizeof(h))
		return size;
	memcpy(&h, file, sizeof(h));
	if (!is_program(&h, size))
		return size;
	end = segments_end(file, size, &h);
	if (!end || end >= size)
		return size;
	h.e_shoff = 0;
	h.e_shnum = 0;
	h.e_shstrndx = SHN_UNDEF;
	memcpy(file, &h, sizeof(h));
	return end;
}
