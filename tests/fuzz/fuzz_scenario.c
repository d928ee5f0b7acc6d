/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a scenario file: refused with a message and a place inside the text, or read, laid
 * out on a host that has everything and on one that has nothing, and said in words. Good seeds:
 * scenarios/ and tests/data/scenario. The dictionary fuzz_scenario.dict holds the words.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/explain.h"
#include "scenario/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct catalogue *catalogue;

/* One stressor with a parameter of each kind that plan_make() looks at. */
static void make_catalogue(void)
{
	static struct stressor_info alloc;
	static struct catalogue one = { .list = &alloc, .count = 1 };
	static char name[] = "alloc", program[] = "/s/alloc", dir[] = "/s";

	alloc.name = name;
	alloc.program = program;
	alloc.describe = json_loads(
		"{\"name\":\"alloc\",\"params\":["
		"{\"name\":\"bytes\",\"kind\":\"bytes\",\"min\":1,\"max\":1099511627776},"
		"{\"name\":\"mix\",\"kind\":\"mix\",\"choices\":[\"read\",\"write\"]},"
		"{\"name\":\"dir\",\"kind\":\"path\"}]}",
		0, NULL);
	one.dir = dir;
	catalogue = &one;
}

static void lay(const struct scenario *s, const struct host *h)
{
	struct diag d = { 0 };
	struct plan *p = NULL;
	FILE *to;

	if (plan_make(s, h, catalogue, 1, "/scratch", "/run", &p, &d)) {
		if (!d.message[0])
			abort();
		return;
	}
	to = fopen("/dev/null", "we");
	explain_text(p, h, to);
	fclose(to);
	json_decref(explain_json(p, h));
	plan_free(p);
}

static void read_as(const uint8_t *data, size_t size, const struct catalogue *c)
{
	const struct host nothing = { .pid_max = 300, .root = "/nothing" };
	const struct host all = {
		.pid_max = 5000,
		.root = "/nothing",
		.root_user = true,
		.cgroup = CGROUP_V1,
		.memory = 1,
		.cpu = 1,
		.cpuset = 1,
		.io = 1,
		.pids = 1,
		.swap_accounting = true,
	};
	struct scenario *s = NULL;
	struct diag d = { 0 };

	if (scenario_parse((const char *)data, size, NULL, c, &s, &d)) {
		if (!d.message[0] || s || d.column > size + 1)
			abort();
		return;
	}
	if (c) {
		lay(s, &all);
		lay(s, &nothing);
	}
	scenario_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!catalogue)
		make_catalogue();
	read_as(data, size, NULL);
	read_as(data, size, catalogue);
	return 0;
}
