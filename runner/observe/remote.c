/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The common part of all remotes, and those that need no file of their own: 'none' and a program of
 * the user's. */
#include "observe/remote.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

int remote_check(const struct remote *r, uint64_t limit_us, struct diag *why)
{
	const char *words[ERRAND_WORDS_MAX] = { NULL };
	char text[512], said[480];
	struct errand e;
	int err = r->ops->look(r, why);

	if (err < 0)
		return err;
	r->ops->check(r, words);
	if (!words[0])
		return 0;
	errand_words(words, text, sizeof(text));
	err = errand_start(&e, words, now_us(), limit_us);
	if (err < 0)
		return diag_set(why, err, "%s: %s", text, strerror(-err));
	errand_wait(&e);
	if (errand_went_well(&e))
		return 0;
	return diag_set(why, -EIO, "%s: %s", text, errand_tell(&e, said, sizeof(said)));
}

static int look_nowhere(const struct remote *r, struct diag *why)
{
	return 0;
}

static void ask_nothing(const struct remote *r, const char *words[ERRAND_WORDS_MAX])
{
	words[0] = NULL;
}

static void do_nothing(const struct remote *r, const struct shot *s,
		       const char *words[ERRAND_WORDS_MAX])
{
	words[0] = NULL;
}

static int look_for_program(const struct remote *r, struct diag *why)
{
	if (access(r->program, X_OK) == 0)
		return 0;
	return diag_set(why, -errno, "--exec %s: %s; name an executable file", r->program,
			strerror(errno));
}

static void run_program(const struct remote *r, const struct shot *s,
			const char *words[ERRAND_WORDS_MAX])
{
	words[0] = r->program;
	words[1] = s->run;
	words[2] = finding_kind_name(s->cause->kind);
	words[3] = s->from;
	words[4] = NULL;
}

const struct remote_ops remote_none = { "none", look_nowhere, ask_nothing, do_nothing };
const struct remote_ops remote_exec = { "exec", look_for_program, ask_nothing, run_program };
