/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An oops for programs: addresses as "0x..." since JSON has no 64-bit numbers that all can read. */
#include <stdio.h>

#include "base/utf8.h"
#include "triage/oops_story.h"

static json_t *hex_json(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	return json_string(text);
}

static json_t *registers_json(const struct oops_story *s)
{
	json_t *o = json_object();

	for (unsigned int i = 0; i < s->o.reg_count; i++) {
		const struct oops_reg *r = &s->o.regs[i];
		char words[160];
		enum looks looks = oops_looks(s->o.arch, r->value, words, sizeof(words));
		json_t *one = json_pack("{s:o, s:s}", "value", hex_json(r->value), "looks",
					oops_looks_name(looks));

		if (words[0])
			json_object_set_new(one, "words", json_string(words));
		json_object_set_new(o, r->name, one);
	}
	return o;
}

static json_t *code_json(const struct oops_code *code)
{
	json_t *o = json_object(), *lines = json_array();

	for (unsigned int i = 0; i < code->count; i++)
		json_array_append_new(lines, json_pack("{s:o, s:b}", "text",
						       utf8_json(code->lines[i].text), "fault",
						       code->lines[i].fault));
	json_object_set_new(o, "instructions", lines);
	if (code->has_operand) {
		json_object_set_new(o, "base", json_string(code->base));
		if (code->index[0])
			json_object_set_new(o, "index", json_string(code->index));
		json_object_set_new(o, "displacement", json_integer(code->displacement));
		if (code->known)
			json_object_set_new(o, "address", hex_json(code->address));
	}
	if (code->list_del)
		json_object_set_new(
			o, "list_deletion",
			json_pack("{s:s, s:s}", "next", code->next_reg, "prev", code->prev_reg));
	return o;
}

static void set_text(json_t *o, const char *key, const char *value)
{
	if (value[0])
		json_object_set_new(o, key, utf8_json(value));
}

json_t *oops_json(const struct oops_story *s)
{
	json_t *o = json_object();

	set_text(o, "arch", oops_arch_name(s->o.arch));
	set_text(o, "where", s->o.where);
	set_text(o, "bug", s->o.bug);
	set_text(o, "fault", s->fault_words);
	if (s->has_address) {
		json_object_set_new(o, "address", hex_json(s->address));
		json_object_set_new(o, "address_computed", json_boolean(s->computed));
		json_object_set_new(o, "address_looks",
				    json_string(oops_looks_name(s->address_looks)));
		set_text(o, "address_words", s->address_words);
	}
	if (s->code.done)
		json_object_set_new(o, "code", code_json(&s->code));
	if (s->o.reg_count)
		json_object_set_new(o, "registers", registers_json(s));
	set_text(o, "list", s->list.words);
	set_text(o, "taint", s->taint_words);
	set_text(o, "marked_modules", s->o.modules);
	return o;
}
