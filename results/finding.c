/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vocabulary of findings: one row a kind, in the order of the enum. The names are an interface:
 * scenarios, journals of years ago and other people's scripts spell them so. A kind may be added,
 * none is ever renamed.
 */
#include "finding.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

struct kind_row {
	const char *name;
	enum finding_class class;
	const char *about;
};

static const struct kind_row kinds[FINDING_KIND_COUNT] = {
	[FINDING_NONE] = { "none", CLASS_NOTE, "no finding" },
	[FINDING_HUNG_TASK] = { "hung-task", CLASS_FAULT,
				"khungtaskd: a task in D state for longer than its limit" },
	[FINDING_SOFT_LOCKUP] = { "soft-lockup", CLASS_FAULT,
				  "a CPU that did not schedule for longer than its limit" },
	[FINDING_HARD_LOCKUP] = { "hard-lockup", CLASS_FAULT,
				  "a CPU that took no interrupt for longer than its limit" },
	[FINDING_RCU_STALL] = { "rcu-stall", CLASS_FAULT, "an RCU grace period that does not end" },
	[FINDING_WORKQUEUE_LOCKUP] = { "workqueue-lockup", CLASS_FAULT,
				       "a worker pool that makes no progress" },
	[FINDING_OOM_KILL] = { "oom-kill", CLASS_FAULT,
			       "a memory group of this run hit its limit and lost a process" },
	[FINDING_GLOBAL_OOM] = { "global-oom", CLASS_FAULT,
				 "the machine, a cpuset or a memory policy ran out of memory" },
	[FINDING_PAGE_ALLOC_FAILURE] = { "page-alloc-failure", CLASS_FAULT,
					 "a page allocation failed, with its stack" },
	[FINDING_WARNING] = { "warning", CLASS_FAULT, "a WARN in the kernel" },
	[FINDING_BUG] = { "bug", CLASS_FAULT, "a BUG in the kernel" },
	[FINDING_OOPS] = { "oops", CLASS_FAULT, "an oops of no more exact kind" },
	[FINDING_GPF] = { "gpf", CLASS_FAULT, "a general protection fault in kernel mode" },
	[FINDING_NULL_DEREF] = { "null-deref", CLASS_FAULT, "the kernel followed a NULL pointer" },
	[FINDING_PAGING_FAULT] = { "paging-fault", CLASS_FAULT,
				   "the kernel touched an address that is not mapped" },
	[FINDING_LIST_CORRUPTION] = { "list-corruption", CLASS_FAULT,
				      "a linked list of the kernel is damaged" },
	[FINDING_BAD_PAGE] = { "bad-page", CLASS_FAULT, "a page in a state that it must not have" },
	[FINDING_KASAN] = { "kasan", CLASS_FAULT, "KASAN: an access to freed or foreign memory" },
	[FINDING_KCSAN] = { "kcsan", CLASS_FAULT, "KCSAN: a data race" },
	[FINDING_KMSAN] = { "kmsan", CLASS_FAULT, "KMSAN: a use of uninitialised memory" },
	[FINDING_UBSAN] = { "ubsan", CLASS_FAULT, "UBSAN: undefined behaviour" },
	[FINDING_KFENCE] = { "kfence", CLASS_FAULT,
			     "KFENCE: a sampled access to freed or foreign memory" },
	[FINDING_MEMORY_LEAK] = { "memory-leak", CLASS_FAULT,
				  "kmemleak: objects that nothing points to" },
	[FINDING_LOCKDEP] = { "lockdep", CLASS_FAULT,
			      "lockdep: a lock order or context that can deadlock" },
	[FINDING_ATOMIC_SLEEP] = { "atomic-sleep", CLASS_FAULT,
				   "the kernel slept where it must not" },
	[FINDING_REFCOUNT] = { "refcount", CLASS_FAULT,
			       "a reference count overflowed or was used after zero" },
	[FINDING_PANIC] = { "panic", CLASS_FAULT, "the kernel gave up" },
	[FINDING_FS_ERROR] = { "fs-error", CLASS_FAULT,
			       "a file system reports damage or shuts down" },
	[FINDING_IO_ERROR] = { "io-error", CLASS_FAULT, "a block device failed a request" },
	[FINDING_MCE] = { "mce", CLASS_FAULT, "a machine check: the hardware reports an error" },
	[FINDING_CLOCK] = { "clock", CLASS_FAULT,
			    "a clock jumped, stood still or was found unstable" },
	[FINDING_STALL] = { "stall", CLASS_FAULT,
			    "a stressor made no step for longer than allowed" },
	[FINDING_STUCK_TASK] = { "stuck-task", CLASS_FAULT,
				 "a task in D state with an unchanged stack and no context "
				 "switch" },
	[FINDING_DEADLOCK] = { "deadlock", CLASS_FAULT,
			       "tasks wait for each other in a circle, told from their stacks" },
	[FINDING_TAINT] = { "taint", CLASS_FAULT, "the kernel's taint flags grew" },
	[FINDING_SILENCE] = { "silence", CLASS_FAULT,
			      "told from outside: the machine says nothing any more" },
	[FINDING_PRESSURE] = { "pressure", CLASS_NOTE,
			       "tasks wait for cpu, memory or io more than the watch names" },
	[FINDING_KMSG_GAP] = { "kmsg-gap", CLASS_NOTE,
			       "the kernel log overran: records were lost, reading goes on" },
	[FINDING_FOREIGN_OOM] = { "foreign-oom", CLASS_NOTE,
				  "an OOM kill in a memory group that is not of this run" },
	[FINDING_STRESSOR_FAILED] = { "stressor-failed", CLASS_OWN,
				      "a stressor ended with an error of its own" },
	[FINDING_RECORD_LOST] = { "record-lost", CLASS_OWN, "the journal cannot be written" },
};

static const char *const judged_names[] = {
	[JUDGED_OTHER] = "other", [JUDGED_EXPECTED] = "expected", [JUDGED_ALLOWED] = "allowed",
	[JUDGED_NOTE] = "note",   [JUDGED_BROKEN] = "broken",
};

static bool kind_valid(enum finding_kind kind)
{
	return (unsigned int)kind < FINDING_KIND_COUNT;
}

const char *finding_kind_name(enum finding_kind kind)
{
	return kind_valid(kind) ? kinds[kind].name : "?";
}

enum finding_kind finding_kind_parse(const char *name)
{
	for (unsigned int i = FINDING_NONE + 1; i < FINDING_KIND_COUNT; i++)
		if (!strcmp(kinds[i].name, name))
			return (enum finding_kind)i;
	return FINDING_NONE;
}

enum finding_class finding_kind_class(enum finding_kind kind)
{
	return kind_valid(kind) ? kinds[kind].class : CLASS_NOTE;
}

const char *finding_kind_about(enum finding_kind kind)
{
	return kind_valid(kind) ? kinds[kind].about : "?";
}

const char *finding_judged_name(enum finding_judged judged)
{
	return (size_t)judged < ARRAY_SIZE(judged_names) ? judged_names[judged] : "?";
}

int finding_judged_parse(const char *name, enum finding_judged *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(judged_names); i++)
		if (!strcmp(judged_names[i], name)) {
			*ret = (enum finding_judged)i;
			return 0;
		}
	return -EINVAL;
}

void finding_init(struct finding *f, enum finding_kind kind, const char *watcher, uint64_t now)
{
	memset(f, 0, sizeof(*f));
	f->kind = kind;
	f->cpu = -1;
	f->noticed_us = now;
	snprintf(f->watcher, sizeof(f->watcher), "%s", watcher);
}

/* Behind the address that kernels before 4.10 print: "[<ffffffff8106>] func+0x1/0x2". */
static const char *frame_symbol(const char *line)
{
	line += strspn(line, " \t");
	if (line[0] == '[' && line[1] == '<') {
		size_t n = strcspn(line, ">\n");

		if (line[n] == '>' && line[n + 1] == ']')
			line += n + 2;
		line += strspn(line, " \t");
	}
	return line;
}

/*
 * The name without the ".isra.0", ".constprop.3", ".part.1", ".cold" that compilers add; C names
 * hold no dot.
 */
static size_t symbol_length(const char *symbol)
{
	return strcspn(symbol, ".+ \t\n[");
}

bool finding_stack_has(const char *stack, const char *function)
{
	size_t want = symbol_length(function);

	while (want && *stack) {
		const char *symbol = frame_symbol(stack);

		/*
		 * "? func" is an address left on the stack by an earlier call: it never begins with
		 * a name.
		 */
		if (symbol_length(symbol) == want && !strncmp(symbol, function, want))
			return true;
		stack += strcspn(stack, "\n");
		stack += *stack == '\n';
	}
	return false;
}

const char *finding_frame(const char *line, char *buf, size_t size)
{
	const char *symbol = frame_symbol(line);
	size_t len = symbol_length(symbol);

	if (symbol[0] == '?' || symbol[0] == '<' || (symbol[0] == '0' && symbol[1] == 'x'))
		len = 0;
	snprintf(buf, size, "%.*s", (int)len, symbol);
	return buf;
}

static bool take_member(const char *line, struct finding_member *ret)
{
	int at = 0;

	if (sscanf(line, "%d %63s %127s %n", &ret->pid, ret->role, ret->group, &at) != 3 || !at)
		return false;
	if (!strcmp(ret->group, "-"))
		ret->group[0] = '\0';
	snprintf(ret->comm, sizeof(ret->comm), "%s", line + at);
	return true;
}

bool finding_next_member(const char **members, struct finding_member *ret)
{
	while (**members) {
		size_t len = strcspn(*members, "\n");
		char line[320];

		snprintf(line, sizeof(line), "%.*s", (int)(len < sizeof(line) ? len : 319),
			 *members);
		*members += len + ((*members)[len] == '\n');
		if (take_member(line, ret))
			return true;
	}
	return false;
}
