/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The oldest step in flight is a minimum over all threads, so it is looked for once a millisecond
 * and not once a batch: whoever follows it thinks in seconds. A thread that hangs keeps its time of
 * beginning, and so it becomes the minimum as soon as any other thread looks; when all hang, the
 * last one has looked at most a millisecond before.
 */
#include "tally.h"

#define BATCH_US 16u
/* A batch is cut short only between steps, so its length also bounds how late a stop is seen. */
#define BATCH_MAX 4096u
#define OLDEST_US 1000u

static void publish_oldest(const struct tally *t)
{
	uint64_t oldest = TALLY_NOT_BEGUN;

	for (unsigned int i = 0; i < t->count; i++) {
		uint64_t began = __atomic_load_n(&t->runs[i]->began_us, __ATOMIC_RELAXED);

		if (began < oldest)
			oldest = began;
	}
	__atomic_store_n(&t->slot->step_began_us, oldest == TALLY_NOT_BEGUN ? 0 : oldest,
			 __ATOMIC_RELAXED);
}

void tally_begin(const struct tally *t, struct stressor_run *run, uint64_t now)
{
	uint64_t shown = __atomic_load_n(&t->slot->step_began_us, __ATOMIC_RELAXED);

	__atomic_store_n(&run->began_us, now, __ATOMIC_RELAXED);
	if (!shown || shown + OLDEST_US <= now)
		publish_oldest(t);
}

void tally_idle(const struct tally *t, struct stressor_run *run)
{
	__atomic_store_n(&run->began_us, TALLY_NOT_BEGUN, __ATOMIC_RELAXED);
	publish_oldest(t);
}

static void settle_counter(uint64_t *mine, uint64_t *shared)
{
	if (!*mine)
		return;
	__atomic_fetch_add(shared, *mine, __ATOMIC_RELAXED);
	*mine = 0;
}

static void note_slowest(struct slot *slot, uint64_t took_us)
{
	uint64_t slowest = __atomic_load_n(&slot->slowest_us, __ATOMIC_RELAXED);

	while (took_us > slowest &&
	       !__atomic_compare_exchange_n(&slot->slowest_us, &slowest, took_us, true,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

void tally_settle(struct stressor_run *run, uint64_t steps, uint64_t took_us)
{
	struct slot *slot = run->slot;

	for (int i = 0; i < STRESSOR_AUX_MAX; i++)
		settle_counter(&run->aux[i], &slot->aux[i]);
	settle_counter(&run->bytes, &slot->bytes);
	settle_counter(&run->pressure, &slot->pressure);
	if (steps)
		note_slowest(slot, took_us);
	__atomic_fetch_add(&slot->steps, steps, __ATOMIC_RELAXED);
}

uint64_t tally_next_batch(uint64_t batch, uint64_t took_us)
{
	if (took_us > 64 * BATCH_US)
		return 1;
	if (took_us > 2 * BATCH_US)
		return batch > 1 ? batch / 2 : 1;
	return took_us < BATCH_US / 2 && batch < BATCH_MAX ? batch * 2 : batch;
}
