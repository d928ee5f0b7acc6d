/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rung is a file of its own. */
#ifndef HANGAR_RESPOND_RUNGS_H
#define HANGAR_RESPOND_RUNGS_H

#include "respond/respond.h"

extern const struct rung_ops rung_stacks, rung_memcg, rung_trace;
extern const struct rung_ops rung_vmstat, rung_buddyinfo, rung_zoneinfo;
extern const struct rung_ops rung_sysrq_w, rung_sysrq_l, rung_sysrq_m, rung_sysrq_t;

#endif
