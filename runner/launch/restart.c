/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a copy that ended is started again. A storm lives on its victims coming back at once; but a
 * program that cannot run at all must not turn the machine into a fork bomb, so the pause doubles
 * while lives are short.
 */
#include "launch/launch.h"

/* A life shorter than this was no life: exec, setting up and being OOM-killed at the first touch
 * take some 100 ms. */
#define YOUNG_US 1000000u
/* At least this after a failure, even where the scenario wants no pause. */
#define FAILED_PAUSE_US 100000u

static bool wanted(enum restart_policy policy, enum exit_kind kind)
{
	switch (policy) {
	case RESTART_NEVER:
		return false;
	case RESTART_ON_OOM:
		return kind == EXIT_OOM_KILLED || kind == EXIT_STARVED;
	case RESTART_ALWAYS:
		/* What cannot run here will not the next time either. */
		return kind != EXIT_SKIPPED && kind != EXIT_STOPPED;
	}
	return false;
}

bool restart_decide(const struct restart_spec *spec, enum exit_kind kind, uint64_t age_us,
		    unsigned int restarts, uint64_t *backoff_us)
{
	uint64_t pause = spec->backoff_us;

	if (!wanted(spec->policy, kind) || (spec->limit && restarts >= spec->limit))
		return false;
	if (age_us < YOUNG_US && *backoff_us)
		pause = *backoff_us > UINT64_MAX / 2 ? UINT64_MAX : *backoff_us * 2;
	if (pause > spec->backoff_max_us && spec->backoff_max_us >= spec->backoff_us)
		pause = spec->backoff_max_us;
	if ((kind == EXIT_FAILED || kind == EXIT_STARVED) && pause < FAILED_PAUSE_US)
		pause = FAILED_PAUSE_US;
	*backoff_us = pause;
	return true;
}
