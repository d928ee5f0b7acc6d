/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "It crashed again" is no answer for a bisection: it must be the same crash. Three functions are
 * enough to tell bugs apart, and few enough to survive a rebuild that inlines one more caller.
 */
#include "kmsg/signature.h"

#include <stdio.h>
#include <string.h>

#include "kmsg/frames.h"

#define TELLING_FRAMES 3

static void add(char *to, size_t size, const char *part)
{
	size_t used = strlen(to);

	snprintf(to + used, size - used, "|%s", part);
}

/* The next telling frame of this stack, or false at its end: behind "--" is that of another CPU or
 * task. */
static bool next_telling(const char **stack, enum finding_kind kind, char *name, size_t size)
{
	while (frame_next(stack, name, size) && name[0])
		if (!frame_is_dull_for(kind, name))
			return true;
	return false;
}

/* Whose stack tells anything: of a stalled CPU that is often not the first. */
static const char *telling_section(const char *stack, enum finding_kind kind)
{
	const char *section = stack, *p = stack;
	char name[96];

	while (frame_next(&p, name, sizeof(name))) {
		if (!name[0])
			section = p;
		else if (!frame_is_dull_for(kind, name))
			return section;
	}
	return stack;
}

/* "CPU#12 stuck for 22s" -> "CPU## stuck for #s": runs of digits, and hexadecimal numbers that hold
 * one. */
static void without_numbers(const char *text, char *to, size_t size)
{
	size_t n = 0;

	while (*text && n + 1 < size) {
		size_t hex = strspn(text, "0123456789abcdefx");
		size_t digits = strspn(text, "0123456789");

		if (hex >= 6 && strcspn(text, "0123456789") < hex) {
			to[n++] = '#';
			text += hex;
		} else if (digits) {
			to[n++] = '#';
			text += digits;
		} else {
			to[n++] = *text++;
		}
	}
	to[n] = 0;
}

void signature_make(struct finding *f)
{
	const char *stack = telling_section(f->stack, f->kind);
	unsigned int count = 0;
	char name[96];

	if (!f->function[0])
		frames_telling(f->stack, f->kind, f->function, sizeof(f->function));
	snprintf(f->signature, sizeof(f->signature), "%s", finding_kind_name(f->kind));
	if (f->function[0] && !frame_is_dull_for(f->kind, f->function)) {
		add(f->signature, sizeof(f->signature), f->function);
		count++;
	}
	while (count < TELLING_FRAMES && next_telling(&stack, f->kind, name, sizeof(name)))
		if (strcmp(name, f->function)) {
			add(f->signature, sizeof(f->signature), name);
			count++;
		}
	if (!count && f->text[0]) {
		char bare[120];

		without_numbers(f->text, bare, sizeof(bare));
		add(f->signature, sizeof(f->signature), bare);
	}
}
