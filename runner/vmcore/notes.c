/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF notes: VMCOREINFO and one NT_PRSTATUS for each CPU that said good-bye. A kernel's kdump
 * writes the pid of the running task into it; QEMU, which knows no tasks, the number of the CPU
 * from 1, and leaves its own "QEMU" notes behind.
 */
#include "vmcore/header.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* 8,192 CPUs (the most that Linux knows), each with 352 + 460 bytes (QEMU), and VMCOREINFO. */
#define NOTES_MAX (16u << 20)
/* struct elf_prstatus of x86-64: pr_pid, pr_reg, its size; see include/uapi/linux/elfcore.h */
#define PRSTATUS_PID 32
#define PRSTATUS_REGS 112
#define PRSTATUS_SIZE 336

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static int take_cpu(struct vmcore_header *h, const uint8_t *desc, size_t size)
{
	struct vmcore_cpu *more;

	if (size < PRSTATUS_PID + sizeof(uint32_t))
		return 0;
	more = reallocarray(h->cpus, h->n_cpus + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	h->cpus = more;
	more += h->n_cpus++;
	memset(more, 0, sizeof(*more));
	memcpy(&more->pid, desc + PRSTATUS_PID, sizeof(more->pid));
	if (h->x86_64 && size == PRSTATUS_SIZE)
		memcpy(more->regs, desc + PRSTATUS_REGS, sizeof(more->regs));
	return 0;
}

static bool named(const uint8_t *name, size_t size, const char *want)
{
	size_t length = strlen(want);

	return size >= length && !memcmp(name, want, length) &&
	       (size == length || name[length] == '\0');
}

static int take(struct vmcore_header *h, const Elf64_Nhdr *note, const uint8_t *name,
		const uint8_t *desc)
{
	if (named(name, note->n_namesz, "CORE") && note->n_type == NT_PRSTATUS)
		return take_cpu(h, desc, note->n_descsz);
	if (named(name, note->n_namesz, "VMCOREINFO") && !h->info)
		return vmcore_take_info(h, (const char *)desc, note->n_descsz);
	if (named(name, note->n_namesz, "QEMU"))
		h->by_qemu = true;
	return 0;
}

static int walk(struct vmcore_header *h, const uint8_t *at, size_t left)
{
	Elf64_Nhdr note;

	while (left >= sizeof(note)) {
		size_t whole;
		int err;

		memcpy(&note, at, sizeof(note));
		if (!note.n_namesz && !note.n_descsz)
			return 0; /* the rest of the page that a CPU had for its notes */
		whole = sizeof(note) + padded(note.n_namesz) + padded(note.n_descsz);
		if (note.n_namesz > left || note.n_descsz > left || whole > left)
			return -EBADMSG;
		err = take(h, &note, at + sizeof(note), at + sizeof(note) + padded(note.n_namesz));
		if (err < 0)
			return err;
		at += whole;
		left -= whole;
	}
	return 0;
}

int notes_load(int fd, uint64_t offset, uint64_t size, struct vmcore_header *h, struct diag *d)
{
	_cleanup_free_ uint8_t *notes = NULL;
	int err;

	if (size > NOTES_MAX)
		return diag_set(d, -EBADMSG, "notes of %" PRIu64 " bytes cannot be", size);
	if (offset > h->file_bytes || size > h->file_bytes - offset)
		return diag_set(d, -EBADMSG, "torn: its notes lie past its end");
	notes = malloc(size + 1);
	if (!notes)
		return diag_set(d, -ENOMEM, "no memory for the notes");
	err = vmcore_pread(fd, notes, size, offset);
	if (!err)
		err = walk(h, notes, size);
	return err < 0 ? diag_set(d, err, "its notes cannot be read: %s", strerror(-err)) : 0;
}
