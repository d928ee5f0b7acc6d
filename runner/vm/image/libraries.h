/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program needs beside itself, by the one who knows: the dynamic linker, which a program
 * names in its ELF header, lists what it would map ("ld.so --list PROGRAM"). Nothing of the program
 * is run.
 */
#ifndef HANGAR_LIBRARIES_H
#define HANGAR_LIBRARIES_H

#include <stddef.h>

#include "base/diag.h"

/* The program's PT_INTERP. 0; 1: it has none (static); -ENOEXEC: no ELF file of this machine;
 * -errno. */
int libraries_interpreter(const char *program, char *buf, size_t size);

/**
 * libraries_parse - the paths in what "ld.so --list" says
 * @take: called for each absolute path; what it returns but 0 ends the walk and is returned
 * Returns 0; -ENOENT with @d when a library was not found. Changes @text.
 */
int libraries_parse(char *text, const char *program, int (*take)(void *ctx, const char *path),
		    void *ctx, struct diag *d);

/* Each library of @program, the interpreter included. 0 (also for a static program) or -errno with
 * @d. */
int libraries_each(const char *program, int (*take)(void *ctx, const char *path), void *ctx,
		   struct diag *d);

#endif
