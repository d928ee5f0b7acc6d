/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The taint mask, Documentation/admin-guide/tainted-kernels.rst. Pure. */
#ifndef HANGAR_WATCH_TAINT_BITS_H
#define HANGAR_WATCH_TAINT_BITS_H

#include <stddef.h>
#include <stdint.h>

/* "D (died: an oops or BUG), W (warned)" for the bits of @mask. Returns @buf. */
const char *taint_explain(uint64_t mask, char *buf, size_t size);
/* "DW"; unknown bits as "#17". Returns @buf. */
const char *taint_letters(uint64_t mask, char *buf, size_t size);

#endif
