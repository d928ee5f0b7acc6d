/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One event has many headlines: a WARN and its message, an oops and its die line, a fault and the
 * panic that it led to, an OOM's begin, cause and kill. Here it is decided which of them begin a
 * report, and which only tell more of the one that is open.
 */
#include <stdio.h>
#include <string.h>

#include "kmsg/oom.h"
#include "kmsg/precedence.h"
#include "kmsg/reader.h"
#include "kmsg/signature.h"

#define LOCKUP_SANE_SECONDS                                                                        \
	1e9 /* the TSC overflow at 2^54 ns makes "stuck for 4278190091s": no CPU was stuck */
#define PANIC_GAP_US 10000000 /* a panic this soon after a fault is its consequence */
#define KILL_GAP_US 10000000  /* "Killed process" this soon after an OOM was told belongs to it */

static void begin(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		  const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		  uint64_t now)
{
	reader_close(r, p, now);
	if (r->asks_cpus == p)
		r->asks_cpus = NULL;
	p->first_id = 0;
	report_begin(p, row, k, text, rec, now);
}

/* A second headline between "cut here" and "end trace" is another view of the same event, if one
 * of the two is a WARN or BUG and the other its message; else another CPU cut in. */
static bool joins(struct report *p, const struct recogniser *row, const struct kmsg_fields *k,
		  const char *text)
{
	/* without a frame the message alone, and its BUG on the very next line */
	bool next = p->open && !p->lines && precedence_rank(p->f.kind) == 3 &&
		    precedence_rank(row->kind) < 3;

	if (!p->open || (!p->framed && !next) || !precedence_joins(p->f.kind, row->kind))
		return false;
	report_take_fields(p, k, text);
	if (precedence_rank(row->kind) > precedence_rank(p->f.kind)) {
		p->f.kind = row->kind;
		p->row = row;
		snprintf(p->f.text, sizeof(p->f.text), "%s", text);
	}
	p->grown = true;
	return true;
}

/* A symbolizer repeats "BUG: KASAN: use-after-free in FUNCTION" for each function that was inlined
 * there; the last one is the kernel's own. "unreferenced object" follows "BUG: memory leak". A
 * stall is noticed at the same tick by the CPU that is stuck and by another. */
static bool says_it_again(struct report *p, const struct recogniser *row,
			  const struct kmsg_fields *k, const char *text)
{
	bool inlined = !strncmp(text, "BUG: K", 6) && strstr(p->f.text, "[inline]");

	if (!p->open || p->row != row || p->lines ||
	    (!inlined && row->kind != FINDING_RCU_STALL &&
	     strcmp(p->f.text, "BUG: memory leak") != 0))
		return false;
	p->f.function[0] = 0;
	snprintf(p->f.text, sizeof(p->f.text), "%s", text);
	report_take_fields(p, k, text);
	p->grown = true;
	return true;
}

static void headline(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		     const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		     uint64_t now)
{
	if (joins(p, row, k, text) || says_it_again(p, row, k, text))
		return;
	begin(r, p, row, k, text, rec, now);
	if (p->f.kind == FINDING_SOFT_LOCKUP && p->f.seconds > LOCKUP_SANE_SECONDS)
		p->f.kind = FINDING_CLOCK;
	if (row->role == ROLE_LINE && !p->framed)
		p->open = false;
	signature_make(&p->f);
	reader_tell(r, p);
	if (!p->open)
		reader_ended(r, p);
}

/* With panic_on_warn a WARN of 4.x tells its stack only behind the panic that it asked for; so do
 * "scheduling while atomic", and the CPU that is stuck with softlockup_panic, where its registers
 * were cut. */
static bool dies_of(const struct report *p, const char *panic)
{
	return p->open &&
	       (p->headed || p->f.kind == FINDING_WARNING || p->f.kind == FINDING_SOFT_LOCKUP ||
		p->f.kind == FINDING_ATOMIC_SLEEP) &&
	       !p->in_trace && !p->f.stack[0] && precedence_follows(panic);
}

static void panic_line(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		       const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		       uint64_t now)
{
	uint32_t cause = r->fault_id;

	if (dies_of(p, k->what))
		return;
	if (rec->kernel_us > r->fault_kernel_us + PANIC_GAP_US && !precedence_follows(k->what))
		cause = 0;
	begin(r, p, row, k, text, rec, now);
	if (cause) {
		p->first_id = cause;
		p->told = true;
	}
	signature_make(&p->f);
	reader_tell(r, p);
}

static void oom(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		uint64_t now)
{
	bool oom_open = p->open && p->row->role >= ROLE_OOM_BEGIN;

	if (!oom_open && row->role == ROLE_OOM_END && r->oom_told &&
	    rec->kernel_us < r->oom_kernel_us + KILL_GAP_US)
		return; /* one more process with the victim's memory */
	if (!oom_open || row->role == ROLE_OOM_BEGIN)
		begin(r, p, row, k, text, rec, now);
	switch (oom_line(p, row, k, text)) {
	case OOM_DECIDED:
		signature_make(&p->f);
		reader_tell(r, p);
		break;
	case OOM_DONE:
		p->last_seq = rec->seq;
		reader_close(r, p, now);
		break;
	case OOM_MORE:
		break;
	}
}

void reader_recognised(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		       const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		       uint64_t now)
{
	switch (row->role) {
	case ROLE_ATTR:
		if (p->open) {
			report_remark(p, text);
			p->elsewhere = row->kind == FINDING_RCU_STALL; /* its thread's stack */
		}
		break;
	case ROLE_DIE:
		if (!p->open || !precedence_takes_die_line(p->f.kind))
			headline(r, p, row, k, text, rec, now);
		break;
	case ROLE_PANIC:
		panic_line(r, p, row, k, text, rec, now);
		break;
	case ROLE_REPORT:
	case ROLE_LINE:
	case ROLE_BLOCK:
		headline(r, p, row, k, text, rec, now);
		break;
	default:
		oom(r, p, row, k, text, rec, now);
	}
}
