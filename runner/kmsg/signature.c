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

/* The next telling frame of the stack, or false at its end. */
static bool next_telling(const char **stack, char *name, size_t size)
{
	while (**stack) {
		size_t n = strcspn(*stack, "\n");
		struct frame f;
		char line[256];

		snprintf(line, sizeof(line), "%.*s", (int)n, *stack);
		*stack += n + ((*stack)[n] == '\n');
		if (!strncmp(line, "--", 2))
			return false; /* the stack of another CPU or task begins */
		if (frame_parse(line, &f) && !frame_is_dull(f.name)) {
			snprintf(name, size, "%s", f.name);
			return true;
		}
	}
	return false;
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
	const char *stack = f->stack;
	unsigned int count = 0;
	char name[96];

	if (!f->function[0])
		frames_telling(f->stack, f->function, sizeof(f->function));
	snprintf(f->signature, sizeof(f->signature), "%s", finding_kind_name(f->kind));
	if (f->function[0] && !frame_is_dull(f->function)) {
		add(f->signature, sizeof(f->signature), f->function);
		count++;
	}
	while (count < TELLING_FRAMES && next_telling(&stack, name, sizeof(name)))
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
