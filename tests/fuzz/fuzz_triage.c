/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log is whatever somebody attached. The input goes through the whole pipeline to both faces: in
 * small reads (of as many bytes as its first one says), and once more whole; both must tell the
 * same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "triage/face.h"
#include "triage/lines.h"
#include "triage/pstore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	struct face text, json;
	unsigned int count;
	uint64_t sum; /* of lines, kinds and counts */
};

static void take(struct seen *s, const struct cases_batch *batch)
{
	for (unsigned int i = 0; i < batch->count; i++) {
		const struct triage_case *c = &batch->cases[i];

		if (!c->line || c->last_line < c->line || !c->count || !c->boot)
			abort();
		s->sum = s->sum * 31 + c->line + 7 * c->last_line + (uint64_t)c->f.kind +
			 1000 * c->count;
		s->count++;
		if (s->text.to) {
			face_text.one(&s->text, c, batch->release);
			face_json.one(&s->json, c, batch->release);
			s->json.findings++;
		}
	}
	if (s->text.to) {
		face_text.boot(&s->text, batch);
		face_json.boot(&s->json, batch);
	}
}

static struct seen *now;

static void take_now(void *ctx, const struct cases_batch *batch)
{
	(void)ctx;
	take(now, batch);
}

/* In reads of @step bytes; 0: as large as they come. Returns how many lines there were. What one
 * input leaves behind must not change what the next one tells. */
static uint64_t pass(struct seen *s, const uint8_t *data, size_t size, size_t step)
{
	static struct cases *cases;
	static struct lines *lines;
	uint64_t number;

	now = s;
	if (!cases) {
		cases = cases_new(take_now, NULL);
		lines = lines_new(cases);
	}
	while (size) {
		size_t space;
		char *to = lines_space(lines, &space);
		size_t n = step && step < space ? step : space;

		if (n > size)
			n = size;
		memcpy(to, data, n);
		lines_got(lines, n);
		data += n;
		size -= n;
	}
	number = lines_end(lines);
	cases_end(cases);
	return number;
}

static void store(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1), *joined;

	memcpy(copy, data, size);
	joined = pstore_join(copy, size);
	free(joined);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	struct seen cut = { .count = 0 }, whole = { .count = 0 };
	uint64_t lines;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (!size || !nowhere)
		return 0;
	whole.text = whole.json = (struct face){ .to = nowhere, .input = "fuzz" };
	face_json.begin(&whole.json);
	lines = pass(&cut, data + 1, size - 1, 1 + data[0]);
	if (pass(&whole, data + 1, size - 1, 0) != lines || cut.sum != whole.sum)
		abort();
	face_json.end(&whole.json, 1, lines);
	store(data + 1, size - 1);
	return 0;
}
