/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs without what only a debugger reads. A build's debug information is four fifths of its
 * file; the loader reads segments alone, and what lies behind the last of them (debug information,
 * symbol table, section headers) can be cut off.
 */
#ifndef HANGAR_SHEAR_H
#define HANGAR_SHEAR_H

#include <stddef.h>

/**
 * shear - cut a 64-bit ELF file in memory behind its last loaded segment
 * Returns the new size; @size when it is no such file, or there is nothing to cut. Changes the
 * header.
 */
size_t shear(void *file, size_t size);

#endif
