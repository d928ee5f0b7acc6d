/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a dump tells of known bugs. The scripts yield facts with the addresses that prove them
 * (drgn_explain.py and its subjects); whether these make an explanation is judged here, by the same
 * knowledge that reads logs. A subject that is not in the dump has nothing to say, and says why.
 */
#ifndef HANGAR_VMCORE_SUBJECT_H
#define HANGAR_VMCORE_SUBJECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct subject_dump {
	json_t *facts;       /* an object; what it holds is of no promised type */
	const char *release; /* of the kernel */
	const char *log;     /* the kernel log; "" when there is none */
};

#define SUBJECT_SENTENCE 2048 /* 980 were seen of a broken split queue */

struct subject_ops {
	const char *name;
	/*
	 * True: @says is an explanation. False: there is nothing to say, and why. Figures that were
	 * reckoned are added to the facts.
	 */
	bool (*judge)(const struct subject_dump *d, char says[SUBJECT_SENTENCE]);
};

extern const struct subject_ops subject_jbd2, subject_thp, subject_zones, subject_clocks;

/* From an analyser's answer: array of { subject, facts } or { subject, unreadable }. 0 with *ret a
 * new array; -EBADMSG with @d. No "subjects" at all is an empty array. */
int subjects_take(const json_t *from, json_t **ret, struct diag *d);

/**
 * subjects_judge - @subjects as subjects_take() left them
 * @ret_explanations: array of { subject, sentence, facts }
 * @ret_examined: array of { subject, state ("nothing-to-say", "unreadable"), why, facts }
 * Returns 0 or -ENOMEM.
 */
int subjects_judge(const json_t *subjects, const char *release, const char *log,
		   json_t **ret_explanations, json_t **ret_examined);

/* Helpers of the judges. */

/* A sentence that grows; what does not fit is cut. */
struct saying {
	char *buf;
	size_t used;
};
void saying_add(struct saying *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text of a 64-bit number, "0x..." or decimal: JSON has no such integers. False: it is none. */
bool subject_u64(const json_t *of, const char *key, uint64_t *ret);

/* "alloc-and-write (312)" into @buf; returns it. */
const char *subject_who(const json_t *task, char *buf, size_t size);

/* "32.0 MiB" into @buf; returns it. */
const char *subject_mib(uint64_t bytes, char *buf, size_t size);

#endif
