/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire: how a record leaves a machine that may die at any moment, over a virtio-serial port, a
 * socket or a serial line. Frames, each checked for itself; whoever reads looks for the next good
 * one after a torn one. A frame, all numbers little-endian:
 * - byte 0: magic "HGR1"
 * - byte 4: type, one byte, then 3 bytes zero
 * - byte 8: sequence, 32 bits, counted by the writer of this port from 1; a gap is a loss
 * - byte 12: length of the payload, 32 bits, at most WIRE_PAYLOAD_MAX
 * - byte 16: CRC-32 (zlib) of bytes 0-15 and the payload
 * - byte 20: payload
 *
 * From the guest; HELLO, BEAT and END are JSON objects:
 * - HELLO: "hangar" (version), "release", "boot_seconds" (uptime), "kind"; a writer's first frame
 * - LINE: one line of the journal, with its newline
 * - BEAT: "ticks" (turns of the runner's loop so far), "mono_us" (CLOCK_MONOTONIC)
 * - FILE: path relative to the run directory, NUL, offset as 8 bytes, data
 * - END: "exit" (code of the runner), or "vmcore_bytes" and "filter_seconds", or "error"
 *
 * BEAT comes once a second, from the journal's writer thread: a machine that is silent is dead, one
 * whose ticks stand has a stuck runner.
 *
 * From the host:
 * - DO, to the runner's trigger: "resume" (go on: there is a dump, or none is to be had)
 * - DO, to the runner's trigger: "sysrq-c" (crash yourself now)
 * - DO, to the first process: "stop" (as Ctrl-C), "starve" (feed the watchdog no more)
 */
#ifndef HANGAR_WIRE_H
#define HANGAR_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_type { WIRE_HELLO = 1, WIRE_LINE, WIRE_BEAT, WIRE_FILE, WIRE_END, WIRE_DO };

#define WIRE_HEADER_BYTES 20
#define WIRE_PAYLOAD_MAX (64u << 10)

struct wire_frame {
	enum wire_type type;
	uint32_t sequence;
	uint32_t size;
	const unsigned char *payload; /* in the decoder's buffer, until the next call */
};

/* The 20 bytes before @payload. Pure. */
void wire_header(enum wire_type type, uint32_t sequence, const void *payload, uint32_t size,
		 unsigned char ret[WIRE_HEADER_BYTES]);

/*
 * Write one frame whole, waiting as long as that takes. @fd should be non-blocking: a blocking
 * write to a virtio-serial port may sleep for ever when another thread polls the same port. No
 * allocation. No SIGPIPE from a socket. 0; -EPIPE (nobody at the other end), -EMSGSIZE, -errno:
 * then the frame may be torn.
 */
int wire_send(int fd, enum wire_type type, uint32_t sequence, const void *payload, uint32_t size);

/* A reader fed with bytes as they come. */
struct wire_decoder {
	unsigned char *buf; /* WIRE_HEADER_BYTES + WIRE_PAYLOAD_MAX, owned */
	size_t have;
	size_t start; /* bytes of @buf that are done with */
	bool ended;
	uint32_t expected;  /* sequence of the next frame, 0: any. Set it to 1 where no frame may be
			       missed */
	uint64_t bad_bytes; /* passed over while looking for a frame */
	uint64_t lost;      /* frames missing by the sequence */
};

int wire_decoder_init(struct wire_decoder *w); /* 0 or -ENOMEM */
void wire_decoder_clear(struct wire_decoder *w);
/* Take up to @size bytes; returns how many were taken (0: hand out frames first). */
size_t wire_feed(struct wire_decoder *w, const void *data, size_t size);
/* No more bytes will come: what is left of a torn frame is searched, too, instead of waiting for
 * the rest of it. */
void wire_end(struct wire_decoder *w);
/* 1: a frame; 0: more bytes are needed, or all is done with. */
int wire_next(struct wire_decoder *w, struct wire_frame *ret);

#endif
