/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The responder's inside, shared by its opening and its work. */
#ifndef HANGAR_RESPOND_RESPONDER_H
#define HANGAR_RESPOND_RESPONDER_H

#include "respond/firing.h"
#include "respond/ladder.h"

enum respond_stage {
	RESPOND_IDLE,
	RESPOND_CLIMB,
	RESPOND_SETTLE,
	RESPOND_SYNC,
	RESPOND_OUT,
	RESPOND_OVER
};

struct responder {
	const struct watch_ctx *ctx;
	struct ladder ladder;
	struct firing trigger;
	enum respond_stage stage;
	bool given_up;
	uint64_t since_us; /* when the stage began */
	uint64_t answered_us;
	uint64_t seq; /* of the line that must be on disk before the trigger is fired */
};

/* Takes all apart that can be; what hangs is left behind. */
void responder_dismantle(struct responder *r);

#endif
