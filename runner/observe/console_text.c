/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serial lines are slow (115200 baud is 11 KB/s) and shared: a report comes in over a second or
 * more, user space cuts into it, getty and systemd colour their words. Codes and carriage returns
 * are taken out here; the rest is runner/kmsg's.
 */
#include "observe/console_text.h"

#include <errno.h>
#include <string.h>

#include "kmsg/line.h"

/* 100 lines of a report take 0.7 s at 115200 baud, 9 s at 9600: a pause so long is the report's end
 * on any line. */
#define QUIET_US 1000000u

int console_text_init(struct console_text *c, kmsg_take_fn take, void *ctx)
{
	memset(c, 0, sizeof(*c));
	c->reader = kmsg_reader_new(take, ctx);
	return c->reader ? 0 : -ENOMEM;
}

void console_text_clear(struct console_text *c)
{
	c->reader = kmsg_reader_free(c->reader);
}

static void take_line(struct console_text *c, uint64_t now)
{
	struct kmsg_record rec;

	c->line[c->len] = '\0';
	c->len = 0;
	c->lines++;
	kmsg_line_parse(c->line, &rec);
	if (!strncmp(rec.text, "Kernel panic - not syncing", 26))
		c->panicked_us = now;
	if (!strncmp(rec.text, "Linux version ", 14))
		c->booted_us = now;
	kmsg_reader_feed(c->reader, &rec, now);
}

/* True while @byte belongs to a terminal code: ESC [ ... letter, or ESC and one byte. */
static bool in_escape(struct console_text *c, unsigned char byte)
{
	if (byte == 0x1b) {
		c->escape = 1;
		return true;
	}
	if (c->escape == 1) {
		c->escape = byte == '[' ? 2 : 0;
		return byte != '\n';
	}
	if (c->escape == 2) {
		if ((byte >= 0x40 && byte <= 0x7e) || byte == '\n')
			c->escape = 0;
		return byte != '\n';
	}
	return false;
}

void console_text_feed(struct console_text *c, const char *data, size_t size, uint64_t now)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)data[i];

		if (in_escape(c, byte))
			continue;
		if (byte == '\n')
			take_line(c, now);
		else if (byte != '\r' && byte && c->len < sizeof(c->line) - 1)
			c->line[c->len++] = (char)byte;
	}
}

void console_text_flush(struct console_text *c, uint64_t now, bool all)
{
	if (all && c->len)
		take_line(c, now);
	kmsg_reader_flush(c->reader, now, all ? 0 : QUIET_US);
}
