/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of records: gaps in it, and the kernel's clock against ours. Pure. */
#ifndef HANGAR_WATCH_KMSG_STREAM_H
#define HANGAR_WATCH_KMSG_STREAM_H

#include <stdbool.h>
#include <stdint.h>

struct kmsg_stream {
	bool begun;
	uint64_t next_seq;
	/* the smallest "read at" minus "stamped at", of this stretch of time and of the one before
	 */
	bool known;
	int64_t offset_us, earlier_us;
	uint64_t stretch_us;
};

/* A record was read. Returns how many were lost in front of it. */
uint64_t kmsg_stream_record(struct kmsg_stream *s, uint64_t seq, uint64_t kernel_us, uint64_t now);

/* CLOCK_MONOTONIC of a kernel timestamp, 0 while it is not known. */
uint64_t kmsg_stream_when(const struct kmsg_stream *s, uint64_t kernel_us);

#endif
