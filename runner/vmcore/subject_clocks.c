/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each CPU's scheduler clock against the timekeeper's: both began when the kernel did, and they run
 * apart by seconds at most. One that is behind by 2^54 ns has passed the overflow that
 * triage/clock_facts.h tells of; what the lockup watchdog then reckons is printed by the kernel in
 * units of 2^30 ns, in 32 bits.
 */
#include "vmcore/subject.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "event.h"
#include "triage/clock_facts.h"

#define UNIT_SHIFT 30 /* get_timestamp() in kernel/watchdog.c */
/* Between the two clocks, besides the loss: what an idle CPU's clock lags behind, and suspend. */
#define APART_MAX_NS CLOCK_REST_MAX_NS

/* Where a CPU's last times lie. A run queue's clock never goes back: it stands still meanwhile. */
static const struct reading {
	const char *key, *words;
	unsigned int shift;
} readings[] = {
	{ "rq_clock_ns", "its run queue's clock is", 0 },
	{ "trace_stamp_ns", "the last event in its trace buffer came at", 0 },
	{ "touched", "its lockup watchdog was fed at", UNIT_SHIFT },
};

struct losses {
	unsigned int cpus, lost, raw_lost;
	const char *words; /* of the reading that tells */
	uint64_t clock_ns;
	json_int_t cpu, stuck_cpu;
	uint64_t stuck; /* as the kernel would print it; 0: none */
};

static bool lost(uint64_t clock_ns, uint64_t monotonic_ns)
{
	uint64_t behind = monotonic_ns - clock_ns; /* in 64 bits, like the kernel */

	return behind - CLOCK_LOST_NS + APART_MAX_NS <= 2 * APART_MAX_NS;
}

/* Fed before the loss, and looked at after it. */
static void look_at_watchdog(const json_t *cpu, uint64_t clock_ns, uint64_t monotonic_ns,
			     struct losses *l)
{
	uint64_t touched;

	/* 0: before the first; ULONG_MAX: to be fed anew */
	if (!subject_u64(cpu, "touched", &touched) || !touched || touched == UINT64_MAX ||
	    touched > monotonic_ns >> UNIT_SHIFT)
		return;
	l->stuck = (uint32_t)((clock_ns >> UNIT_SHIFT) - touched);
	l->stuck_cpu = json_integer_value(json_object_get(cpu, "cpu"));
}

static bool look_at_readings(json_t *cpu, uint64_t monotonic_ns, struct losses *l)
{
	uint64_t clock_ns;

	for (size_t i = 0; i < ARRAY_SIZE(readings); i++) {
		if (!subject_u64(cpu, readings[i].key, &clock_ns) ||
		    !lost(clock_ns << readings[i].shift, monotonic_ns))
			continue;
		l->words = readings[i].words;
		l->clock_ns = clock_ns << readings[i].shift;
		l->cpu = json_integer_value(json_object_get(cpu, "cpu"));
		return true;
	}
	return false;
}

static void look_at_cpu(json_t *cpu, uint64_t monotonic_ns, struct losses *l)
{
	const json_t *data = json_object_get(cpu, "sched_clock_data");
	uint64_t raw_ns;

	if (!json_is_object(cpu))
		return;
	l->cpus++;
	if (subject_u64(data, "raw_ns", &raw_ns) && lost(raw_ns, monotonic_ns)) {
		json_object_set_new(cpu, "raw_lost_ns", json_integer(CLOCK_LOST_NS));
		l->raw_lost++;
	}
	if (!look_at_readings(cpu, monotonic_ns, l))
		return;
	json_object_set_new(cpu, "lost_ns", json_integer(CLOCK_LOST_NS));
	l->lost++;
	look_at_watchdog(cpu, l->clock_ns, monotonic_ns, l);
}

static void say(const struct losses *l, uint64_t monotonic_ns, char *says)
{
	struct saying s = { .buf = says };
	char up[48], span[48];

	clock_span(monotonic_ns, up, sizeof(up));
	if (!l->lost) {
		saying_add(&s,
			   "The raw clock of %u of %u CPUs lost 2^54 ns, the overflow of x86 "
			   "sched_clock(), while timekeeping counts %s; it is marked unstable, so "
			   "the scheduler's clock was clamped and shows nothing of it",
			   l->raw_lost, l->cpus, up);
		return;
	}
	saying_add(&s,
		   "The scheduler's clock of %u of %u CPUs lost 2^54 ns (%s), the overflow of x86 "
		   "sched_clock(): on CPU %" JSON_INTEGER_FORMAT " %s %" PRIu64
		   " ns, where timekeeping counts %" PRIu64 " ns (%s)",
		   l->lost, l->cpus, clock_span(CLOCK_LOST_NS, span, sizeof(span)), l->cpu,
		   l->words, l->clock_ns, monotonic_ns, up);
	if (l->stuck)
		saying_add(&s,
			   "; so the lockup watchdog takes CPU %" JSON_INTEGER_FORMAT
			   " for stuck since %" PRIu64 " s, which is an artefact",
			   l->stuck_cpu, l->stuck);
}

static bool judge_clocks(const struct subject_dump *d, char *says)
{
	struct saying s = { .buf = says };
	struct losses l = { 0 };
	uint64_t monotonic_ns;
	json_t *cpu;
	size_t i;

	if (!subject_u64(d->facts, "monotonic_ns", &monotonic_ns)) {
		saying_add(&s, "the dump does not tell what time it is");
		return false;
	}
	json_array_foreach (json_object_get(d->facts, "cpus"), i, cpu)
		look_at_cpu(cpu, monotonic_ns, &l);
	if (l.lost || l.raw_lost) {
		say(&l, monotonic_ns, says);
		return true;
	}
	saying_add(&s, "the clocks of %u CPUs agree with timekeeping's", l.cpus);
	return false;
}

const struct subject_ops subject_clocks = { "sched-clock-wrap", judge_clocks };
