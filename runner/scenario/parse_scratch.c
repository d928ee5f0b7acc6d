/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "scratch": three places with different rules. What is formatted (loop file, device) needs a file
 * system to make; a folder is used as it is, so naming one for it would promise what is not done.
 */
#include <string.h>

#include "scenario/reader.h"
#include "scenario/scenario.h"

static int read_place(struct reader *r, json_t *value, struct scratch_spec *s)
{
	json_t *device = json_object_get(value, "device");
	json_t *directory = json_object_get(value, "directory");
	const char *key = device ? "device" : "directory";
	const char *path = json_string_value(device ? device : directory);

	if (json_object_size(value) != 1 || (!device && !directory))
		return reader_refuse(r, "must be \"loop\", {\"device\": PATH} or "
					"{\"directory\": PATH}");
	if (!path || path[0] != '/' || strlen(path) > KEY_TEXT_MAX)
		return reader_refuse_key(r, key, "\"%s\" must be an absolute path", key);
	s->on = device ? SCRATCH_DEVICE : SCRATCH_DIRECTORY;
	return store_text(r, path, &s->where);
}

int read_scratch_on(struct reader *r, const struct key *k, json_t *value, void *base)
{
	struct scratch_spec *s = base;
	const char *word = json_string_value(value);

	if (json_is_object(value))
		return read_place(r, value, s);
	if (!word || strcmp(word, "loop"))
		return reader_refuse(r, "must be \"loop\", {\"device\": PATH} or "
					"{\"directory\": PATH}");
	s->on = SCRATCH_LOOP;
	return 0;
}

int check_scratch(struct reader *r, json_t *value, void *base)
{
	static const char *const making[] = { "filesystem", "mkfs", "mount", "size", NULL };
	struct scratch_spec *s = base;

	if (s->on == SCRATCH_DIRECTORY) {
		for (const char *const *k = making; *k; k++)
			if (json_object_get(value, *k))
				return reader_refuse_key(r, *k,
							 "\"%s\" does not go with a directory, "
							 "which is used as it is",
							 *k);
		return 0;
	}
	if (!s->filesystem)
		return reader_refuse(r, "has no \"filesystem\"; allowed: \"ext4\" or \"xfs\"");
	if (s->on == SCRATCH_LOOP && s->size_bytes == UNSET)
		return reader_refuse(r, "has no \"size\", which a loop file needs");
	if (s->on == SCRATCH_DEVICE && s->size_bytes != UNSET)
		return reader_refuse_key(r, "size",
					 "\"size\" does not go with a device, which has "
					 "its own");
	return 0;
}
