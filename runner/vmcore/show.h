/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmcore.json for people. */
#ifndef HANGAR_VMCORE_SHOW_H
#define HANGAR_VMCORE_SHOW_H

#include <jansson.h>
#include <stdio.h>

void vmcore_show(const json_t *reading, FILE *to);

#endif
