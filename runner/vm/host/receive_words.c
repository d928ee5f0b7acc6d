/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a writer says of itself. A member that is missing or of another type is as if it were not
 * said; text is cut to what it is for and cleaned of what a terminal would obey.
 */
#include "vm/host/receive_words.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "vm/host/receive_file.h"

#define WORDS_MAX 4096

static void copy(const json_t *o, const char *key, char *buf, size_t size)
{
	const char *text = json_string_value(json_object_get(o, key));
	size_t i;

	if (!text || !text[0])
		return;
	for (i = 0; i + 1 < size && text[i]; i++)
		buf[i] = text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?';
	buf[i] = '\0';
}

static uint64_t number(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? (uint64_t)n : 0;
}

static void hello(struct receiver *r, enum receive_port port, const json_t *o)
{
	double up = json_number_value(json_object_get(o, "boot_seconds"));

	r->hello[port] = true;
	r->ended[port] = false;
	if (isfinite(up) && up >= 0)
		r->boot_seconds = up;
	if (!r->release[0])
		copy(o, "release", r->release, sizeof(r->release));
	if (port == RECEIVE_JOURNAL)
		return;
	copy(o, "kind", r->kind, sizeof(r->kind));
	r->error[0] = '\0';
	r->vmcore_bytes = 0;
}

static void beat(struct receiver *r, const json_t *o, uint64_t now)
{
	uint64_t ticks = number(o, "ticks");

	if (!r->beats++ || ticks != r->ticks)
		r->ticked_us = now;
	r->ticks = ticks;
}

static void end(struct receiver *r, enum receive_port port, const json_t *o)
{
	const json_t *code = json_object_get(o, "exit");

	r->ended[port] = true;
	copy(o, "error", r->error, sizeof(r->error));
	if (json_integer_value(code) >= 0 && json_integer_value(code) <= 255 &&
	    json_is_integer(code))
		r->exit_code = (int)json_integer_value(code);
	r->vmcore_bytes = number(o, "vmcore_bytes");
	r->filter_seconds = json_number_value(json_object_get(o, "filter_seconds"));
}

void receive_words(struct receiver *r, enum receive_port port, const struct wire_frame *f,
		   uint64_t now)
{
	json_t *o =
		f->size > WORDS_MAX ? NULL : json_loadb((const char *)f->payload, f->size, 0, NULL);

	if (!json_is_object(o))
		receive_refuse(r, "a frame of type %d that holds no JSON object", (int)f->type);
	else if (f->type == WIRE_HELLO)
		hello(r, port, o);
	else if (f->type == WIRE_BEAT)
		beat(r, o, now);
	else
		end(r, port, o);
	json_decref(o);
}
