/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program says, taken as it comes: whoever does not read blocks it. */
#include "program/running.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define STEP 65536u

/* What a program says last is what it died of. */
static void keep_errors(struct running *r)
{
	size_t room = sizeof(r->errors) - 1;
	char more[1024];
	ssize_t n = read(r->err, more, sizeof(more));

	if (n <= 0) {
		r->err = close_fd(r->err);
		return;
	}
	if (r->errors_size + (size_t)n > room) {
		size_t drop = r->errors_size + (size_t)n - room;

		memmove(r->errors, r->errors + drop, r->errors_size - drop);
		r->errors_size -= drop;
	}
	memcpy(r->errors + r->errors_size, more, (size_t)n);
	r->errors_size += (size_t)n;
}

static int make_room(struct program_end *end, size_t *room)
{
	size_t more = *room ? *room * 2 : 2 * STEP;
	char *bigger;

	if (*room - end->output_size >= STEP)
		return 0;
	bigger = realloc(end->output, more);
	if (!bigger)
		return -ENOMEM;
	end->output = bigger;
	*room = more;
	return 0;
}

static int keep_output(const struct program *p, struct running *r, struct program_end *end,
		       size_t *room)
{
	ssize_t n;

	if (make_room(end, room) < 0)
		return -ENOMEM;
	n = read(r->out, end->output + end->output_size, *room - end->output_size - 1);
	if (n <= 0)
		r->out = close_fd(r->out);
	else
		end->output_size += (size_t)n;
	if (end->output_size > p->output_max && p->begin_only)
		end->output_size = p->output_max;
	end->output[end->output_size] = '\0';
	return end->output_size > p->output_max ? -EFBIG : 0;
}

/* Nothing comes by it but the number of what exec failed of. */
static void hear_life(struct running *r)
{
	int why = 0;

	if (read(r->life, &why, sizeof(why)) == sizeof(why))
		r->exec_errno = why;
	else
		r->life = close_fd(r->life);
}

/* Its files are closed a moment before it is gone; a program that closed them itself may live on.
 */
static int reap(struct running *r, uint64_t until, int *ret_status)
{
	for (;;) {
		pid_t pid = waitpid(r->pid, ret_status, WNOHANG);

		if (pid == r->pid)
			break;
		if (pid < 0 && errno != EINTR)
			return -errno;
		if (now_us() >= until)
			return -ETIMEDOUT;
		poll(NULL, 0, 1);
	}
	r->pid = -1;
	return 0;
}

int running_attend(struct running *r, const struct program *p, struct program_end *end)
{
	uint64_t until = p->timeout_us ? now_us() + p->timeout_us : UINT64_MAX;
	size_t room = 0;
	int err;

	while (r->life >= 0 || r->out >= 0 || r->err >= 0) {
		struct pollfd fds[] = { { r->out, POLLIN },
					{ r->err, POLLIN },
					{ r->life, POLLIN } };
		uint64_t now = now_us();

		if (now >= until)
			return -ETIMEDOUT;
		if (poll(fds, 3, (int)((until - now) / 1000 % 3600000 + 1)) < 0) {
			if (errno != EINTR)
				return -errno;
			continue;
		}
		err = fds[0].revents ? keep_output(p, r, end, &room) : 0;
		if (err < 0)
			return err;
		if (fds[1].revents)
			keep_errors(r);
		if (fds[2].revents)
			hear_life(r);
	}
	return reap(r, until, &end->status);
}

void running_clear(struct running *r)
{
	int saved = errno;

	if (r->pid > 0) {
		kill(-r->pid, SIGKILL);
		while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close_fd(r->out);
	close_fd(r->err);
	close_fd(r->life);
	errno = saved;
}
