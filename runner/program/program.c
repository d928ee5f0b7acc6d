/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start, attend, explain. */
#include "program/program.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "program/running.h"

/* The last line that says something, as one line of plain text. */
static void last_line(const char *text, size_t length, char *buf, size_t size)
{
	const char *line;

	while (length && strchr("\n \t\r", text[length - 1]))
		length--;
	line = length ? memrchr(text, '\n', length) : NULL;
	line = line ? line + 1 : text;
	snprintf(buf, size, "%.*s", (int)(text + length - line), line);
	for (char *p = buf; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}

static int explain(const struct program *p, int err, const struct program_end *end, struct diag *d)
{
	const char *name = p->argv[0], *said = end->errors[0] ? end->errors : "no word of why";

	if (err == -ETIMEDOUT)
		return diag_set(d, err, "%s did not come to an end in %" PRIu64 " s", name,
				p->timeout_us / 1000000);
	if (err == -EFBIG)
		return diag_set(d, err, "%s said more than %zu bytes", name, p->output_max);
	if (err == -ENOENT)
		return diag_set(d, err, "there is no %s on this machine", name);
	if (err < 0)
		return diag_set(d, err, "%s cannot be run: %s", name, strerror(-err));
	if (WIFSIGNALED(end->status))
		return diag_set(d, -ECHILD, "%s died of signal %d (%s)", name,
				WTERMSIG(end->status), said);
	if (WEXITSTATUS(end->status))
		return diag_set(d, -ECHILD, "%s ended with %d: %s", name, WEXITSTATUS(end->status),
				said);
	return 0;
}

int program_run(const struct program *p, struct program_end *ret, struct diag *d)
{
	_cleanup_(running_clear) struct running r;
	int err = running_start(&r, p);

	memset(ret, 0, sizeof(*ret));
	if (!err)
		err = running_attend(&r, p, ret);
	if (!err && WIFEXITED(ret->status) && WEXITSTATUS(ret->status) == 127)
		err = -r.exec_errno;
	last_line(r.errors, r.errors_size, ret->errors, sizeof(ret->errors));
	/* crash complains on standard output */
	if (!ret->errors[0] && ret->output)
		last_line(ret->output, ret->output_size, ret->errors, sizeof(ret->errors));
	err = explain(p, err, ret, d);
	if (!ret->output && (!err || err == -ECHILD)) {
		ret->output = calloc(1, 1);
		if (!ret->output)
			err = diag_set(d, -ENOMEM, "not enough memory for %s", p->argv[0]);
	}
	if (err && err != -ECHILD) {
		free(ret->output);
		ret->output = NULL;
	}
	return err;
}

void program_end_clear(struct program_end *e)
{
	free(e->output);
	memset(e, 0, sizeof(*e));
}
