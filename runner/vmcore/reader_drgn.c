/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drgn, in a Python of its own: the script comes with hangar, the library from the distribution.
 * Its interpreter is the distribution's too: a python3 that PATH finds first may be one without
 * drgn. $HANGAR_DRGN_PYTHON names another.
 */
#include "vmcore/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "program/program.h"
#include "scenario/beside.h"
#include "vmcore/answer.h"

#define SCRIPT "drgn_reader.py"
#define PYTHON "/usr/bin/python3"
/* 0.9 s for 80 tasks, 20 s for 10,000 on a slow machine. */
#define DRGN_TIMEOUT_US (180 * 1000000ull)
/* It maps vmlinux (600 MB) and the vmcore, and indexes the DWARF in 400 MB. */
#define DRGN_MEMORY (16ull << 30)
/* 8,192 stacks of 64 frames. */
#define DRGN_OUTPUT_MAX (128u << 20)

static json_t *registers(const struct vmcore_header *h)
{
	json_t *all = json_array();

	for (unsigned int i = 0; i < h->n_cpus; i++) {
		json_t *regs = json_array();
		char hex[20];

		for (unsigned int j = 0; j < VMCORE_REGS; j++) {
			snprintf(hex, sizeof(hex), "%" PRIx64, h->cpus[i].regs[j]);
			json_array_append_new(regs, json_string(hex));
		}
		json_array_append_new(all, json_pack("{s:I, s:o}", "pid",
						     (json_int_t)h->cpus[i].pid, "regs", regs));
	}
	return all;
}

static char *request(const struct reader_job *job)
{
	json_t *j =
		json_pack("{s:s, s:s, s:b, s:o}", "vmcore", job->vmcore, "vmlinux", job->vmlinux,
			  "qemu", job->header->by_qemu, "registers", registers(job->header));
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	json_decref(j);
	return text;
}

static int find_script(char *buf, size_t size, struct diag *d)
{
	static const char *const beside[] = { "vmcore", "../libexec/hangar/vmcore", NULL };
	_cleanup_free_ char *dir = beside_find("HANGAR_VMCORE", beside, HANGAR_VMCORE_DIR, SCRIPT);

	if (!dir)
		return diag_set(d, -ENOMEM, "no memory to look for its script");
	if (path_format(buf, size, "%s/" SCRIPT, dir) < 0 || access(buf, R_OK) < 0)
		return diag_set(d, -ENOENT,
				"%s/" SCRIPT " cannot be read; $HANGAR_VMCORE names its folder",
				dir);
	return 0;
}

static int read_drgn(const struct reader_job *job, json_t **ret, struct diag *d)
{
	const char *python = getenv("HANGAR_DRGN_PYTHON");
	char script[4096];
	/* -I: no module of the working directory or the user's; -B: no .pyc beside the script */
	const char *argv[] = { python && *python ? python : PYTHON, "-I", "-B", script, NULL };
	_cleanup_free_ char *input = request(job);
	_cleanup_(program_end_clear) struct program_end result = { 0 };
	struct program program = {
		.argv = argv,
		.timeout_us = DRGN_TIMEOUT_US,
		.memory_bytes = DRGN_MEMORY,
		.input = input,
		.input_size = input ? strlen(input) : 0,
		.output_max = DRGN_OUTPUT_MAX,
	};
	int err = input ? find_script(script, sizeof(script), d) : -EINVAL;

	if (!input)
		return diag_set(d, err, "the name of the vmcore or vmlinux is no UTF-8");
	if (!err)
		err = program_run(&program, &result, d);
	return err < 0 ? err : answer_take(result.output, result.output_size, ret, d);
}

const struct reader reader_drgn = { .name = "drgn", .needs_vmlinux = true, .read = read_drgn };
