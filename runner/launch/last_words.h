/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a stressor said before it ended. */
#ifndef HANGAR_LAST_WORDS_H
#define HANGAR_LAST_WORDS_H

#include <stddef.h>

/*
 * The end of its output @out, below the run directory @dir_fd (-1: there is none), on one line with
 * ";" for each line's end; "" when there is nothing to read. Only when the storm is over: the run
 * directory may lie on the file system that hangs.
 */
void last_words(int dir_fd, const char *out, char *buf, size_t size);

#endif
