/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discovery. libcgroup says where a controller is mounted; two things it cannot say are read from
 * mountinfo: the path of a v2 tree without any controller (systemd's hybrid mode), where
 * CLONE_INTO_CGROUP and cgroup.kill still work, and the part of the tree that a container sees as
 * its root, which /proc/PID/cgroup spells in front of each path.
 */
#include "cgroup/hierarchy.h"

#include <errno.h>
#include <fcntl.h>
#include <libcgroup.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"

#define OPTIONS_MAX 256

/* Is @word in the list @text, parted by @sep or blanks and line ends? */
static bool lists(const char *text, const char *word, const char *sep)
{
	size_t want = strlen(word);

	while (*text) {
		size_t n = strcspn(text, sep);

		if (n == want && !strncmp(text, word, n))
			return true;
		text += n + (text[n] != '\0');
	}
	return false;
}

static unsigned int controllers_in(const char *text, const char *sep, unsigned int version)
{
	unsigned int bits = 0;

	for (int c = 0; c < CONTROLLER_COUNT; c++)
		if (lists(text, controller_name((enum controller)c, version), sep))
			bits |= 1u << c;
	return bits;
}

static unsigned int v2_controllers(const char *mount)
{
	char path[PATH_MAX], text[512];

	snprintf(path, sizeof(path), "%s/cgroup.controllers", mount);
	if (textfile_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
		return 0;
	return controllers_in(text, " \n", 2);
}

static void keep(struct hierarchies *h, const struct hierarchy *found)
{
	struct hierarchy *at = &h->list[h->n];

	for (unsigned int i = 0; i < h->n; i++)
		if (h->list[i].version == found->version &&
		    (found->version == 2 || (h->list[i].controllers & found->controllers)))
			return; /* mounted twice: the first will do */
	if (h->n == HIERARCHIES_MAX)
		return;
	if (found->version == 2) {
		memmove(h->list + 1, h->list, h->n * sizeof(h->list[0]));
		at = h->list;
	}
	*at = *found;
	h->n++;
}

/* "36 31 0:33 /base /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory": field 4, 5, and after " -
 * " type and options. */
static void take_mount(struct hierarchies *h, const char *root, const char *line)
{
	struct hierarchy found = { 0 };
	char base[256], mount[256], type[32], options[OPTIONS_MAX];
	const char *dash = strstr(line, " - ");

	if (!dash || sscanf(line, "%*s %*s %*s %255s %255s", base, mount) != 2 ||
	    sscanf(dash + 3, "%31s %*s %255s", type, options) != 2)
		return;
	if (!strcmp(type, "cgroup2"))
		found.version = 2;
	else if (!strcmp(type, "cgroup"))
		found.version = 1;
	else
		return;
	if (snprintf(found.mount, sizeof(found.mount), "%s%s", root, mount) >=
	    (int)sizeof(found.mount))
		return;
	/* In a cgroup namespace the root reads "/", or "/.." parts when mounted outside of it. */
	if (strcmp(base, "/") && strncmp(base, "/..", 3))
		snprintf(found.base, sizeof(found.base), "%s", base);
	found.controllers =
		found.version == 2 ? v2_controllers(found.mount) : controllers_in(options, ",", 1);
	if (found.version == 2 || found.controllers)
		keep(h, &found);
}

/* Mark what libcgroup finds at the same place: those it can work on. */
static void ask_libcgroup(struct hierarchies *h)
{
	if (cgroup_init())
		return;
	for (unsigned int i = 0; i < h->n; i++) {
		struct hierarchy *at = &h->list[i];
		bool all = at->controllers != 0;

		for (int c = 0; c < CONTROLLER_COUNT; c++) {
			_cleanup_free_ char *mount = NULL;
			const char *name = controller_name((enum controller)c, at->version);

			if (at->controllers & (1u << c))
				all &= !cgroup_get_subsys_mount_point(name, &mount) &&
				       !strcmp(mount, at->mount);
		}
		at->lib = all;
	}
}

int hierarchies_find(const char *root, struct hierarchies *ret)
{
	struct hierarchies h = { .n = 0 };
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	char path[PATH_MAX];
	size_t size = 0;

	snprintf(path, sizeof(path), "%s/proc/self/mountinfo", root);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (getline(&line, &size, f) > 0)
		take_mount(&h, root, line);
	if (!*root)
		ask_libcgroup(&h);
	*ret = h;
	return 0;
}

const struct hierarchy *hierarchies_with(const struct hierarchies *h, enum controller controller)
{
	for (unsigned int i = 0; i < h->n; i++)
		if (h->list[i].controllers & (1u << controller))
			return &h->list[i];
	return NULL;
}
