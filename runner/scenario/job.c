/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fio runs in the scratch folder, so that jobs without a "directory" write there; its job file must
 * therefore be named absolutely.
 */
#include "scenario/job.h"

#include <string.h>

#include "base/cleanup.h"

char *job_path(const char *scenario_path, const char *job)
{
	const char *slash = scenario_path ? strrchr(scenario_path, '/') : NULL;
	int length = slash ? (int)(slash - scenario_path + 1) : 0;
	_cleanup_free_ char *cwd = NULL;
	char *path = NULL;

	if (job[0] == '/')
		return strdup(job);
	if (scenario_path && scenario_path[0] == '/')
		return asprintf(&path, "%.*s%s", length, scenario_path, job) < 0 ? NULL : path;
	cwd = getcwd(NULL, 0);
	if (!cwd)
		return NULL;
	if (asprintf(&path, "%s/%.*s%s", cwd, length, scenario_path ? scenario_path : "", job) < 0)
		return NULL;
	return path;
}
