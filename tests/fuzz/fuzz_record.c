/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A journal made of anything, and a journal from outside, a vmcore's reading and evidence made of
 * the same, read and shown by every face. Good seeds: tests/data/rundir/NAME/journal.jsonl. The
 * dictionary fuzz_record.dict holds the words of the format.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "blocked.h"
#include "record_fold.h"
#include "record_reading.h"
#include "sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show(struct record *r)
{
	for (size_t i = 0; sinks[i]; i++) {
		_cleanup_free_ char *text = NULL;
		size_t size;

		if (sink_make(sinks[i], r, &text, &size) < 0 || strlen(text) != size)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record r = { 0 };
	_cleanup_free_ char *copy = malloc(size + 1);
	_cleanup_fclose_ FILE *f = NULL;

	if (!copy || !size)
		return 0;
	memcpy(copy, data, size);
	f = fmemopen(copy, size, "r");
	r.manifest = json_loadb((const char *)data, size, 0, NULL);
	r.events = json_array();
	r.must_reproduce = data[0] & 1;
	if (record_read_journal(&r, f) < 0)
		abort();
	rewind(f);
	if (record_outside_read(&r, f) < 0)
		abort();
	r.reading = reading_clean((const char *)data, size);
	copy[size] = '\0';
	r.blocked = blocked_parse(copy);
	r.blocked_from = BLOCKED_FILE;
	if (!r.finished)
		record_decide(&r);
	show(&r);
	record_clear(&r);
	return 0;
}
