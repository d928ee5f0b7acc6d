/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar run quickstart` must work from any folder; `hangar run ./quickstart.json` must never mean
 * another file. */
#include "scenario/scenario_path.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "scenario/beside.h"

/* The file that tells our folder of scenarios from any other of that name. */
#define MARKER "schema.json"

/* Relative to the binary: in the source tree below it or beside it, in an installation. */
static const char *const folders[] = { "scenarios", "../scenarios", "../../scenarios",
				       "../share/hangar/scenarios", NULL };

char *scenario_folder(void)
{
	return beside_find("HANGAR_SCENARIOS", folders, HANGAR_SCENARIO_DIR, MARKER);
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name), tail = strlen(suffix);

	return length > tail && !strcmp(name + length - tail, suffix);
}

char *scenario_path_find(const char *name)
{
	_cleanup_free_ char *folder = NULL, *path = NULL;

	if (name[0] == '/' || name[0] == '.' || has_suffix(name, ".json"))
		return strdup(name);
	folder = scenario_folder();
	if (!folder || asprintf(&path, "%s/%s.json", folder, name) < 0)
		return NULL;
	return access(path, F_OK) == 0 ? take_ptr(path) : strdup(name);
}
