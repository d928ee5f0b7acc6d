/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The watchers that there are. To add one: its .c with an ops at the end, its name in watch.h and
 * meson.build, a line here. The order is the order of ticks: who notices first is told first.
 */
#include "watch/watch.h"

const struct watch_ops *const watch_families[] = {
	&watch_pace,     &watch_kmsg,     &watch_tasks, &watch_progress, &watch_oom,
	&watch_pressure, &watch_exits,    &watch_taint, &watch_clock,    &watch_leak,
	&watch_samples,  &watch_deadlock, NULL,
};
