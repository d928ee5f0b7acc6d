/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fatal signal is set pending for every thread (complete_signal()), and stays so until the thread
 * comes to take it. RssAnon is told since 4.5; before, VmRSS, which counts files as well. The OOM
 * reaper (4.6) empties the anonymous memory of a victim that cannot die: then nothing is kept.
 */
#include "watch/task_death.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char *value_of(const char *status, const char *key)
{
	const char *at = strstr(status, key);

	return at ? at + strlen(key) : NULL;
}

static uint64_t pending(const char *status, const char *key)
{
	const char *at = value_of(status, key);

	return at ? strtoull(at, NULL, 16) : 0;
}

int task_death_parse(const char *status, struct task_death *ret)
{
	const char *kept = value_of(status, "\nRssAnon:");

	if (!value_of(status, "\nSigPnd:"))
		return -EINVAL;
	if (!kept)
		kept = value_of(status, "\nVmRSS:");
	ret->killed =
		(pending(status, "\nSigPnd:") | pending(status, "\nShdPnd:")) >> (SIGKILL - 1) & 1;
	ret->kept_bytes = kept ? strtoull(kept, NULL, 10) * 1024 : 0;
	return 0;
}
