/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user said to `hangar run`. */
#ifndef HANGAR_OPTIONS_H
#define HANGAR_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct run_options {
	const char *scenario;      /* file, or the name of a shipped scenario */
	const char *out;           /* run directory to make, NULL: in the state home */
	uint64_t seed;             /* UNSET: the scenario's, else drawn */
	uint64_t for_us;           /* UNSET: the scenario's */
	unsigned int repeat;       /* 0: the scenario's */
	const char *arm;           /* trigger that may crash this machine, "": the usual one; NULL:
				      none may */
	const char *heartbeat;     /* HOST:PORT of an observer, NULL: nobody listens */
	const char *heartbeat_key; /* file */
	const char *wire;          /* port to mirror the journal over, NULL: none */
	const char
		*scratch_device; /* takes the place of the scenario's loop file; NULL: does not */
	bool resume; /* ->scenario is the run directory to go on with, NULL: the one that waits */
	unsigned int attempts; /* to go on, at most; 0: the usual number */
	bool any_fault;        /* OTHER_FAULT exits 1 too */
	bool force;            /* format a scratch device that holds a foreign file system */
	bool json;             /* one JSON object on stdout at the end, nothing else there */
	bool quiet;
	bool silent; /* not even the verdict is printed: the caller tells it */
	bool plain;  /* no live line, even on a terminal */
};

/**
 * options_parse - read the argument vector of `hangar run`
 * Returns 0 to go on; 1 when --help was printed; -EINVAL, with the reason already printed.
 */
int options_parse(int argc, char **argv, struct run_options *ret);

/* Put the options of another argument vector over @o; it names no scenario. 0 or -EINVAL, already
 * printed. */
int options_overlay(int argc, char **argv, struct run_options *o);

#endif
