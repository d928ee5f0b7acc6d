/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plants of a planted kernel as a record tells them: the last count of each name. */
#ifndef HANGAR_PLANTED_H
#define HANGAR_PLANTED_H

#include <jansson.h>

#include "record.h"

/* A new array of {name, hits}, in the order in which they were first told; NULL without memory. */
json_t *planted_list(const struct record *r);

#endif
