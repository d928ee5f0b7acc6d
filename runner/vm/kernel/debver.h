/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HANGAR_DEBVER_H
#define HANGAR_DEBVER_H

/* Order of two versions as deb-version(7) has it: digits by value, '~' before everything, even the
 * end. Good for kernel releases too. <0, 0, >0. Pure. */
int debver_compare(const char *a, const char *b);

#endif
