/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The value in the text of a sysctl or sysfs file. */
#ifndef HANGAR_SETTING_TEXT_H
#define HANGAR_SETTING_TEXT_H

#include <stddef.h>

#define SETTING_MAX                                                                                \
	1024 /* the longest sysctl that one may want to set is a path or a list of some numbers */

/**
 * setting_text - normalise what was read from (or is to be written to) a settings file
 * "always [madvise] never" is "madvise"; runs of blanks and tabs become one blank, and the ends are
 * trimmed, so that "4096\t131072\t6291456\n" equals "4096 131072 6291456". Pure. Returns @buf, cut
 * at @size - 1.
 */
const char *setting_text(const char *text, char *buf, size_t size);

/* Write @value and a newline, as echo does: kernel.printk_devkmsg takes no word without one. 0 or
 * -errno. */
int setting_write(const char *path, const char *value);

#endif
