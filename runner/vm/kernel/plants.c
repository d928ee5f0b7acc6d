/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel passes over a plant that it does not know, and the run would then survive: that is told
 * before the boot. A stock kernel has an empty list, and all others have none.
 */
#include "vm/kernel/plants.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"

struct plant_names {
	char names[32][64];
	unsigned int count;
	char all[1024]; /* joined, for a message */
};

static int load(const struct kernel *k, struct plant_names *ret, struct diag *d)
{
	_cleanup_fclose_ FILE *f = NULL;
	const char *slash = strrchr(k->vmlinuz, '/');
	char path[4096 + 16], line[512], name[64];
	size_t used = 0;

	*ret = (struct plant_names){ 0 };
	snprintf(path, sizeof(path), "%.*s/plants", slash ? (int)(slash - k->vmlinuz) : 0,
		 k->vmlinuz);
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? 0 : diag_set(d, -errno, "%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f) && ret->count < ARRAY_SIZE(ret->names)) {
		if (sscanf(line, "%63s", name) != 1)
			continue;
		snprintf(ret->names[ret->count++], sizeof(name), "%s", name);
		snprintf(ret->all + used, sizeof(ret->all) - used, "%s%s", used ? ", " : "", name);
		used = strlen(ret->all);
	}
	return 0;
}

static bool has(const struct plant_names *p, const char *name, size_t length)
{
	for (unsigned int i = 0; i < p->count; i++)
		if (strlen(p->names[i]) == length && strncmp(p->names[i], name, length) == 0)
			return true;
	return false;
}

int kernel_plants(const struct kernel *k, const char *list, struct diag *d)
{
	struct plant_names there;
	int r = load(k, &there, d);

	if (r < 0)
		return r;
	if (there.count == 0)
		return PLANTS_NO_KERNEL;
	for (const char *word = list; *word; word += strcspn(word, ","), word += *word == ',') {
		size_t length = strcspn(word, ":,");

		if (length && !has(&there, word, length))
			return diag_set(d, -ENOENT, "%s has no plant \"%.*s\"; it has %s",
					k->release, (int)length, word, there.all);
	}
	return PLANTS_THERE;
}
