/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the faces of a record have in common: its sentences and its lists. */
#ifndef HANGAR_SAY_H
#define HANGAR_SAY_H

#include <jansson.h>
#include <stddef.h>

#include "record.h"

#define SAY_SENTENCE 512

/* The scenario's name: of the manifest, else of "run-begin", else the run's id. Never empty. */
const char *say_name(const struct record *r);

/* The verdict in one sentence: the scenario and what that says of it. Returns @buf. */
const char *say_verdict(const struct record *r, char *buf, size_t size);

/* "hung-task of kjournald in f, noticed by kmsg at 141.2 s, 121 s after it began". Returns @buf. */
const char *say_finding(const struct record *r, const struct finding *f, char *buf, size_t size);

/*
 * A dump in one line: "qmp: vmcore, 42.7 MiB, in 1.9 s, 2.4 s after the symptom", or "nmi,
 * after 30.0 s: why not". Returns @buf.
 */
const char *say_dump(const json_t *dump, char *buf, size_t size);

/* The dump that was made, NULL: none. Borrowed. */
const json_t *say_made_dump(const struct record *r);

/* A new array of the events called @name; NULL without memory. */
json_t *say_events(const struct record *r, const char *name);

/*
 * A new array of {phase, index, round, copies, begin, end, why}, times in seconds. Without "end"
 * the record stops before it.
 */
json_t *say_phases(const struct record *r);

#endif
