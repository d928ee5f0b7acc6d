/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printk stamps records with sched_clock(), which is neither CLOCK_MONOTONIC nor at a fixed
 * distance from it: it starts elsewhere (15 s apart on a machine resumed from a snapshot) and is
 * not slewed by NTP. But a record is read after it was stamped, so the smallest difference seen is
 * the best estimate; it is renewed every ten minutes, in which a slew of 500 ppm makes 0.3 s.
 */
#include "watch/kmsg_stream.h"

#define STRETCH_US 600000000u

uint64_t kmsg_stream_record(struct kmsg_stream *s, uint64_t seq, uint64_t kernel_us, uint64_t now)
{
	uint64_t lost = s->begun && seq > s->next_seq ? seq - s->next_seq : 0;
	int64_t offset = (int64_t)now - (int64_t)kernel_us;

	s->begun = true;
	s->next_seq = seq + 1;
	if (!s->known) {
		s->known = true;
		s->offset_us = s->earlier_us = offset;
		s->stretch_us = now;
	} else if (now - s->stretch_us > STRETCH_US) {
		s->earlier_us = s->offset_us;
		s->offset_us = offset;
		s->stretch_us = now;
	} else if (offset < s->offset_us) {
		s->offset_us = offset;
	}
	return lost;
}

uint64_t kmsg_stream_when(const struct kmsg_stream *s, uint64_t kernel_us)
{
	int64_t offset = s->earlier_us < s->offset_us ? s->earlier_us : s->offset_us;
	int64_t when = (int64_t)kernel_us + offset;

	return s->known && when > 0 ? (uint64_t)when : 0;
}
