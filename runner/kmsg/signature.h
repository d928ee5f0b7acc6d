/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The signature: what two sightings of the same bug have in common. Kind and the first three
 * telling functions; without a stack the headline with its numbers set aside. Stable over offsets,
 * addresses, pids, CPUs, modules' load order and compilers' suffixes.
 */
#ifndef HANGAR_KMSG_SIGNATURE_H
#define HANGAR_KMSG_SIGNATURE_H

#include "finding.h"

/* Fill @f->signature from kind, function, stack and text; and @f->function from the stack when it
 * is not set. Pure. */
void signature_make(struct finding *f);

#endif
