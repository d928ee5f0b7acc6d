/* SPDX-License-Identifier: GPL-2.0-or-later */
/* crash(8) talks to people; its words are read here into an answer (answer.h). */
#ifndef HANGAR_VMCORE_CRASH_TEXT_H
#define HANGAR_VMCORE_CRASH_TEXT_H

#include <jansson.h>

#include "base/diag.h"

/* Commands for its standard input. "sys" between them parts their output: it begins with a line
 * KERNEL:. */
extern const char crash_commands[];

/**
 * crash_text_parse - what crash printed for crash_commands, as JSON text for answer_take()
 * @page_bytes: kmem -i counts pages
 * Returns 0 with *ret_text for the caller to free; -EBADMSG: the parts are not there; -ENOMEM.
 */
int crash_text_parse(const char *text, unsigned long page_bytes, char **ret_text, struct diag *d);

#endif
