/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names that one thread creates and removes, spread over folders, and which of them exist now.
 */
#ifndef HANGAR_NAMES_H
#define HANGAR_NAMES_H

#include "stressor.h"

/* What may exist beside each other under one index. */
enum name_kind { NAME_FILE, NAME_LINK, NAME_SYMLINK, NAME_FOLDER };

/* Bits of names_flags(): the entry is there. NAMED_XATTR: the file has the attribute. */
#define NAMED_LINK 1u
#define NAMED_SYMLINK 2u
#define NAMED_FOLDER 4u
#define NAMED_XATTR 8u

#define NAME_MAX_BYTES 48

struct names {
	unsigned int thread;
	uint32_t folders, per_folder;
	uint32_t *present, *absent; /* stacks of the indices whose file exists, and of the others */
	uint32_t present_count, absent_count;
	uint8_t *flags;
};

/* 0, -ENOMEM, or -EINVAL with stressor_why() (more than 16 million names). All are absent at first.
 */
int names_init(struct names *n, unsigned int thread, uint64_t folders, uint64_t per_folder);
void names_clear(struct names *n); /* accepts a zeroed one */

/*
 * Take an index out, so that nobody else in flight works on it; false: there is none. Any: present
 * or absent, told by
 * *@ret_present. Then give it back as what it has become.
 */
bool names_take_present(struct names *n, struct stressor_run *run, uint32_t *ret);
bool names_take_absent(struct names *n, struct stressor_run *run, uint32_t *ret);
bool names_take_any(struct names *n, struct stressor_run *run, uint32_t *ret, bool *ret_present);
void names_give(struct names *n, uint32_t index, bool present);

/* "d3/0.f1a": relative to the stressor's folder. @buf holds NAME_MAX_BYTES. */
void names_path(const struct names *n, uint32_t index, enum name_kind kind, char *buf);
void names_folder(uint32_t folder, char *buf);

#endif
