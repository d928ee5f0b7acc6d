/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An oops in words: first the address and the register that it came from, then what supports it.
 * Values of registers are only spoken of when the kernel itself writes such into what is dead.
 */
#include <string.h>

#include "triage/oops_fault.h"
#include "triage/oops_story.h"

/* "r8 = 0" when the operand's base alone made the address. */
static bool base_value(const struct oops_story *s, uint64_t *ret)
{
	return s->code.has_operand && s->code.base[0] && oops_reg(&s->o, s->code.base, ret);
}

static const char *place(const struct triage_case *c, const struct oops_story *s)
{
	if (s->o.where[0])
		return s->o.where;
	return c->f.function[0] ? c->f.function : "code without a name";
}

/* Registers may hold any number: only what the kernel itself writes into the dead is telling. */
static bool tells(enum looks looks)
{
	return looks == LOOKS_LIST || looks == LOOKS_POISON || looks == LOOKS_SHADOW;
}

static const struct oops_reg *telling_register(const struct oops_story *s, char *words, size_t size)
{
	for (unsigned int i = 0; i < s->o.reg_count; i++)
		if (tells(oops_looks(s->o.arch, s->o.regs[i].value, words, size)))
			return &s->o.regs[i];
	return NULL;
}

/* What a list deletion found in place of next or prev, when that is what faulted. */
static void about_list(const struct oops_story *s, char *buf, size_t size)
{
	const char *reg = s->code.list_del ? s->code.base : "";
	bool next = !strcmp(reg, s->code.next_reg);
	char looks[160] = "";
	uint64_t value = 0;

	buf[0] = '\0';
	if (!reg[0] || !oops_reg(&s->o, reg, &value))
		return;
	oops_looks(s->o.arch, value, looks, sizeof(looks));
	snprintf(buf, size, "; it takes an entry off a list, whose %s is 0x%llx%s%s",
		 next ? "next" : "prev", (unsigned long long)value, looks[0] ? " = " : "", looks);
}

static const char *deed(const struct oops_story *s)
{
	if (s->o.has_error && s->o.page_fault)
		return s->o.error & 16 ? "executed" : s->o.error & 2 ? "wrote to" : "read from";
	if (s->code.has_operand)
		return s->code.writes ? "wrote to" : "read from";
	return "used";
}

static void conclude_address(const struct triage_case *c, const struct oops_story *s, char *buf,
			     size_t size)
{
	char looks[160], list[240];
	uint64_t base;

	about_list(s, list, sizeof(list));
	if (s->o.has_error && s->o.page_fault && s->o.error & 16 && s->o.has_address) {
		snprintf(buf, size,
			 "The kernel jumped to 0x%llx%s%s: a function pointer was wrong.",
			 (unsigned long long)s->address, s->address_words[0] ? ", " : "",
			 s->address_words);
		return;
	}
	if (base_value(s, &base) && !s->code.index[0] &&
	    oops_looks(s->o.arch, base, looks, sizeof(looks)) > LOOKS_NULL &&
	    s->address_looks != LOOKS_USER)
		snprintf(buf, size, "%s %s 0x%llx by %s = 0x%llx, %s%s.", place(c, s), deed(s),
			 (unsigned long long)s->address, s->code.base, (unsigned long long)base,
			 looks, list);
	else if (s->address_words[0])
		snprintf(buf, size, "%s %s 0x%llx, %s%s.", place(c, s), deed(s),
			 (unsigned long long)s->address, s->address_words, list);
	else
		snprintf(buf, size, "%s %s 0x%llx%s%s%s.", place(c, s), deed(s),
			 (unsigned long long)s->address, s->fault_words[0] ? ": " : "",
			 s->fault_words, list);
}

void oops_conclude(const struct triage_case *c, const struct oops_story *s, char *buf, size_t size)
{
	const struct oops_reg *reg;
	char looks[160];

	if (s->list.known) {
		snprintf(buf, size, "A list is corrupt%s%s: %s.", c->f.function[0] ? " in " : "",
			 c->f.function, s->list.words);
	} else if (s->o.bug[0]) {
		snprintf(buf, size,
			 "The kernel stopped itself at %s in %s: a condition that it "
			 "relies on did not hold.",
			 s->o.bug, place(c, s));
	} else if (s->has_address) {
		conclude_address(c, s, buf, size);
	} else {
		reg = telling_register(s, looks, sizeof(looks));
		if (reg)
			snprintf(buf, size, "The kernel died in %s with %s = 0x%llx, %s.",
				 place(c, s), reg->name, (unsigned long long)reg->value, looks);
		else
			snprintf(buf, size, "The kernel died in %s.", place(c, s));
	}
}

static void say_code(const struct oops_story *s, struct words *w)
{
	char bytes[3 * 16 + 1] = "";
	size_t used = 0;

	if (!s->o.code_bytes)
		return;
	for (unsigned int i = 0; i < s->code.count; i++)
		words_say(w, "  %s %s", s->code.lines[i].fault ? "=>" : "  ",
			  s->code.lines[i].text);
	if (s->code.done || s->o.code_fault < 0)
		return;
	for (unsigned int i = (unsigned int)s->o.code_fault; i < s->o.code_bytes && used < 45; i++)
		used += (size_t)snprintf(bytes + used, sizeof(bytes) - used, "%02x ", s->o.code[i]);
	words_say(w, "Bytes from the faulting instruction on: %s(%s)", bytes,
		  oops_code_can() ? "they are no instruction"
				  : "there is no libcapstone to read them");
}

static void say_operand(const struct oops_story *s, struct words *w)
{
	if (!s->code.has_operand || !s->code.known)
		return;
	words_say(w, "The address was made of %s%s%s %s 0x%llx: 0x%llx%s.", s->code.base,
		  s->code.index[0] ? " and " : "", s->code.index,
		  s->code.displacement < 0 ? "minus" : "plus",
		  s->code.displacement < 0 ? 0 - (unsigned long long)s->code.displacement
					   : (unsigned long long)s->code.displacement,
		  (unsigned long long)s->code.address,
		  !s->o.has_address || s->o.protection ? ""
		  : s->code.address == s->o.address    ? ", the address of the fault"
						       : "; the fault was elsewhere");
}

static void say_list(const struct oops_story *s, struct words *w)
{
	uint64_t entry, next = 0, prev = 0;

	if (s->list.known)
		words_say(w, "%s", s->list.detail);
	if (!s->code.list_del)
		return;
	oops_reg(&s->o, s->code.next_reg, &next);
	oops_reg(&s->o, s->code.prev_reg, &prev);
	words_say(
		w,
		"The instructions are a list deletion (next->prev = prev; prev->next = next) with "
		"next %s = 0x%llx and prev %s = 0x%llx.",
		s->code.next_reg, (unsigned long long)next, s->code.prev_reg,
		(unsigned long long)prev);
	if (s->code.entry_reg[0] && oops_reg(&s->o, s->code.entry_reg, &entry))
		words_say(w, "The list_head is at 0x%llx (%s + 0x%llx).",
			  (unsigned long long)(entry + (uint64_t)s->code.entry_offset),
			  s->code.entry_reg, (unsigned long long)s->code.entry_offset);
}

static void say_registers(const struct oops_story *s, struct words *w)
{
	for (unsigned int i = 0; i < s->o.reg_count; i++) {
		char words[160];

		if (tells(oops_looks(s->o.arch, s->o.regs[i].value, words, sizeof(words))))
			words_say(w, "%s = 0x%llx: %s.", s->o.regs[i].name,
				  (unsigned long long)s->o.regs[i].value, words);
	}
}

void oops_say(const struct triage_case *c, const struct oops_story *s, struct words *w)
{
	if (s->fault_words[0])
		words_say(w, "The CPU says: %s.", s->fault_words);
	say_code(s, w);
	say_operand(s, w);
	say_list(s, w);
	say_registers(s, w);
	if (s->o.die_count > 1)
		words_say(w, "This is oops number %u of this boot: look at the first one first.",
			  s->o.die_count);
	else if (oops_taint_has(c->f.taint, 'D'))
		words_say(w, "There was an oops before this one: look at that first.");
	if (s->taint_words[0])
		words_say(w, "Tainted: %s.", s->taint_words);
	if (s->o.modules[0])
		words_say(w, "Modules that are not the kernel's own: %s.", s->o.modules);
}
