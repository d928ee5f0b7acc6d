/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who reclaims takes up to 32 pages off the LRU list at once, or one huge page that ends such a
 * batch, and looks at them one by one, oldest first; between two of them it may lose its CPU. A
 * huge page alone is back on the list after some microseconds. With small pages in the batch before
 * it, which are asked for their use, and on the second visit written to swap, it stays in hand up
 * to milliseconds. Its owner has that time to give it up, by the quickest way there is: from one
 * page that is still mapped, the pages alone and not the area.
 */
#include "elude.h"

#include <errno.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "isolation.h"
#include "touch.h"

static size_t small_bytes(const struct elude *e)
{
	return e->companions * touch_page_bytes();
}

int elude_init(struct elude *e)
{
	void *at;

	if (!e->companions)
		return 0;
	at = mmap(NULL, small_bytes(e), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return -errno;
	e->small = at;
	madvise(at, small_bytes(e), MADV_NOHUGEPAGE); /* EINVAL: a kernel without huge pages */
	return 0;
}

void elude_clear(struct elude *e)
{
	if (e->small)
		munmap(take_ptr(e->small), small_bytes(e));
}

static int fault_companions(const struct elude *e, struct stressor_run *run)
{
	const struct touch each_page = { 0 };

	if (!e->small)
		return 0;
	if (madvise(e->small, small_bytes(e), MADV_DONTNEED) < 0)
		return -errno;
	touch_pages(run, &each_page, e->small, small_bytes(e));
	return 0;
}

int elude_once(const struct elude *e, struct huge *h, struct stressor_run *run, uint32_t i)
{
	int err = fault_companions(e, run);

	if (!err)
		err = huge_fault(h, run, i);
	if (!err)
		err = huge_dontneed(h, run, i);
	if (err || h->states[i] == HUGE_LOST)
		return err;
	if (e->nap_us)
		stressor_pause(run, stressor_below(run, e->nap_us + 1));
	if (e->patience_us)
		err = isolation_wait(run, huge_at(h, i), e->patience_us);
	if (!err && madvise(huge_at(h, i), h->page_bytes, MADV_DONTNEED) < 0)
		err = -errno;
	return err;
}
