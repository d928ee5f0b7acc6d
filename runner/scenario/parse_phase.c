/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules between the keys of one phase. */
#include "scenario/reader.h"
#include "scenario/scenario.h"

int check_phase(struct reader *r, json_t *value, void *base)
{
	const struct phase_spec *p = base;

	if (json_object_get(value, "or") && (!p->until || p->for_us == UNSET))
		return reader_refuse_key(r, "or",
					 "\"or\" says what follows when \"for\" is over "
					 "before \"until\"; the phase needs both");
	return 0;
}
