/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few lines that a stressor prints. They are made in a buffer on the stack and written in one
 * piece: the copies of a run share files, and a storm leaves no memory for stdio to allocate.
 */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "stressor.h"

static const char *own_name = "stressor";
static char why[512];

void say_name(const char *name)
{
	own_name = name;
}

static void put_line(const char *doing, const char *text)
{
	char line[768];
	int len = snprintf(line, sizeof(line), "%s: %s%s%s\n", own_name, doing, *doing ? ": " : "",
			   text);

	if (len >= (int)sizeof(line))
		len = sizeof(line) - 1;
	if (write(STDERR_FILENO, line, (size_t)len) < 0)
		return; /* nobody listens */
}

void stressor_say(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put_line("", text);
}

void stressor_why(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
}

void say_failed(const char *doing, int err)
{
	put_line(doing, why[0] ? why : strerror(-err));
}

void say_forget(void)
{
	why[0] = '\0';
}
