/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Console bytes to findings: lines are put together, terminal codes taken out, the kernel's trouble
 * recognised by runner/kmsg. Pure but for what the caller does in take(). A console carries what
 * anybody on the machine prints there; who may write to it may forge a kernel's death. That is why
 * a trigger is armed by hand.
 */
#ifndef HANGAR_CONSOLE_TEXT_H
#define HANGAR_CONSOLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kmsg/kmsg.h"

#define CONSOLE_LINE_MAX 1024 /* printk's own limit; what is longer is cut */

struct console_text {
	struct kmsg_reader *reader;
	unsigned int escape; /* inside of a terminal code: 1 behind ESC, 2 behind ESC [ */
	size_t len;
	uint64_t lines;
	uint64_t panicked_us; /* CLOCK_MONOTONIC when a panic was read, 0: none */
	uint64_t booted_us;   /* when a kernel's first line was read, 0: none */
	char line[CONSOLE_LINE_MAX];
};

/* 0 or -ENOMEM. */
int console_text_init(struct console_text *c, kmsg_take_fn take, void *ctx);
void console_text_clear(struct console_text *c);
void console_text_feed(struct console_text *c, const char *data, size_t size, uint64_t now);
/* With each turn: a report whose lines stopped is complete. At the end with @all: whatever is open.
 */
void console_text_flush(struct console_text *c, uint64_t now, bool all);

#endif
