/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a value in a register looks like: a poison that the kernel writes into what is dead, a NULL
 * with an offset, an error in a pointer's place, an address that no x86 CPU takes. Pure.
 */
#ifndef HANGAR_OOPS_POISON_H
#define HANGAR_OOPS_POISON_H

#include <stddef.h>

#include "triage/oops_read.h"

enum looks {
	LOOKS_ORDINARY,
	LOOKS_NULL,       /* below 4096: NULL and the offset of a member */
	LOOKS_ERROR,      /* an errno in a pointer's place */
	LOOKS_LIST,       /* LIST_POISON1, LIST_POISON2 */
	LOOKS_POISON,     /* of slabs, pages, timers, ... */
	LOOKS_SHADOW,     /* in KASAN's shadow */
	LOOKS_BIT_FLIP,   /* one bit away from a kernel address */
	LOOKS_TEXT,       /* printable characters */
	LOOKS_IMPOSSIBLE, /* not canonical */
	LOOKS_USER,       /* in user space */
};

/**
 * oops_looks - describe @value
 * @words: a phrase ("LIST_POISON1 + 0x8: ..."); "" for LOOKS_ORDINARY
 */
enum looks oops_looks(enum oops_arch arch, uint64_t value, char *words, size_t size);

const char *oops_looks_name(enum looks looks); /* stable, for JSON */

#endif
