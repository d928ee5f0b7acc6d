/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dead machine is believed in only after silence that no lost datagram explains. Beats are
 * numbered: a recorded one that is sent again keeps nobody alive.
 */
#include "observe/vital.h"

#include <stdio.h>
#include <string.h>

void vital_init(struct vital *v, const char *run)
{
	memset(v, 0, sizeof(*v));
	if (run)
		snprintf(v->run, sizeof(v->run), "%s", run);
}

static enum vital_news take_foreign(struct vital *v, const struct heartbeat *h, const char *from,
				    uint64_t now)
{
	v->foreign++;
	if (v->heard_us && !h->over && !strcmp(from, v->from)) {
		memcpy(v->other, h->run, sizeof(v->other));
		v->other_us = now;
	}
	return VITAL_FOREIGN;
}

enum vital_news vital_take(struct vital *v, const struct heartbeat *h, const char *from,
			   uint64_t now)
{
	bool first = !v->heard_us, new_phase = !first && strcmp(h->phase, v->last.phase) != 0;

	if (!v->run[0])
		memcpy(v->run, h->run, sizeof(v->run));
	if (strcmp(v->run, h->run) != 0)
		return take_foreign(v, h, from, now);
	if (!first && h->beat <= v->last.beat) {
		v->stale++;
		return VITAL_STALE;
	}
	if (first || h->ticks != v->last.ticks || new_phase)
		v->ticked_us = now;
	v->last = *h;
	v->heard_us = now;
	v->beats++;
	snprintf(v->from, sizeof(v->from), "%s", from);
	if (h->over)
		return VITAL_FAREWELL;
	if (first)
		return VITAL_FIRST;
	return new_phase ? VITAL_PHASE : VITAL_BEAT;
}

enum heart_state vital_judge(const struct vital *v, uint64_t now, uint64_t silent_after_us,
			     uint64_t stuck_after_us)
{
	if (!v->heard_us || v->last.over)
		return HEART_BEATS;
	if (now > v->heard_us && now - v->heard_us > silent_after_us)
		return HEART_SILENT;
	if (v->last.phase[0] && now > v->ticked_us && now - v->ticked_us > stuck_after_us)
		return HEART_STUCK;
	return HEART_BEATS;
}

bool vital_superseded(const struct vital *v)
{
	return v->other_us && v->other_us > v->heard_us;
}
