/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trigger that does nothing. A dump of the kernel's memory means crashing it: that is done to a
 * VM that was made for it, never to the machine on which hangar runs.
 */
#include "respond/respond.h"

#include <stdio.h>

static int none_check(const struct watch_ctx *ctx, struct diag *why)
{
	return 0;
}

static int none_fire(const struct finding *f, char *detail, size_t size)
{
	snprintf(detail, size, "no trigger is armed: nothing was done to the kernel");
	return 0;
}

const struct trigger_ops trigger_none = { "none", none_check, none_fire };
