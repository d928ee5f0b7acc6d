/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rungs that there are, cheapest and safest first; a scenario names its own in its own order.
 * To add one: its .c with an ops at the end, a line here, its word in the table of keys. */
#include "respond/rungs.h"

#include <stddef.h>

const struct rung_ops *const rungs[] = {
	&rung_stacks,   &rung_memcg,   &rung_vmstat,  &rung_buddyinfo,
	&rung_zoneinfo, &rung_trace,   &rung_sysrq_w, &rung_sysrq_l,
	&rung_sysrq_m,  &rung_sysrq_t, NULL
};
