/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rung is a file of its own. */
#ifndef HANGAR_RESPOND_RUNGS_H
#define HANGAR_RESPOND_RUNGS_H

#include "respond/respond.h"

extern const struct rung_ops rung_stacks, rung_memcg, rung_vmstat, rung_trace, rung_sysrq_w;

#endif
