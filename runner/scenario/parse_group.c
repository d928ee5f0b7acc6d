/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups: an object of them by name, nested through "groups". A limit that no host could set is
 * refused here; what this host lacks is the plan's business.
 */
#include <string.h>

#include "base/cleanup.h"
#include "scenario/reader.h"
#include "scenario/scenario.h"

/* Four levels of names with their counts fit in plan_group.path. */
#define GROUP_LEVELS 4
#define GROUPS_MAX 100

static unsigned int level_of(const struct place *p)
{
	unsigned int level = 0;

	for (; p; p = p->up)
		level += p->object == &group_object;
	return level;
}

static int read_one(struct reader *r, json_t *value, const char *name, struct group_spec *g)
{
	const struct key name_row = { .name = "name", .type = KEY_NAME };
	json_t *name_value;
	int err;

	err = object_defaults(&group_object, g);
	if (err < 0)
		return reader_refuse_memory(r);
	g->knobs[KNOB_CPUSET] = UNSET;
	if (!strcmp(name, "outside"))
		return reader_refuse(r, "is no name for a group: it means outside of all groups");
	name_value = json_string(name);
	if (!name_value)
		return reader_refuse_memory(r);
	err = read_text(r, &name_row, name_value, &g->name);
	json_decref(name_value);
	return err < 0 ? err : object_read(r, &group_object, value, g);
}

int read_groups(struct reader *r, const struct key *k, json_t *value, void *base)
{
	struct group_spec **to = (void *)((char *)base + k->offset);
	unsigned int *n = (void *)((char *)base + k->other), i = 0;
	struct place here;
	const char *name;
	json_t *member;
	int err;

	if (!json_is_object(value))
		return reader_refuse(r, "must be an object of groups by name, not %s",
				     json_kind(value));
	if (json_object_size(value) > GROUPS_MAX)
		return reader_refuse(r, "has %zu groups; at most %d are allowed (use \"count\")",
				     json_object_size(value), GROUPS_MAX);
	if (json_object_size(value) && level_of(r->place) >= GROUP_LEVELS)
		return reader_refuse(r, "is nested too deep: at most %d levels of groups",
				     GROUP_LEVELS);
	*to = calloc(json_object_size(value) + 1, sizeof(**to));
	if (!*to)
		return reader_refuse_memory(r);
	*n = (unsigned int)json_object_size(value);
	json_object_foreach (value, name, member) {
		place_key(r, &here, name, &group_object, member);
		err = read_one(r, member, name, &(*to)[i++]);
		place_up(r);
		if (err < 0)
			return err;
	}
	return 0;
}

/* "0-1,4": numbers and ranges, in order within a range, below the kernel's largest NR_CPUS. */
static bool is_cpu_list(const char *text)
{
	do {
		unsigned long low, high;
		char *end;

		if (!strchr("0123456789", *text) || !*text)
			return false;
		low = high = strtoul(text, &end, 10);
		if (*end == '-') {
			if (!end[1] || !strchr("0123456789", end[1]))
				return false;
			high = strtoul(end + 1, &end, 10);
		}
		if (high < low || high >= 8192)
			return false;
		text = end;
	} while (*text++ == ',');
	return !text[-1];
}

int read_cpuset(struct reader *r, const struct key *k, json_t *value, void *base)
{
	const char *text = json_string_value(value);
	struct group_spec *g = base;
	char word[64];

	if (!text)
		return reader_refuse(r, "must be text like \"0-1,4\", not %s", json_kind(value));
	if (strlen(text) > 200 || !is_cpu_list(text))
		return reader_refuse(r, "is %s, no list of CPUs; write \"0-1,4\"",
				     quoted(text, word, sizeof(word)));
	g->knobs[KNOB_CPUSET] = 1;
	return store_text(r, text, &g->cpuset);
}

int check_io(struct reader *r, json_t *value, void *base)
{
	const struct group_spec *g = base;

	if (strcmp(g->io_device, "scratch") && g->io_device[0] != '/')
		return reader_refuse_key(r, "device",
					 "\"device\" must be \"scratch\" or an absolute path");
	if (!json_object_get(value, "read-bps") && !json_object_get(value, "write-bps") &&
	    !json_object_get(value, "read-iops") && !json_object_get(value, "write-iops"))
		return reader_refuse(r, "limits nothing; allowed: \"read-bps\", \"write-bps\", "
					"\"read-iops\" or \"write-iops\"");
	return 0;
}

int check_group(struct reader *r, json_t *value, void *base)
{
	const struct group_spec *g = base;

	if (g->knobs[KNOB_SWAP] != UNSET && g->knobs[KNOB_MEMORY] == UNSET)
		return reader_refuse_key(r, "swap",
					 "\"swap\" needs \"memory\" beside it: cgroup v1 limits "
					 "only the sum of both");
	return 0;
}
