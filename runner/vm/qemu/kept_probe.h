/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a probe guest showed, kept until the host boots anew: one small file for each QEMU and
 * kernel. */
#ifndef HANGAR_KEPT_PROBE_H
#define HANGAR_KEPT_PROBE_H

#include "vm/qemu/accel.h"

/* Names the file: "BOOT-ID.QEMU-VERSION.KERNEL". */
struct probe_key {
	char boot_id[64];
	char name[256];
};

/* @key: of the kernel. 0 or -errno. */
int probe_key_make(const unsigned int qemu_version[2], const char *key, struct probe_key *ret);

/* 0 with the answer; -ENOENT: none, or one that is damaged. */
int kept_probe_read(const struct probe_key *k, enum accel *ret, char ret_why[256]);
/* An answer that cannot be kept is found again the next time. Those of earlier boots are removed.
 */
void kept_probe_write(const struct probe_key *k, enum accel accel, const char *why);

#endif
