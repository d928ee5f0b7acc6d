/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The values are those of include/linux/poison.h from 2.6.32 to 7.x. On 64-bit kernels poison
 * pointers are offset by 0xdead000000000000, which no CPU maps; on 32-bit ones they are small
 * numbers, which a NULL with an offset resembles: only the exact ones are believed there.
 */
#include "triage/oops_poison.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define DELTA UINT64_C(0xdead000000000000)
#define NEAR 0x80 /* members of what the pointer should have led to */
#define NULL_PAGE 4096

static const struct {
	uint64_t value;
	enum looks looks;
	const char *name, *words;
} pointers[] = {
	/* descending: the nearest below counts */
	{ DELTA + 0x200200, LOOKS_LIST, "LIST_POISON2",
	  "prev of a list entry after list_del (to 4.2)" },
	{ DELTA + 0x100100, LOOKS_LIST, "LIST_POISON1",
	  "next of a list entry after list_del (to 4.2)" },
	{ DELTA + 0xd390, LOOKS_POISON, "STACK_DEPOT_POISON", "a stack record after its end" },
	{ DELTA + 0x1091, LOOKS_POISON, "IO_URING_PTR_POISON",
	  "an io_uring pointer after its end" },
	{ DELTA + 0xeb9f, LOOKS_POISON, "BPF_PTR_POISON", "a BPF pointer after its end" },
	{ DELTA + 0x801, LOOKS_POISON, "NET_PTR_POISON", "a network pointer after its end" },
	{ DELTA + 0x800, LOOKS_LIST, "SKB_LIST_POISON_NEXT", "next of an skb after its list" },
	{ DELTA + 0x500, LOOKS_POISON, "MUTEX_POISON_WW_CTX",
	  "a wound-wait context after its end" },
	{ DELTA + 0x400, LOOKS_POISON, "TAIL_MAPPING",
	  "the mapping of a tail page: tail pages have none" },
	{ DELTA + 0x300, LOOKS_POISON, "TIMER_ENTRY_STATIC",
	  "a static timer that was never started" },
	{ DELTA + 0x200, LOOKS_LIST, "LIST_POISON2",
	  "prev of a list entry after list_del (4.3 and later 4.x)" },
	{ DELTA + 0x122, LOOKS_LIST, "LIST_POISON2",
	  "prev of a list entry after list_del (newer kernels)" },
	{ DELTA + 0x100, LOOKS_LIST, "LIST_POISON1",
	  "next of a list entry after list_del (since 4.3)" },
	{ DELTA + 0xf5, LOOKS_POISON, "VFS_PTR_POISON", "a VFS pointer after its end" },
	{ DELTA + 0x40, LOOKS_POISON, "PP_SIGNATURE", "the mark of a page of a page pool" },
	{ DELTA, LOOKS_POISON, "a poisoned pointer",
	  "0xdead...: a pointer that must not be followed" },
};

static const struct {
	unsigned char byte;
	const char *name, *words;
} bytes[] = {
	{ 0x6b, "POISON_FREE", "slab memory that was freed: use after free" },
	{ 0x5a, "POISON_INUSE", "slab memory that was never initialised" },
	{ 0xa5, "POISON_END", "the last byte of a poisoned slab object" },
	{ 0xbb, "SLUB_RED_INACTIVE", "the red zone of a free slab object" },
	{ 0xcc, "SLUB_RED_ACTIVE or POISON_FREE_INITMEM",
	  "the red zone of a slab object, or init memory that was freed" },
	{ 0xaa, "PAGE_POISON", "a page that was freed: use after free" },
	{ 0xa7, "POOL_POISON_FREED", "DMA pool memory that was freed" },
	{ 0xa9, "POOL_POISON_ALLOCATED", "DMA pool memory that was never initialised" },
	{ 0x5b, "JBD_POISON_FREE", "a jbd journal head that was freed" },
	{ 0x5c, "JBD2_POISON_FREE", "a jbd2 journal head that was freed" },
	{ 0xbd, "KEY_DESTROY", "a key that was destroyed" },
};

static bool wide(enum oops_arch arch)
{
	return arch != ARCH_I386 && arch != ARCH_ARM;
}

static void phrase(char *words, size_t size, const char *name, uint64_t offset, const char *about)
{
	if (offset)
		snprintf(words, size, "%s + 0x%llx: %s", name, (unsigned long long)offset, about);
	else
		snprintf(words, size, "%s: %s", name, about);
}

static enum looks wide_pointer(uint64_t value, char *words, size_t size)
{
	size_t best = ARRAY_SIZE(pointers);

	for (size_t i = 0; i < ARRAY_SIZE(pointers); i++)
		if (value >= pointers[i].value &&
		    (best == ARRAY_SIZE(pointers) || pointers[i].value > pointers[best].value))
			best = i;
	if (value >> 32 == 0xdead4ead) {
		snprintf(words, size, "SPINLOCK_MAGIC: a spin lock in a pointer's place");
		return LOOKS_POISON;
	}
	if (best == ARRAY_SIZE(pointers) || value >> 32 != DELTA >> 32)
		return LOOKS_ORDINARY;
	if (value - pointers[best].value >= NEAR)
		best = ARRAY_SIZE(pointers) - 1;
	phrase(words, size, pointers[best].name, value - pointers[best].value,
	       pointers[best].words);
	return pointers[best].looks;
}

/* Small numbers are everywhere: the poison of newer kernels is only mentioned. */
static enum looks narrow_pointer(uint64_t value, char *words, size_t size)
{
	static const struct {
		uint64_t value;
		const char *name, *words;
	} old[] = {
		{ 0x100100, "LIST_POISON1", "next of a list entry after list_del (to 4.2)" },
		{ 0x200200, "LIST_POISON2", "prev of a list entry after list_del (to 4.2)" },
		{ 0x100, "LIST_POISON1 (since 4.3)", NULL },
		{ 0x122, "LIST_POISON2 (newer kernels)", NULL },
		{ 0x200, "LIST_POISON2 (4.x)", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(old); i++) {
		if (value < old[i].value || value - old[i].value >= (old[i].words ? 0x40 : 0x9))
			continue;
		if (old[i].words) {
			phrase(words, size, old[i].name, value - old[i].value, old[i].words);
			return LOOKS_LIST;
		}
		snprintf(words, size,
			 "NULL + 0x%llx: a member of a NULL pointer, or %s after list_del",
			 (unsigned long long)value, old[i].name);
		return LOOKS_NULL;
	}
	return LOOKS_ORDINARY;
}

/* All bytes the same, but for the lowest, which an offset changes. */
static enum looks repeated(uint64_t value, bool is_wide, char *words, size_t size)
{
	unsigned int width = is_wide ? 8 : 4;

	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		uint64_t all = UINT64_C(0x0101010101010101) * bytes[i].byte;

		if (!is_wide)
			all &= UINT32_MAX;
		if (value >> 16 != all >> 16 || value >> (width * 8 - 1) >> 1)
			continue;
		phrase(words, size, bytes[i].name, value > all ? value - all : 0, bytes[i].words);
		return LOOKS_POISON;
	}
	return LOOKS_ORDINARY;
}

static const char *errno_name(int number)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
	return strerrorname_np(number);
#else
	(void)number;
	return NULL;
#endif
}

static enum looks error_pointer(uint64_t value, bool is_wide, char *words, size_t size)
{
	int64_t number = is_wide ? (int64_t)value : (int32_t)value;
	const char *name;

	if (number < -4095 || number >= 0 || (!is_wide && value >> 32))
		return LOOKS_ORDINARY;
	name = errno_name((int)-number);
	if (!name && number < -600)
		return LOOKS_ORDINARY; /* a small negative number, not an errno */
	snprintf(words, size, "%lld%s%s: an error in a pointer's place", (long long)number,
		 name ? ", -" : "", name ? name : "");
	return LOOKS_ERROR;
}

static enum looks shadow(uint64_t value, char *words, size_t size)
{
	static const struct {
		uint64_t offset;
		const char *name;
	} shadows[] = {
		{ UINT64_C(0xdffffc0000000000), "x86_64" },
		{ UINT64_C(0xdfff800000000000), "arm64" },
		{ UINT64_C(0xdfff200000000000), "arm64" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(shadows); i++) {
		uint64_t at = value - shadows[i].offset;

		if (value < shadows[i].offset || at >= UINT64_C(1) << 44)
			continue;
		snprintf(words, size, "KASAN's shadow of address 0x%llx%s",
			 (unsigned long long)(at << 3),
			 at << 3 < NULL_PAGE ? " (NULL and an offset)" : "");
		return LOOKS_SHADOW;
	}
	return LOOKS_ORDINARY;
}

/* With four levels of page tables; with five the bit is the 56th. */
static bool canonical(uint64_t value)
{
	uint64_t high = value >> 47;

	return !high || high == 0x1ffff;
}

static bool printable(uint64_t value)
{
	for (unsigned int i = 0; i < 8; i++)
		if (!isprint((int)(value >> (8 * i) & 0xff)))
			return false;
	return true;
}

/* A single bit between it and where kernels keep their data and text. */
static int flipped_bit(uint64_t value)
{
	for (int bit = 47; bit < 64; bit++) {
		uint64_t other = value ^ UINT64_C(1) << bit;

		if (other >> 47 == 0x1ffff && other < UINT64_C(0xfffffffffffff000))
			return bit;
	}
	return -1;
}

static enum looks impossible(enum oops_arch arch, uint64_t value, char *words, size_t size)
{
	int bit = flipped_bit(value);

	if (arch != ARCH_X86_64 || canonical(value))
		return LOOKS_ORDINARY;
	if (printable(value)) {
		char text[9];

		for (unsigned int i = 0; i < 8; i++)
			text[i] = (char)(value >> (8 * i) & 0xff);
		text[8] = '\0';
		snprintf(words, size, "the characters \"%s\": text was written over a pointer",
			 text);
		return LOOKS_TEXT;
	}
	if (bit >= 0) {
		snprintf(words, size,
			 "not canonical, and bit %d alone keeps it from being a kernel address: "
			 "memory may have flipped a bit",
			 bit);
		return LOOKS_BIT_FLIP;
	}
	snprintf(words, size, "not canonical: no address at all");
	return LOOKS_IMPOSSIBLE;
}

enum looks oops_looks(enum oops_arch arch, uint64_t value, char *words, size_t size)
{
	bool is_wide = wide(arch);
	enum looks looks;

	words[0] = '\0';
	looks = is_wide ? wide_pointer(value, words, size) : narrow_pointer(value, words, size);
	if (!looks)
		looks = error_pointer(value, is_wide, words, size);
	if (!looks)
		looks = repeated(value, is_wide, words, size);
	if (!looks && is_wide)
		looks = shadow(value, words, size);
	if (!looks && value < NULL_PAGE) {
		snprintf(words, size, value ? "NULL + 0x%llx: a member of a NULL pointer" : "NULL",
			 (unsigned long long)value);
		return LOOKS_NULL;
	}
	if (!looks)
		looks = impossible(arch, value, words, size);
	if (!looks && is_wide && arch != ARCH_UNKNOWN && !(value >> 47)) {
		snprintf(words, size, "an address of user space (or just a number)");
		return LOOKS_USER;
	}
	return looks;
}

const char *oops_looks_name(enum looks looks)
{
	static const char *const names[] = { "ordinary",    "null",   "error-pointer",
					     "list-poison", "poison", "kasan-shadow",
					     "bit-flip",    "text",   "not-canonical",
					     "user" };

	return (size_t)looks < ARRAY_SIZE(names) ? names[looks] : "?";
}
