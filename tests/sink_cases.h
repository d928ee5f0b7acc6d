/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of sinks: the run directories in tests/data. */
#ifndef TESTS_SINK_CASES_H
#define TESTS_SINK_CASES_H

#include <stdio.h>
#include <stdlib.h>

#include "record.h"

static inline const char *data_path(char buf[512], const char *name)
{
	snprintf(buf, 512, "%s/rundir/%s", getenv("HANGAR_TEST_DATA"), name);
	return buf;
}

static inline struct record load(const char *name)
{
	char path[512];
	struct diag d = { 0 };
	struct record r;

	if (record_load(data_path(path, name), &r, &d))
		fail_msg("%s: %s", d.file, d.message);
	return r;
}

#endif
