/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fragment: memory of which only every sixteenth page is left in use. All of it is taken first and
 * thinned afterwards, since what is given back at once would only be taken again by the next piece.
 * Pages of anonymous memory can be moved, so compaction heals this within seconds; locked ones it
 * moves as well, unless vm.compact_unevictable_allowed is 0; those in pipes belong to the kernel
 * and stay where they are.
 */
#include "stressor.h"

#include <errno.h>

#include "room.h"
#include "sieve.h"

/* A hold is so many steps a second, so that it is never taken for a standstill. */
#define HOLD_STEP_US 100000u

enum aux { AUX_FILLED, AUX_KEPT, AUX_ROUNDS };
enum state { FILL, THIN, HOLD };

static const char *const aux_names[] = { "filled", "kept", "rounds", NULL };

static struct {
	uint64_t bytes, share, keep, pages, hold_us, piece_bytes;
} opt;

static struct sieve sieve;
static enum state state;
static uint64_t held_us;

static const struct param params[] = {
	{ "bytes", PARAM_BYTES, "0", 0, 1ull << 44, NULL,
	  "memory to take; 0: a share of what is available", &opt.bytes },
	{ "share", PARAM_PERCENT, "80%", 1, 100, NULL, "that share", &opt.share },
	{ "keep", PARAM_COUNT, "16", 2, 512, NULL, "one page of so many is kept", &opt.keep },
	{ "pages", PARAM_CHOICE, "anon", 0, 0, sieve_pages,
	  "whose they are: anonymous memory, the same locked, or pages in pipes, which nothing can "
	  "move",
	  &opt.pages },
	{ "piece", PARAM_BYTES, "2M", 1 << 16, 1 << 30, NULL, "memory taken or thinned in one step",
	  &opt.piece_bytes },
	{ "hold", PARAM_DURATION, "0", 0, 3600000000ull, NULL,
	  "after so long all is given back and taken anew; 0: it is kept", &opt.hold_us },
	{ NULL },
};

static int prepare(struct stressor_run *run)
{
	uint64_t available;
	int err = 0;

	if (!opt.bytes) {
		err = room_available("", &available);
		opt.bytes = err ? 0 : available / 100 * opt.share;
	}
	if (err)
		return err;
	return sieve_init(&sieve, opt.pages, opt.bytes, opt.piece_bytes, (unsigned int)opt.keep);
}

/* As much as there is: at the end of memory thinning begins, too. */
static int fill(struct stressor_run *run)
{
	int err;

	run->doing = "take memory";
	if (sieve_full(&sieve)) {
		state = THIN;
		return 0;
	}
	err = sieve_fill(&sieve, run);
	if (err < 0) {
		state = THIN;
		return err;
	}
	run->aux[AUX_FILLED] += sieve.pages_filled;
	return 0;
}

static int thin(struct stressor_run *run)
{
	int err;

	run->doing = "give pages back";
	if (sieve_thinned(&sieve)) {
		state = HOLD;
		held_us = 0;
		return 0;
	}
	err = sieve_thin(&sieve);
	run->aux[AUX_KEPT] += sieve.pages_kept;
	return err;
}

static int hold(struct stressor_run *run)
{
	uint64_t left = opt.hold_us ? opt.hold_us - held_us : HOLD_STEP_US;
	uint64_t now = left < HOLD_STEP_US ? left : HOLD_STEP_US;

	stressor_pause(run, now);
	held_us += now;
	if (!opt.hold_us || held_us < opt.hold_us)
		return 0;
	sieve_release(&sieve);
	run->aux[AUX_ROUNDS]++;
	state = FILL;
	return 0;
}

static int work(struct stressor_run *run)
{
	switch (state) {
	case FILL:
		return fill(run);
	case THIN:
		return thin(run);
	case HOLD:
		break;
	}
	return hold(run);
}

static void finish(struct stressor_run *run)
{
	sieve_clear(&sieve);
}

static const struct stressor fragment = {
	.name = "fragment",
	.about = "Takes memory, gives most of it back in single pages and holds the rest.",
	.step = "one piece taken, one piece thinned, or a tenth of a second held",
	.params = params,
	.aux = aux_names,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(fragment)
