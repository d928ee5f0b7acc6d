/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two manifests for one run. The host knows its id, how it was asked for and when it began; the
 * guest knows the machine that it is, and the seed that it drew. Readers of a run directory begin
 * there, so the file is replaced whole, and by nothing that they could not read.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "rundir.h"
#include "vm/host/receive_file.h"

static const struct {
	const char *key;
	json_type type;
} taken[] = {
	{ "host", JSON_OBJECT },
	{ "seed", JSON_STRING },
	{ "repeat", JSON_INTEGER },
};

static json_t *hosts(const struct receiver *r)
{
	char text[16384];
	ssize_t n = textfile_read_at(r->dir_fd, RUNDIR_MANIFEST, text, sizeof(text));
	json_t *o = n > 0 ? json_loadb(text, (size_t)n, 0, NULL) : NULL;

	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

/* Without one of the host's (a receiver without a run) the guest's is all there is. */
static json_t *merge(json_t *ours, json_t *theirs)
{
	if (!ours)
		return json_incref(theirs);
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		json_t *value = json_object_get(theirs, taken[i].key);

		if (value && json_typeof(value) == taken[i].type)
			json_object_set(ours, taken[i].key, value);
	}
	return json_incref(ours);
}

void receive_manifest(struct receiver *r, const char *text, size_t size, uint64_t offset)
{
	json_t *theirs = offset ? NULL : json_loadb(text, size, 0, NULL), *ours, *both;
	_cleanup_free_ char *out = NULL;
	int err;

	if (!json_is_object(theirs) ||
	    json_integer_value(json_object_get(theirs, "layout")) != RUNDIR_VERSION) {
		receive_refuse(r, RUNDIR_MANIFEST ": is no manifest");
		json_decref(theirs);
		return;
	}
	ours = hosts(r);
	both = merge(ours, theirs);
	out = json_dumps(both, JSON_INDENT(2));
	err = out ? textfile_replace_at(r->dir_fd, RUNDIR_MANIFEST, out, strlen(out)) : -ENOMEM;
	if (err < 0 && !r->file_error)
		r->file_error = err;
	json_decref(both);
	json_decref(ours);
	json_decref(theirs);
}
