/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a console's bytes come from. A source that ends or fails is opened again, for as long as
 * the observer lives: the very crash that is waited for takes terminal servers and serial-over-LAN
 * sessions with it.
 */
#ifndef HANGAR_CONSOLE_H
#define HANGAR_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "observe/remote.h"

enum console_kind { CONSOLE_NONE, CONSOLE_PATH, CONSOLE_UNIX, CONSOLE_TCP, CONSOLE_SOL };

struct console_spec {
	enum console_kind kind;
	char where[256]; /* file, socket, or host */
	char port[32];
};

/* "FILE", "unix:PATH", "tcp:HOST:PORT", "sol". 0 or -EINVAL with @d. */
int console_spec_parse(const char *text, struct console_spec *ret, struct diag *d);

struct console {
	struct console_spec spec;
	const struct bmc *bmc; /* for "sol" */
	int fd;                /* -1: closed */
	int child_stdin;       /* of `ipmitool sol activate`, which ends when its input does */
	pid_t child;
	uint64_t retry_us; /* CLOCK_MONOTONIC of the next try */
	uint64_t opened_us;
	bool found; /* it was open before: a file that is made later is read from its begin */
	bool tried;
	bool opened;     /* once at least */
	bool connecting; /* TCP: asked, not answered yet; @fd is not to be read */
	bool deactivate; /* the next child clears a session that somebody left open */
	int error;       /* -errno of the last try, 0: none */
};

/* A file that is there already is followed from its end: what stands in it is history. */
void console_init(struct console *c, const struct console_spec *spec, const struct bmc *bmc);
void console_close(struct console *c);
/* Open again what is due. Returns 1 when it has just been opened, -errno when it has just failed
 * for a new reason, else 0. */
int console_tend(struct console *c, uint64_t now);
/* What is there now, at most @size bytes; 0: nothing. Never waits. */
size_t console_read(struct console *c, char *buf, size_t size, uint64_t now);

#endif
