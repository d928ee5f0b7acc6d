/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alloc: anonymous memory, the load that reclaim, the memory cgroup and the OOM killer exist for.
 * It grows chunk by chunk, so that the approach to a limit is the load; what happens at the top is
 * the pattern. A sawtooth gives everything back and starts again, the others keep what they have
 * hot. Forks at the top make every page shared, and the children write to them: the copy then fails
 * for want of memory in the page fault, far from any system call.
 */
#include "stressor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "pace.h"
#include "touch.h"

/* When not even one chunk is to be had, asking again at full speed is only noise. */
#define NOTHING_PAUSE_US 1000u

enum pattern { RAMP, SAWTOOTH, HOLD };
enum aux { AUX_CHUNKS, AUX_RELEASES, AUX_FORKS, AUX_COW_PAGES, AUX_FALLBACKS };

static const char *const pattern_names[] = { "ramp", "sawtooth", "hold", NULL };
static const char *const aux_names[] = { "chunks",    "releases",  "forks",
					 "cow-pages", "fallbacks", NULL };

static struct {
	uint64_t bytes, pattern, rate, period_us, forks, cow_percent, threads;
	struct memory_opts memory;
	struct touch touch;
} opt;

struct own {
	struct memory memory;
	size_t next; /* the chunk to touch again */
	struct pace pace;
	bool at_top;
};

static const struct param params[] = {
	{ "bytes", PARAM_BYTES, "64M", 4096, 1ull << 44, NULL,
	  "how far it grows, all threads together", &opt.bytes },
	{ "pattern", PARAM_CHOICE, "sawtooth", 0, 0, pattern_names,
	  "grow once and stay (ramp), grow and give back again and again (sawtooth), or take all "
	  "at once and keep it hot (hold)",
	  &opt.pattern },
	{ "chunk", PARAM_BYTES, "1M", 4096, 1ull << 34, NULL,
	  "memory mapped and touched in one step", &opt.memory.chunk_bytes },
	{ "rate", PARAM_BYTES, "0", 0, 1ull << 44, NULL,
	  "touched each second by each thread; 0: as fast as it can", &opt.rate },
	{ "period", PARAM_DURATION, "0", 0, 86400000000ull, NULL,
	  "time from nothing to all of the bytes, instead of a rate; 0: by the rate",
	  &opt.period_us },
	{ "order", PARAM_CHOICE, "sequential", 0, 0, touch_orders, "order of the pages in a chunk",
	  &opt.touch.order },
	{ "stride", PARAM_BYTES, "64K", 4096, 1ull << 30, NULL,
	  "distance of the touches with order stride", &opt.touch.stride_bytes },
	{ "access", PARAM_CHOICE, "write", 0, 0, touch_accesses, "how a page is touched",
	  &opt.touch.access },
	{ "fill", PARAM_CHOICE, "byte", 0, 0, touch_fills, "one byte of each page, or all of it",
	  &opt.touch.fill },
	{ "populate", PARAM_CHOICE, "none", 0, 0, memory_populates,
	  "who makes the pages before they are touched: nobody (none), MAP_POPULATE (map), or "
	  "MADV_POPULATE_READ and _WRITE (read maps the zero page: each page faults twice)",
	  &opt.memory.populate },
	{ "advice", PARAM_CHOICE, "none", 0, 0, memory_advices,
	  "advice given to the kernel for each chunk", &opt.memory.advice },
	{ "release", PARAM_CHOICE, "munmap", 0, 0, memory_releases,
	  "how a sawtooth gives memory back", &opt.memory.release },
	{ "mlock", PARAM_BOOL, "false", 0, 0, NULL, "lock each chunk in memory", &opt.memory.lock },
	{ "forks", PARAM_COUNT, "0", 0, 256, NULL,
	  "children forked at the top, which write to their copies", &opt.forks },
	{ "cow", PARAM_PERCENT, "50%", 0, 100, NULL,
	  "share of the memory that each child writes to", &opt.cow_percent },
	{ "threads", PARAM_COUNT, "1", 1, 256, NULL, "threads, each with its share of the bytes",
	  &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int prepare(struct stressor_run *run)
{
	struct own *own = calloc(1, sizeof(*own));
	char on_stack = 0;

	if (!own)
		return -ENOMEM;
	run->own = own;
	if (opt.memory.lock && mlock(&on_stack, 1) < 0 && errno == EPERM) {
		stressor_why("mlock is not permitted here: raise RLIMIT_MEMLOCK");
		return -EPERM;
	}
	if (opt.period_us)
		opt.rate = (uint64_t)((unsigned __int128)opt.bytes * 1000000 / opt.threads /
				      opt.period_us);
	return memory_init(&own->memory, &opt.memory, opt.bytes / opt.threads);
}

/* In the child: write to the asked share of each chunk, which copies the pages. */
static void write_copies(struct stressor_run *run, const struct own *own)
{
	const struct touch bytes = { .order = TOUCH_SEQUENTIAL };
	size_t page = touch_page_bytes();
	size_t share = own->memory.opts.chunk_bytes / page * opt.cow_percent / 100;

	for (size_t i = 0; i < own->memory.held && !stressor_stopping(run); i++) {
		touch_pages(run, &bytes, own->memory.chunks[i], share * page);
		__atomic_fetch_add(&run->slot->aux[AUX_COW_PAGES], share, __ATOMIC_RELAXED);
	}
}

static int reap(struct stressor_run *run, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFSIGNALED(status))
		run->pressure++; /* the OOM killer chose the child */
	return 0;
}

static int fork_children(struct stressor_run *run, const struct own *own)
{
	pid_t pids[256];
	uint64_t n;
	int err = 0;

	run->doing = "fork";
	for (n = 0; n < opt.forks; n++) {
		pids[n] = stressor_fork();
		if (pids[n] < 0)
			break;
		if (pids[n] == 0) {
			write_copies(run, own);
			_exit(0);
		}
		run->aux[AUX_FORKS]++;
	}
	if (n < opt.forks)
		run->pressure++;
	while (n > 0 && !err)
		err = reap(run, pids[--n]);
	return err;
}

/* Everything is in use: children first, then back to nothing, or on with what there is. */
static int top(struct stressor_run *run, struct own *own)
{
	int err = fork_children(run, own);

	own->at_top = true;
	own->next = 0;
	if (opt.pattern == SAWTOOTH) {
		memory_release(&own->memory);
		run->aux[AUX_RELEASES]++;
	}
	return err;
}

static int grow(struct stressor_run *run, struct own *own)
{
	unsigned int fallbacks = own->memory.fallbacks;
	char *chunk;
	int err;

	run->doing = "map a chunk";
	err = memory_grow(&own->memory, &chunk);
	run->aux[AUX_FALLBACKS] += own->memory.fallbacks - fallbacks;
	if (err)
		return err;
	run->aux[AUX_CHUNKS]++;
	touch_pages(run, &opt.touch, chunk, own->memory.opts.chunk_bytes);
	return 0;
}

static void touch_again(struct stressor_run *run, struct own *own)
{
	size_t i = own->next;

	if (opt.touch.order == TOUCH_RANDOM)
		i = stressor_below(run, own->memory.held);
	touch_pages(run, &opt.touch, own->memory.chunks[i], own->memory.opts.chunk_bytes);
	own->next++;
}

/* No memory for another chunk: this is the top, for now. */
static int met_limit(struct stressor_run *run, struct own *own)
{
	int err;

	if (own->memory.held == 0)
		stressor_pause(run, NOTHING_PAUSE_US);
	err = top(run, own);
	return err ? err : STRESSOR_PRESSURE;
}

static int work(struct stressor_run *run)
{
	struct own *own = run->own;
	bool held_all = own->at_top && own->memory.held && own->next < own->memory.held;
	int err;

	if (opt.pattern != HOLD || own->at_top) /* a hold takes all at once */
		pace_wait(run, &own->pace, opt.rate, own->memory.opts.chunk_bytes);
	if (opt.pattern != SAWTOOTH && held_all) {
		touch_again(run, own);
		return 0;
	}
	if (memory_full(&own->memory)) {
		err = top(run, own);
		if (err || opt.pattern != SAWTOOTH)
			return err;
	}
	err = grow(run, own);
	return err < 0 && stressor_is_pressure(-err) ? met_limit(run, own) : err;
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own)
		memory_clear(&own->memory);
	free(own);
	run->own = NULL;
}

static const struct stressor alloc = {
	.name = "alloc",
	.about = "Takes anonymous memory towards a limit, gives it back or keeps it hot.",
	.step = "one chunk mapped, or one held chunk touched again",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(alloc)
