/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash in batch mode. It knows the structures of the kernels of its own year, and where it does
 * not it goes on with wrong ones: 8.0.2 lists 3 of 79 tasks of a 6.1 kernel. $HANGAR_CRASH names a
 * newer one.
 */
#include "vmcore/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "program/program.h"
#include "vmcore/answer.h"
#include "vmcore/crash_text.h"

/* 6-8 s are usual. */
#define CRASH_TIMEOUT_US (180 * 1000000ull)
#define CRASH_MEMORY (16ull << 30)
#define CRASH_OUTPUT_MAX (64u << 20)

static int read_crash(const struct reader_job *job, json_t **ret, struct diag *d)
{
	const char *crash = getenv("HANGAR_CRASH");
	const char *argv[] = { crash && *crash ? crash : "crash", "-s", job->vmcore, job->vmlinux,
			       NULL };
	const struct program program = {
		.argv = argv,
		.timeout_us = CRASH_TIMEOUT_US,
		.memory_bytes = CRASH_MEMORY,
		.input = crash_commands,
		.input_size = strlen(crash_commands),
		.output_max = CRASH_OUTPUT_MAX,
	};
	_cleanup_(program_end_clear) struct program_end result = { 0 };
	_cleanup_free_ char *text = NULL;
	char page[16] = "4096";
	int err = program_run(&program, &result, d);

	if (err < 0)
		return err;
	vmcore_info(job->header, "PAGESIZE", page, sizeof(page));
	err = crash_text_parse(result.output, strtoul(page, NULL, 10), &text, d);
	return err < 0 ? err : answer_take(text, strlen(text), ret, d);
}

const struct reader reader_crash = { .name = "crash", .needs_vmlinux = true, .read = read_crash };
