/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An oops: the address that was touched and how, the instruction that did it and the register that
 * held the address, and what the values look like. What touched whose memory is left to people; the
 * marks that the dead leave behind are not.
 */
#include "triage/explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/oops_fault.h"
#include "triage/oops_story.h"

static bool takes(const struct triage_case *c)
{
	switch (c->f.kind) {
	case FINDING_BUG:
	case FINDING_OOPS:
	case FINDING_GPF:
	case FINDING_NULL_DEREF:
	case FINDING_PAGING_FAULT:
	case FINDING_LIST_CORRUPTION:
		return true;
	default:
		return false;
	}
}

static void read_fault(struct oops_story *s)
{
	const struct oops *o = &s->o;

	if (o->has_esr)
		oops_esr_words(o->esr, s->fault_words, sizeof(s->fault_words));
	else if (o->has_error && o->page_fault)
		oops_page_fault_words(o->error, s->fault_words, sizeof(s->fault_words));
	else if (o->has_error && o->protection)
		oops_selector_words(o->error, s->fault_words, sizeof(s->fault_words));
}

static void read_address(struct oops_story *s)
{
	s->has_address = s->o.has_address;
	s->address = s->o.address;
	/* Of a protection fault the CPU tells no address; kernels since 5.6 guess one. */
	if ((!s->has_address || s->o.protection) && s->code.known && !s->code.trap) {
		s->has_address = s->computed = true;
		s->address = s->code.address;
	}
	if (s->has_address)
		s->address_looks = oops_looks(s->o.arch, s->address, s->address_words,
					      sizeof(s->address_words));
}

static void read_story(const struct triage_case *c, struct oops_story *s)
{
	memset(s, 0, sizeof(*s));
	oops_read(c, &s->o);
	oops_code_read(&s->o, &s->code);
	oops_list_read(s->o.list, s->o.arch, &s->list);
	oops_taint_words(c->f.taint, s->taint_words, sizeof(s->taint_words));
	read_fault(s);
	read_address(s);
}

static int one(const struct triage_case *c, const char *release, struct explanation *ret)
{
	_cleanup_free_ struct oops_story *s = malloc(sizeof(*s));
	struct words w;

	(void)release;
	if (!s)
		return -ENOMEM;
	read_story(c, s);
	if (!s->o.reg_count && !s->has_address && !s->o.bug[0] && !s->list.known)
		return -ENODATA;
	oops_conclude(c, s, ret->conclusion, sizeof(ret->conclusion));
	words_open(&w);
	oops_say(c, s, &w);
	ret->words = words_close(&w);
	ret->details = oops_json(s);
	return 0;
}

const struct explain_ops explain_oops = { .name = "oops", .takes = takes, .one = one };
