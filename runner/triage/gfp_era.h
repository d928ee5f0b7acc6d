/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which kernel's table is a mask to be read by? The release says it. When the log names none, the
 * report's own form bounds the version, and most masks make sense in one era only: nobody may do
 * I/O (bit 6) without being allowed to wait, and "may wait" was bit 4, 22, 21 or 10.
 */
#ifndef HANGAR_TRIAGE_GFP_ERA_H
#define HANGAR_TRIAGE_GFP_ERA_H

#include "triage/gfp_table.h"
#include "triage/triage.h"

struct gfp_guess {
	const struct gfp_era *era; /* never NULL */
	uint32_t version;          /* KERNEL(); 0: the log names no release */
	bool certain;              /* no other era makes as much sense of it */
	char because[320];         /* "the release is 3.10.0-1160.el7.x86_64" */
};

/* "3.10.0-1160.el7" to KERNEL(3, 10, 0); 0 when it is no release. */
uint32_t kernel_version(const char *release);

/**
 * gfp_guess_era - choose the table
 * @release: "" when the log never says
 * @names: what stands behind the mask in brackets, NULL when nothing does
 * @t: the report, for its form
 */
void gfp_guess_era(const char *release, uint32_t mask, const char *names,
		   const struct report_text *t, struct gfp_guess *ret);

#endif
