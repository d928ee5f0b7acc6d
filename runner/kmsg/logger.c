/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "TIME HOST TAG: words", where host or time may be missing. Only a time in front makes a word with
 * a colon a tag: without one, "watchdog: BUG: soft lockup" is the kernel's own.
 */
#include "kmsg/logger.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/stamp.h"

static bool starts(const char *text, const char *with)
{
	return *text == *with && !strncmp(text, with, strlen(with));
}

static const char *next_word(const char *p)
{
	p += strcspn(p, " ");
	return p + strspn(p, " ");
}

/* Behind "kernel:", one blank of which belongs to the logger. */
static const char *behind_kernel(const char *p)
{
	static const char tag[] = "kernel:";

	if (!starts(p, tag))
		return NULL;
	p += sizeof(tag) - 1;
	return p + (*p == ' ');
}

/* "sshd[812]:", "systemd-udevd:": returns its length, 0 for what is no tag. */
static size_t tag_length(const char *p)
{
	size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			     "_./-()@+");

	if (n && p[n] == '[') {
		n += strcspn(p + n, "] ");
		if (p[n] != ']')
			return 0;
		n++;
	}
	return n && p[n] == ':' && (p[n + 1] == ' ' || !p[n + 1]) ? n + 1 : 0;
}

/* Second words of the kernel's own lines that look like a tag behind a host. */
static bool is_words(const char *p)
{
	static const char *const second[] = { "watchdog:", "Trace:", "trace:",
					      "name:",     "error:", "bug:" };

	for (size_t i = 0; i < ARRAY_SIZE(second); i++)
		if (starts(p, second[i]))
			return true;
	return p[0] == '(';
}

/* "kern.warn", as busybox and OpenWrt write it. */
static bool is_priority(const char *p)
{
	static const char *const facilities[] = { "kern.",   "user.", "daemon.", "auth.",
						  "syslog.", "local", "cron." };

	for (size_t i = 0; i < ARRAY_SIZE(facilities); i++)
		if (starts(p, facilities[i]))
			return true;
	return false;
}

/* "watchdog: BUG: soft lockup" behind a bare time: no host ends so, and a program has its pid. */
static bool no_host(const char *p)
{
	size_t n = strcspn(p, " ");

	return n > 1 && p[n - 1] == ':' && p[n - 2] != ']';
}

/* Behind a time: "host kernel: ", "kernel: ", "host kern.err kernel: ", "host sshd[1]: ". */
static const char *strip_tag(const char *p, struct kmsg_record *r)
{
	const char *words = p, *behind;

	if (*p == '[' || *p == '<')
		return p;
	for (unsigned int i = 0; i < 3; i++) {
		behind = behind_kernel(p);
		if (behind)
			return behind;
		if (i == 0 && no_host(p))
			return words;
		if (i == 1 && !is_priority(p)) {
			if (tag_length(p) && !is_words(p))
				r->facility = 1;
			break;
		}
		if (i == 2 && tag_length(p))
			r->facility = 1;
		p = next_word(p);
	}
	return words;
}

/* Without a time: "kernel: " and "host kernel: ". */
static const char *strip_bare(const char *p)
{
	const char *behind = behind_kernel(p);
	const char *blank = behind ? NULL : memchr(p, ' ', strnlen(p, 64));

	if (blank && blank > p)
		behind = behind_kernel(blank + 1);
	if (blank && behind && strcspn(p, ":[]<>()") < (size_t)(blank - p))
		behind = NULL; /* no host is called so */
	return behind ? behind : p;
}

const char *logger_strip(const char *p, struct kmsg_record *r)
{
	size_t n = r->kernel_us ? 0 : stamp_length(p); /* behind "[12.3] " comes no other time */

	if (*p == ' ' && behind_kernel(p + 1)) /* "Message from syslogd@host" */
		return behind_kernel(p + 1);
	if (!n)
		return strip_bare(p);
	if (p[n] && p[n] != ' ' && p[n] != ':' && p[n] != ']' && p[n] != '[')
		return p;
	if (!r->when_size) {
		r->when = p;
		r->when_size = (unsigned int)n;
	}
	n += p[n] == ':';
	return strip_tag(p + n + strspn(p + n, " "), r);
}

/* Structured data: "-" or "[id key="value"]...", where \] is no end. */
static const char *behind_data(const char *p)
{
	while (*p == '[' && strcspn(p, "= ]") > 1 && strpbrk(p, "=]") && *strpbrk(p, "=]") == '=') {
		while (*p && *p != ']')
			p += p[0] == '\\' && p[1] ? 2 : 1;
		p += *p == ']';
	}
	if (p[0] == '-' && (p[1] == ' ' || !p[1]))
		p++;
	p += *p == ' ';
	return starts(p, "\xef\xbb\xbf") ? p + 3 : p;
}

const char *logger_strip_5424(const char *p, struct kmsg_record *r)
{
	size_t n = p[0] == '1' && p[1] == ' ' ? stamp_length(p + 2) : 0;
	const char *app;

	if (!n || p[2 + n] != ' ')
		return p;
	r->when = p + 2;
	r->when_size = (unsigned int)n;
	app = next_word(p + 2 + n + 1); /* behind the host */
	if (!starts(app, "kernel "))
		r->facility = 1;
	return behind_data(next_word(next_word(next_word(app))));
}
