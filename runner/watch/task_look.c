/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A task that was not put on a CPU since the last look cannot have changed its state: then the
 * count alone is read.
 */
#include "watch/task_look.h"

#include <unistd.h>

#include "watch/task_decide.h"
#include "watch/task_read.h"

/* These files come whole with one pread(): a second one, to see that there is no more, would double
 * the cost of a look. */
static ssize_t read_once(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	buf[n > 0 ? n : 0] = 0;
	return n;
}

bool task_look(const struct task_scan *s, const struct task *t, char *ret_state,
	       uint64_t *ret_switches)
{
	char text[2048];
	struct task_stat stat;
	ssize_t n = read_once(t->sched_fd, text, sizeof(text));

	if (n <= 0)
		return false;
	if ((s->no_schedstat ? task_status_parse(text, ret_switches)
			     : task_schedstat_parse(text, ret_switches)) < 0)
		return false;
	*ret_state = t->state;
	if (!task_needs_stat(t, *ret_switches))
		return true;
	if (read_once(t->stat_fd, text, sizeof(text)) <= 0 || task_stat_parse(text, &stat) < 0)
		return false;
	*ret_state = stat.state;
	return true;
}
