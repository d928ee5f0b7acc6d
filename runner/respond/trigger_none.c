/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trigger that does nothing. A dump of the kernel's memory means crashing it: that is done to a
 * VM that was made for it, or where the user armed the run, and nowhere else.
 */
#include "respond/triggers.h"

#include <stdio.h>

static int none_check(const struct watch_ctx *ctx, const struct respond_options *o,
		      struct diag *why)
{
	return 0;
}

static int none_open(const struct watch_ctx *ctx, const struct respond_options *o, void **ret)
{
	*ret = NULL;
	return 0;
}

static int none_fire(void *own, const struct finding *f, int give_up_fd, char *detail, size_t size)
{
	snprintf(detail, size, "no trigger is armed: nothing was done to the kernel");
	return 0;
}

const struct trigger_ops trigger_none = {
	.name = "none",
	.limit_us = 1000000,
	.check = none_check,
	.open = none_open,
	.fire = none_fire,
};
