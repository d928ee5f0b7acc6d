/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No symbols, no analyser: the vmcore's notes and its log. Nothing here can be wrong by much, and
 * much is missing. */
#include "vmcore/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "vmcore/answer.h"
#include "vmcore/log.h"

enum { REG_RIP = 16, REG_CS = 17 };

/* QEMU numbers its notes by CPU; kdump's come in the order of the CPUs that answered, each with its
 * task's pid. */
static json_t *cpu_of(const struct vmcore_header *h, unsigned int i)
{
	const struct vmcore_cpu *c = &h->cpus[i];
	bool user = c->regs[REG_CS] & 3;
	json_t *stack = json_array();
	char at[40];

	if (!user && c->regs[REG_RIP]) {
		snprintf(at, sizeof(at), "0x%" PRIx64, c->regs[REG_RIP]);
		json_array_append_new(stack, json_string(at));
	}
	return json_pack("{s:I, s:I, s:s, s:s, s:o}", "cpu",
			 (json_int_t)(h->by_qemu && c->pid ? c->pid - 1 : i), "pid",
			 (json_int_t)(h->by_qemu ? 0 : c->pid), "comm", "", "mode",
			 user ? "user" : "kernel", "stack", stack);
}

static int read_notes(const struct reader_job *job, json_t **ret, struct diag *d)
{
	json_t *cpus = json_array(), *answer;
	_cleanup_free_ char *text = NULL;

	for (unsigned int i = 0; i < job->header->n_cpus; i++)
		json_array_append_new(cpus, cpu_of(job->header, i));
	answer = json_pack(
		"{s:s, s:o, s:n, s:o, s:o, s:n, s:n, s:{}, s:[], s:[s, s]}", "reader", "notes",
		"release", utf8_json(job->header->release), "tasks", "cpus", cpus, "blocked",
		log_blocked(job->log), "panicked", "taint", "memory", "memcgs", "notes",
		"read without symbols: only what the vmcore's notes and the kernel log tell",
		"blocked tasks are those that sysrq-w or the hung-task detector wrote into the "
		"log");
	text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	json_decref(answer);
	if (!text)
		return diag_set(d, -ENOMEM, "no memory for the notes");
	return answer_take(text, strlen(text), ret, d);
}

const struct reader reader_notes = { .name = "notes", .read = read_notes };
