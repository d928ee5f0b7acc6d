/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an exit was. Pure. */
#ifndef HANGAR_EXITS_H
#define HANGAR_EXITS_H

#include "launch/launch.h"

struct exit_facts {
	int status;    /* of waitpid() */
	bool stopping; /* we asked it to end */
	bool is_fio;
	bool oom_counted; /* the group's OOM kills rose by one that no other exit explains */
	bool oom_unknown; /* the kernel does not count them, and the group has a memory limit */
	bool oom_told;    /* the kernel log named it */
	bool unborn;      /* it never reached its start line; fio, which has none: it is young */
	bool limited;     /* its group, or one around it, has a memory limit */
	bool no_memory;   /* its program could not be run for want of memory */
};

enum exit_kind exit_classify(const struct exit_facts *f);
const char *exit_kind_name(enum exit_kind kind); /* "oom-killed" */

#endif
