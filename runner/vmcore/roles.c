/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal tells of each copy's first life, and rations the later ones: a pid there may be of a
 * process long gone and be given to another since. So a pid counts with the name that goes with it,
 * and a name with its control group.
 */
#include "vmcore/roles.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "event.h"
#include "journal.h"

#define COPIES_MAX 65536u
#define COMM_LENGTH 15 /* TASK_COMM_LEN without its NUL */

struct copy {
	char name[64];   /* "alloc-and-write", without its number */
	char group[128]; /* "victims.3" */
	pid_t pid;       /* 0: ended, or never told of */
};

struct roles {
	struct copy *copies;
	unsigned int count;
	pid_t *alive;
	unsigned int n_alive;
	bool inexact;
};

struct roles *roles_free(struct roles *r)
{
	if (r) {
		free(r->copies);
		free(r->alive);
	}
	free(r);
	return NULL;
}

static void drop_roles(struct roles **r)
{
	roles_free(*r);
}

static struct copy *copy_at(struct roles *r, uint64_t index)
{
	unsigned int count = r->count ? r->count : 64;
	struct copy *more;

	if (index >= COPIES_MAX)
		return NULL;
	if (index < r->count)
		return &r->copies[index];
	while (count <= index)
		count *= 2;
	more = reallocarray(r->copies, count, sizeof(*more));
	if (!more)
		return NULL;
	memset(more + r->count, 0, (count - r->count) * sizeof(*more));
	r->copies = more;
	r->count = count;
	return &more[index];
}

static void take(struct roles *r, const json_t *event)
{
	const json_t *copy = json_object_get(event, "copy");
	const char *what = event_text(event, "event");
	struct copy *c;

	if (!strcmp(what, "note") && strstr(event_text(event, "text"), "were left out"))
		r->inexact = true;
	if (!strcmp(what, "note") && event_number(event, "lost"))
		r->inexact = true;
	if ((strcmp(what, "spawn") && strcmp(what, "exit")) || !json_is_integer(copy) ||
	    json_integer_value(copy) < 0)
		return;
	c = copy_at(r, (uint64_t)json_integer_value(copy));
	if (!c)
		return;
	c->pid = 0;
	if (strcmp(what, "spawn") || event_number(event, "pid") > INT32_MAX)
		return;
	c->pid = (pid_t)event_number(event, "pid");
	event_copy(event, "name", c->name, sizeof(c->name));
	c->name[strcspn(c->name, "#")] = '\0';
	event_copy(event, "group", c->group, sizeof(c->group));
}

static int gather_alive(struct roles *r)
{
	r->alive = calloc(r->count + 1, sizeof(*r->alive));
	if (!r->alive)
		return -ENOMEM;
	for (unsigned int i = 0; i < r->count; i++)
		if (r->copies[i].pid > 0)
			r->alive[r->n_alive++] = r->copies[i].pid;
	return 0;
}

static void read_journal(struct roles *r, FILE *journal)
{
	_cleanup_free_ char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, journal)) > 0) {
		json_t *event = n <= JOURNAL_LINE_MAX ? json_loadb(line, (size_t)n, 0, NULL) : NULL;

		take(r, event);
		json_decref(event);
	}
}

int roles_load(const char *run_dir, struct roles **ret, struct diag *d)
{
	_cleanup_(drop_roles) struct roles *r = calloc(1, sizeof(*r));
	_cleanup_fclose_ FILE *journal = NULL;
	char path[4096];

	if (!r)
		return diag_set(d, -ENOMEM, "no memory for the run's tasks");
	if (path_format(path, sizeof(path), "%s/" JOURNAL_FILE, run_dir) < 0)
		return diag_set(d, -ENAMETOOLONG, "the name of the run directory is too long");
	journal = fopen(path, "re");
	if (!journal)
		return diag_set(d, -errno, "%s cannot be read: %s", path, strerror(errno));
	read_journal(r, journal);
	if (gather_alive(r) < 0)
		return diag_set(d, -ENOMEM, "no memory for the run's tasks");
	*ret = take_ptr(r);
	return 0;
}

static bool named_like(const struct copy *c, const char *comm)
{
	return comm && c->name[0] && !strncmp(c->name, comm, COMM_LENGTH);
}

static bool is_of(const struct roles *r, const struct copy *c, const struct roles_task *t)
{
	if (c->pid <= 0)
		return false;
	if (c->pid != t->pid && c->pid != t->tgid && c->pid != t->ppid)
		return false;
	return !r->inexact || named_like(c, t->comm);
}

/* ".../hangar/ID/victims.3" -> "victims.3" */
static const char *group_of(const char *cgroup)
{
	const char *ours = cgroup ? strstr(cgroup, "/hangar/") : NULL;
	const char *group = ours ? strchr(ours + strlen("/hangar/"), '/') : NULL;

	return group ? group + 1 : NULL;
}

bool roles_name(const struct roles *r, const struct roles_task *t, char *buf, size_t size)
{
	const char *group = group_of(t->cgroup);

	for (unsigned int i = 0; r && i < r->count; i++)
		if (is_of(r, &r->copies[i], t)) {
			snprintf(buf, size, "%s in %s", r->copies[i].name,
				 r->copies[i].group[0] ? r->copies[i].group : "no group");
			return true;
		}
	for (unsigned int i = 0; r && group && i < r->count; i++)
		if (named_like(&r->copies[i], t->comm)) {
			snprintf(buf, size, "%s in %s", r->copies[i].name, group);
			return true;
		}
	return false;
}

unsigned int roles_alive(const struct roles *r)
{
	return r ? r->n_alive : 0;
}

pid_t roles_alive_pid(const struct roles *r, unsigned int i)
{
	return r->alive[i];
}

bool roles_exact(const struct roles *r)
{
	return r && !r->inexact;
}
