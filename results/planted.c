/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plant is told many times while it is hit; the last word counts, also when the machine died
 * over it. */
#include "planted.h"

#include <string.h>

#include "event.h"

#define PLANTS_SHOWN 100 /* a journal from elsewhere may name any number */

static json_t *named(json_t *list, const char *name)
{
	json_t *plant;
	size_t i;

	json_array_foreach (list, i, plant)
		if (!strcmp(event_text(plant, "name"), name))
			return plant;
	if (json_array_size(list) >= PLANTS_SHOWN)
		return NULL;
	plant = json_pack("{s:s}", "name", name);
	json_array_append_new(list, plant);
	return plant;
}

json_t *planted_list(const struct record *r)
{
	json_t *list = json_array(), *event;
	size_t i;

	json_array_foreach (r->events, i, event) {
		json_t *plant;

		if (strcmp(event_text(event, "event"), "plant") || !event_text(event, "name")[0])
			continue;
		plant = named(list, event_text(event, "name"));
		json_object_set_new(plant, "hits",
				    json_integer((json_int_t)event_number(event, "hits")));
	}
	return list;
}
