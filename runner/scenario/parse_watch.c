/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "watch": absent, everything is watched; present, it is the whole list. A watcher's value is an
 * object of its settings, or true, or false for one that is named only to say that it is off.
 */
#include "scenario/reader.h"
#include "scenario/scenario.h"
#include "scenario/watch_rows.h"

void watch_set_all(struct watch_spec *w, bool on)
{
	for (const struct key *k = watch_object.keys; k->name; k++)
		*(bool *)((char *)w + k->other) = on;
}

int read_watch(struct reader *r, const struct key *k, json_t *value, void *base)
{
	struct watch_spec *w = (void *)((char *)base + k->offset);

	watch_set_all(w, false);
	return object_read(r, k->object, value, w);
}

int read_watcher(struct reader *r, const struct key *k, json_t *value, void *base)
{
	bool *on = (void *)((char *)base + k->other);

	if (!json_is_boolean(value) && !json_is_object(value))
		return reader_refuse(r, "must be an object, true or false, not %s",
				     json_kind(value));
	*on = !json_is_false(value);
	return json_is_object(value) ? object_read(r, k->object, value, base) : 0;
}

int check_pressure(struct reader *r, json_t *value, void *base)
{
	const struct watch_spec *w = base;

	if (w->pressure_stall_us > w->pressure_window_us)
		return reader_refuse(r, "has a \"stall\" longer than its \"window\"");
	return 0;
}
