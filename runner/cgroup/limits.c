/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Setting a group's knobs: spell, write, read back. The one place that knows that a limit may fail,
 * why, and what to tell the user; the knowledge itself is in the rows of knobs.c.
 */
#include "cgroup/cgroup_ops.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cgroup/cgfs.h"
#include "cgroup/io_device.h"

#define VALUE_MAX 512
#define READ_MAX 8192 /* io.max and blkio.throttle.* list every device that has a limit */

struct attempt {
	const struct knob_row *row;
	const struct knob_face *face;
	const struct hierarchy *h;
	const char *group; /* "hangar/ID/victims.3" */
	const char *name;  /* "victims.3" */
	char value[VALUE_MAX];
};

static int refuse(const struct attempt *a, int err, struct diag *d, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static int refuse(const struct attempt *a, int err, struct diag *d, const char *fmt, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return diag_set(d, err, "group %s: limit \"%s\": %s; %s", a->name, a->row->key, why,
			a->row->remedy);
}

static int explain_write(const struct attempt *a, int err, struct diag *d)
{
	if (err == -ENOENT)
		return refuse(a, err, d, "this kernel has no %s", a->face->file);
	return refuse(a, err, d, "the kernel refuses \"%s\" for %s/%s/%s (%s)", a->value,
		      a->h->mount, a->group, a->face->file, strerror(-err));
}

/* Write and read back one knob. */
static int set_one(struct attempt *a, const struct knob_input *in, struct diag *d)
{
	char now[READ_MAX];
	int err = a->face->spell(in, a->value, sizeof(a->value));

	if (err == -EDOM)
		return refuse(a, -EINVAL, d, "%s",
			      a->row->controller == CONTROLLER_IO
				      ? "there is no disk below the scratch folder or device"
				      : "on cgroup v1 the group must limit \"memory\" as well");
	if (err)
		return refuse(a, err, d, "the value is out of range");
	err = cgfs_write(a->h, a->row->controller, a->group, a->face->file, a->value);
	if (err)
		return explain_write(a, err, d);
	err = cgfs_read(a->h, a->group, a->face->file, now, sizeof(now));
	if (err)
		return explain_write(a, err, d);
	if (a->face->took(in, a->value, now))
		return 0;
	now[strcspn(now, "\n")] = '\0';
	return refuse(a, -EINVAL, d, "\"%s\" was written to %s/%s/%s, but it reads \"%.64s\"",
		      a->value, a->h->mount, a->group, a->face->file, now);
}

static int set_knob(const struct cgroup_tree *t, const char *group, const char *name,
		    enum knob knob, const struct knob_input *in, struct diag *d)
{
	struct attempt a = { .row = knob_row(knob), .group = group, .name = name };

	a.h = hierarchies_with(&t->in_use, a.row->controller);
	if (!a.h)
		return refuse(&a, -EOPNOTSUPP, d, "the %s controller is not there",
			      controller_name(a.row->controller, 2));
	a.face = knob_face(a.row, a.h->version);
	if (!a.face)
		return refuse(&a, -EOPNOTSUPP, d, "cgroup v%u has no such limit", a.h->version);
	return set_one(&a, in, d);
}

/* Keep the sentence of an optional group's refusal for the caller to tell. */
static int go_without(struct cgroup_tree *t, const struct diag *why)
{
	size_t n = t->n_gone_without;
	void *more = reallocarray(t->gone_without, n + 1, sizeof(t->gone_without[0]));

	if (!more)
		return -ENOMEM;
	t->gone_without = more;
	snprintf(t->gone_without[n], sizeof(t->gone_without[n]), "%.500s", why->message);
	t->n_gone_without++;
	return 0;
}

static bool is_set(const struct plan_group *g, enum knob knob)
{
	if (g->without & (1u << knob))
		return false;
	return knob == KNOB_CPUSET ? g->from->cpuset != NULL : g->from->knobs[knob] != UNSET;
}

static const char *device_path(const struct group_spec *from, const struct plan *p)
{
	if (!from->io_device || !strcmp(from->io_device, "scratch"))
		return p->scratch_dir;
	return from->io_device;
}

int cgroup_set_limits(struct cgroup_tree *t, struct cgroup_node *node, const struct plan *p,
		      const struct host *h, struct diag *d)
{
	const struct plan_group *g = node->group;
	struct knob_input in = { .page_bytes = h->page_bytes, .memory_bytes = UNSET };
	char device[32], group[512];
	int err = 0;

	node->limit_bytes = UNSET;
	if (!g->from)
		return 0;
	if (is_set(g, KNOB_MEMORY))
		in.memory_bytes = g->from->knobs[KNOB_MEMORY];
	in.cpus = g->from->cpuset;
	if (!io_device_number(h->root, device_path(g->from, p), device, sizeof(device)))
		in.device = device;
	snprintf(group, sizeof(group), "%s/%s", t->path, g->path);
	for (int k = 0; k < KNOB_COUNT && !err; k++) {
		struct diag why = { .line = 0 };

		if (!is_set(g, (enum knob)k))
			continue;
		in.value = g->from->knobs[k];
		err = set_knob(t, group, g->path, (enum knob)k, &in, &why);
		if (err && g->from->optional)
			err = go_without(t, &why);
		else if (err)
			diag_set(d, err, "%s", why.message);
		else if (k == KNOB_MEMORY)
			node->limit_bytes = in.value;
	}
	return err;
}
