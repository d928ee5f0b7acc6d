/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON Schema of scenarios, made from the key table: what editors and other people's validators
 * use. */
#ifndef HANGAR_SCHEMA_H
#define HANGAR_SCHEMA_H

#include <jansson.h>

/* JSON Schema, draft 2019-09 and later. Returns an object for the caller to json_decref(), or NULL
 * without memory. */
json_t *schema_make(void);

#endif
