/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a stop of the guest shows depends on its clock: under emulation none of its clocks runs
 * on, a TSC of the hardware does. So only a loop that saw time pass without it excuses what rests
 * on elapsed time; clocks that part are excused as long as the host is asked.
 */
#include "run/pause.h"

/* Ten ticks: a stop of this guest, or a machine so busy that elapsed time says as little. */
#define GAP_US 1000000u

void pause_mind(struct session *s, bool *gap, uint64_t stood_us)
{
	if (!responder_asked(s->responder)) {
		*gap = false;
		s->judge.pause = PAUSE_NONE;
		return;
	}
	if (!*gap && stood_us >= GAP_US) {
		*gap = true;
		journal_note(s->journal,
			     "the runner stood for %.1f s while the host was asked: what rests on "
			     "elapsed time is noted, not counted",
			     (double)stood_us / 1e6);
	}
	s->judge.pause = *gap ? PAUSE_SEEN : PAUSE_POSSIBLE;
}
