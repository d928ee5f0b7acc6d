/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Libraries that are loaded when first needed. libarchive draws in XML and Unicode tables (36 MB on
 * Debian), libkmod a cryptography library (5 MB): linked as usual, every guest's ramdisk would
 * carry them, and a crash kernel of 96 MB could not. Only the host, before a guest exists, works
 * with packages and modules.
 */
#ifndef HANGAR_LATE_H
#define HANGAR_LATE_H

#include <stddef.h>

#include "base/diag.h"

struct late_symbol {
	const char *name;
	size_t offset; /* of the pointer in the struct that late_load() fills */
};

/**
 * late_load - open a shared library and find all of @symbols in it
 * @soname: "libarchive.so.13"
 * @package: what to install when it is missing
 * Returns 0; -ENOPKG (library or symbol missing) with @d.
 */
int late_load(const char *soname, const char *package, const struct late_symbol *symbols,
	      unsigned int count, void *table, struct diag *d);

#endif
