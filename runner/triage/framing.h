/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of any log into the record that the kernel wrote: records of /dev/kmsg ("6,339,5140900,-;
 * text"), entries of `journalctl -o export` (several lines each) and `-o json`, and all that
 * kmsg/line.h knows: dmesg, consoles, syslog, journal text, pstore.
 */
#ifndef HANGAR_TRIAGE_FRAMING_H
#define HANGAR_TRIAGE_FRAMING_H

#include "kmsg/kmsg.h"

#define FRAMING_LOOK_LINES 64 /* of each input are looked at in any case: boots, times, forms */

struct framing {
	bool entry;          /* within an entry of journal export */
	bool packed;         /* the record of the last call stood not as such in its line */
	unsigned int behind; /* its text stood so many lines before the last one */
	unsigned int since_message;
	unsigned int listed; /* number in front of the last line, when they are numbered from 1 */
	/* a field of the entry whose value has a length in front, as one with line breaks has */
	bool counted, counted_message;
	unsigned int counted_head; /* bytes of the length that were read, 8 in all */
	uint64_t counted_left;     /* bytes of the value to come, and the newline behind it */
	struct kmsg_record rec;    /* of the entry */
	char message[4096];
	char when[40];
};

/**
 * framing_take - one line; @line has a NUL behind its @size bytes and is changed in place
 * Returns true with *ret (valid until the next call and the next change of @line); false: no record
 * ends with this line.
 */
bool framing_take(struct framing *f, char *line, size_t size, struct kmsg_record *ret);

/* Must every line be shown to it? @number: of lines so far */
bool framing_wants_all(const struct framing *f, uint64_t number);

void framing_end(struct framing *f);

#endif
