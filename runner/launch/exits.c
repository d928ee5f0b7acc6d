/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading an exit. A stressor's contract: 0 done, 77 cannot run here, anything else failed. The OOM
 * killer leaves SIGKILL as its only mark, which anybody can send, so the group's own count of OOM
 * kills is asked. fio is a parent of its jobs: when the OOM killer takes one, fio itself ends with
 * 1; stopped by a signal it ends with 128.
 */
#include "launch/exits.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/cleanup.h"

#define EXIT_CODE_SKIP 77

static const char *const names[] = {
	[EXIT_DONE] = "done",       [EXIT_SKIPPED] = "skipped",
	[EXIT_STOPPED] = "stopped", [EXIT_OOM_KILLED] = "oom-killed",
	[EXIT_FAILED] = "failed",   [EXIT_STARVED] = "starved",
};

const char *exit_kind_name(enum exit_kind kind)
{
	return (unsigned int)kind < ARRAY_SIZE(names) ? names[kind] : "?";
}

static enum exit_kind of_code(const struct exit_facts *f, int code)
{
	if (code == 0)
		return f->stopping ? EXIT_STOPPED : EXIT_DONE;
	if (f->is_fio) {
		if (f->oom_counted || f->oom_told)
			return EXIT_OOM_KILLED;
		return f->stopping ? EXIT_STOPPED : EXIT_FAILED;
	}
	/* A stressor that fails in its last step has failed, asked to end or not. */
	return code == EXIT_CODE_SKIP ? EXIT_SKIPPED : EXIT_FAILED;
}

/*
 * A program that is started in a group at its limit: execve() fails, or, once the old program is
 * gone, the kernel can only end the new one (SIGSEGV); a fault on its first pages for which there
 * is no memory is SIGBUS. It never was itself, and the storm wants such groups.
 */
static bool is_starved(const struct exit_facts *f)
{
	if (!f->unborn || !f->limited || f->stopping)
		return false;
	if (WIFEXITED(f->status))
		return f->no_memory;
	return WTERMSIG(f->status) == SIGSEGV || WTERMSIG(f->status) == SIGBUS;
}

enum exit_kind exit_classify(const struct exit_facts *f)
{
	if (is_starved(f))
		return EXIT_STARVED;
	if (WIFEXITED(f->status))
		return of_code(f, WEXITSTATUS(f->status));
	if (WTERMSIG(f->status) == SIGKILL && (f->oom_counted || f->oom_told))
		return EXIT_OOM_KILLED;
	if (f->stopping)
		return EXIT_STOPPED;
	/* A kernel too old to count, and a SIGKILL that we did not send, in a group that has a
	 * limit. */
	if (WTERMSIG(f->status) == SIGKILL && f->oom_unknown)
		return EXIT_OOM_KILLED;
	return EXIT_FAILED;
}
