/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rungs that there are, cheapest and safest first. To add one: its .c with an ops at the end, a
 * line here. */
#include "respond/rungs.h"

#include <stddef.h>

const struct rung_ops *const rungs[] = { &rung_stacks, &rung_memcg,   &rung_vmstat,
					 &rung_trace,  &rung_sysrq_w, NULL };
