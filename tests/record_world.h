/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of records: a run directory with a journal written by hand. */
#ifndef TESTS_RECORD_WORLD_H
#define TESTS_RECORD_WORLD_H

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/textfile.h"
#include "journal.h"
#include "record.h"
#include "rundir.h"
#include "tmpdir.h"

static const char manifest[] = "{\"layout\":1,\"id\":\"ID\",\"scenario\":{\"name\":\"x\"}}";

static inline int in_folder(void **state)
{
	return tmpdir_make(state) || chdir(*state);
}

static inline int out_of_folder(void **state)
{
	return chdir("/") || tmpdir_remove(state);
}

static inline void put(const char *name, const char *text, size_t size)
{
	assert_int_equal(textfile_replace_at(AT_FDCWD, name, text, size), 0);
}

static inline struct record load_journal(const char *text, size_t size)
{
	struct diag d = { 0 };
	struct record r;

	put(RUNDIR_MANIFEST, manifest, strlen(manifest));
	put(JOURNAL_FILE, text, size);
	if (record_load(".", &r, &d))
		fail_msg("%s: %s", d.file, d.message);
	return r;
}

static inline struct record load_text(const char *text)
{
	return load_journal(text, strlen(text));
}

#define BEGIN "{\"seq\":1,\"t\":0.1,\"event\":\"run-begin\",\"epoch_us\":1000000}\n"
#define FINDING(members) "{\"t\":1.5,\"event\":\"finding\"," members "}\n"
#define VERDICT                                                                                    \
	"{\"t\":9.5,\"event\":\"verdict\",\"verdict\":\"SURVIVED\",\"reason\":\"the time is "      \
	"up\"}\n"

#endif
