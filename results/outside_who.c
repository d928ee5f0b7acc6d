/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asked of every run directory of a state home: the lines are looked at, not kept. */
#include "outside_who.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "event.h"
#include "outside.h"

static void take_line(struct outside_who *w, const char *line)
{
	json_t *o = json_loads(line, 0, NULL);
	const char *event = event_text(o, "event");

	if (!strcmp(event, "outside-begin"))
		event_copy(o, "what", w->what, sizeof(w->what));
	if (!strcmp(event, "verdict"))
		w->verdict = true;
	json_decref(o);
}

void outside_who_read(const char *path, struct outside_who *ret)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	char file[4200];
	size_t room = 0;

	*ret = (struct outside_who){ .verdict = false };
	if (!path_format(file, sizeof(file), "%s/" OUTSIDE_FILE, path))
		f = fopen(file, "re");
	while (f && getline(&line, &room, f) > 0)
		take_line(ret, line);
}
