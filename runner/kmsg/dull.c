/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions that stand on top of every stack and tell nothing: where a task sleeps, how the kernel
 * was entered, who prints. The tables are in dull_names.c, one a reason.
 */
#include "kmsg/dull.h"

#include <string.h>

#include "kmsg/frames.h"

/* Is @function of @size one of the words? */
static bool among(const char *words, const char *function, size_t size)
{
	while (*words) {
		const char *end = strchrnul(words, ' ');
		bool open = end[-1] == '*';
		size_t fixed = (size_t)(end - words) - open;

		if (*words == *function && (open ? size >= fixed : size == fixed) &&
		    !memcmp(words, function, fixed))
			return true;
		words = end + (*end == ' ');
	}
	return false;
}

static bool in(const struct dull_table *table, const char *function)
{
	size_t size = strlen(function);

	for (; table->names; table++)
		if (among(table->names, function, size))
			return true;
	return false;
}

/* The sanitizers have a function for each access and size, Rust one for each way to panic. */
static bool is_checker(const char *function)
{
	static const char *const words[] = {
		"kasan", "kmsan", "kcsan", "ubsan", "lockdep", "9panicking", "rust_begin_unwind",
		NULL
	};

	for (size_t i = 0; words[i]; i++)
		if (strstr(function, words[i]))
			return true;
	return false;
}

static bool ends_with(const char *function, const char *end)
{
	size_t size = strlen(function), n = strlen(end);

	return size >= n && !strcmp(function + size - n, end);
}

/* Each timer of an SoC has its own function that takes the tick. */
static bool takes_ticks(const char *function)
{
	static const char *const ends[] = { "timer_interrupt", "time_interrupt",
					    "compare_interrupt", "event_interrupt", NULL };

	for (size_t i = 0; ends[i]; i++)
		if (ends_with(function, ends[i]))
			return true;
	return false;
}

bool frame_is_dull(const char *function)
{
	return is_checker(function) || takes_ticks(function) || in(dull_everywhere, function);
}

/* Who asked for the memory (or gave it back) is to blame, not the allocator. */
static bool blames_the_allocators_caller(enum finding_kind kind)
{
	switch (kind) {
	case FINDING_MEMORY_LEAK:
	case FINDING_PAGE_ALLOC_FAILURE:
	case FINDING_GLOBAL_OOM:
	case FINDING_KASAN:
	case FINDING_KFENCE:
	case FINDING_KMSAN:
	case FINDING_BAD_PAGE:
	case FINDING_WARNING:
	case FINDING_ATOMIC_SLEEP:
	case FINDING_LOCKDEP:
	case FINDING_BUG:
	case FINDING_LIST_CORRUPTION:
	case FINDING_REFCOUNT:
		return true;
	default:
		return false;
	}
}

static bool is_an_access(enum finding_kind kind)
{
	return kind == FINDING_GPF || kind == FINDING_NULL_DEREF || kind == FINDING_PAGING_FAULT;
}

bool frame_is_dull_for(enum finding_kind kind, const char *function)
{
	if (frame_is_dull(function))
		return true;
	if (blames_the_allocators_caller(kind) && in(dull_allocators, function))
		return true;
	if (is_an_access(kind) && in(dull_slabs, function))
		return true;
	if (kind == FINDING_MEMORY_LEAK && (strstr(function, "alloc") || strstr(function, "mmap")))
		return true; /* every subsystem has its own around the allocator */
	if (kind == FINDING_KMSAN)
		return in(dull_feeders, function) || ends_with(function, "_encrypt");
	if (kind == FINDING_BUG)
		return in(dull_packets, function);
	if (kind == FINDING_PAGE_ALLOC_FAILURE)
		return in(dull_charges, function);
	return kind == FINDING_HUNG_TASK && in(dull_waits, function);
}

bool frame_is_entry(const char *function)
{
	return in(dull_entries, function);
}

unsigned int frame_place_rank(enum finding_kind kind, const char *function)
{
	switch (kind) {
	case FINDING_HUNG_TASK:
	case FINDING_RCU_STALL:
	case FINDING_WORKQUEUE_LOCKUP:
		return in(dull_nowhere, function) ? 0 : 2;
	case FINDING_SOFT_LOCKUP:
	case FINDING_HARD_LOCKUP:
	case FINDING_PANIC:
		return in(dull_reporters, function) ? 0 : in(dull_nowhere, function) ? 1 : 2;
	default: /* how the kernel was entered is at least a place */
		return in(dull_nowhere, function) && !frame_is_entry(function) ? 1 : 2;
	}
}
