/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of a journal event (or of the manifest), whose types nobody promises: what is absent or
 * of another type reads as the default.
 */
#ifndef HANGAR_EVENT_H
#define HANGAR_EVENT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

uint64_t event_number(const json_t *event, const char *key); /* 0 for negative ones too */
double event_seconds(const json_t *event,
		     const char *key); /* 0 for negative and infinite ones too */
const char *event_text(const json_t *event, const char *key); /* ""; borrowed */

/* Copy a text into @buf of @size, cut at a character. */
void event_copy(const json_t *event, const char *key, char *buf, size_t size);

#endif
