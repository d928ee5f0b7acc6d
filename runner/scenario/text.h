/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a scenario file, before anybody takes them for JSON. */
#ifndef HANGAR_SCENARIO_TEXT_H
#define HANGAR_SCENARIO_TEXT_H

#include <stddef.h>

#include "base/diag.h"

#define TEXT_DEPTH_MAX 32 /* groups in groups and conditions in conditions need 12 */

/**
 * text_load - read a regular file of at most SCENARIO_BYTES_MAX
 * Anything else (folder, fifo, device, socket) is refused without waiting for it; a file that is
 * too large is refused before it is read. Returns 0 with *ret_text on the heap and a NUL behind it,
 * or -errno with @d filled.
 */
int text_load(const char *path, char **ret_text, size_t *ret_size, struct diag *d);

/**
 * text_check - is @text UTF-8 without byte-order mark and NUL, not empty, and no deeper than
 * TEXT_DEPTH_MAX? Returns 0 or -EINVAL with @d naming line and column.
 */
int text_check(const char *text, size_t size, struct diag *d);

#endif
