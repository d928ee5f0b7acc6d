/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who explains what, in the order in which they are asked; the first that takes a case speaks. */
#include "triage/explain.h"

#include <stdlib.h>

const struct explain_ops *const explainers[] = {
#ifdef HAVE_EXPLAIN_PAGE_ALLOCATION
	&explain_page_allocation,
#endif
#ifdef HAVE_EXPLAIN_CLOCK
	&explain_clock,
#endif
#ifdef HAVE_EXPLAIN_WAITS
	&explain_waits,
#endif
#ifdef HAVE_EXPLAIN_OOM
	&explain_oom,
#endif
#ifdef HAVE_EXPLAIN_OOPS
	&explain_oops,
#endif
	NULL,
};

void explanation_clear(struct explanation *e)
{
	json_decref(e->details);
	free(e->words);
	*e = (struct explanation){ .details = NULL };
}
