/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of one log: a file, a pipe, a device; packed by gzip, xz, zstd, bzip2 or lz4 (its first
 * bytes tell, not its name), by the kernel's pstore (NAME.enc.z) or plain. Constant memory, no
 * limit of length; a packed file that unpacks to far more than any log does is refused.
 */
#ifndef HANGAR_TRIAGE_INPUT_H
#define HANGAR_TRIAGE_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"

/* xz packs a gigabyte of equal lines 7,000-fold, and real logs 10- to 300-fold. */
#define INPUT_RATIO_MAX 10000
#define INPUT_RATIO_FROM (1ull << 30) /* unpacked bytes below which no ratio is a bomb */

struct input;

/**
 * input_open - @path, or standard input for "-"
 * Returns 0; -ENOENT and other -errno, -EISDIR (a folder), -ENOPKG (packed, and no libarchive
 * here); @d: one sentence.
 */
int input_open(const char *path, struct input **ret, struct diag *d);
struct input *input_close(struct input *in);
static inline void cleanup_input(struct input **in)
{
	input_close(*in);
}

/* Up to @size bytes. 0: the end. -EINTR: a signal came; -EFBIG: a bomb; -EBADMSG: packed and
 * broken; -errno; @d: one sentence, not for -EINTR. */
ssize_t input_read(struct input *in, char *buf, size_t size, struct diag *d);

const char *input_packing(const struct input *in); /* "gzip", ..., "" for plain */

#endif
