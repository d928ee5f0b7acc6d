/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `hangar triage` prints: text for people, one JSON object for programs. Both are written as
 * batches come, so that an endless input shows its findings and memory stays constant. */
#ifndef HANGAR_TRIAGE_FACE_H
#define HANGAR_TRIAGE_FACE_H

#include "triage/cases.h"

struct face_input { /* how reading it went */
	const char *name;
	const char *packing; /* "" */
	uint64_t lines, bytes;
	const char *problem; /* one sentence, NULL: none */
};

struct face {
	FILE *to;
	const char *input; /* the name of the input being read */
	unsigned int findings;
	json_t *inputs, *together; /* JSON only */
};

struct face_ops {
	void (*begin)(struct face *f);
	void (*one)(struct face *f, const struct triage_case *c, const char *release);
	/* All cases of one boot have been shown. */
	void (*boot)(struct face *f, const struct cases_batch *batch);
	void (*input)(struct face *f, const struct face_input *in);
	void (*end)(struct face *f, unsigned int boots, uint64_t lines);
};

extern const struct face_ops face_text, face_json, face_signatures;

#endif
