/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seeing from user space that the kernel has a page of ours in hand. */
#ifndef HANGAR_ISOLATION_H
#define HANGAR_ISOLATION_H

#include "stressor.h"

/**
 * isolation_wait - wait until the page at @at is off its LRU list: somebody reclaims or moves it
 * Polls, since what is waited for lasts some hundred microseconds. Returns 0 when it is so, when
 * @patience_us are over, the page is no longer there, or at the stop flag; -EOPNOTSUPP without
 * /proc/kpageflags (CONFIG_PROC_PAGE_MONITOR, root).
 */
int isolation_wait(const struct stressor_run *run, const void *at, uint64_t patience_us);

#endif
