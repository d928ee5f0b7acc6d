/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The path of a fio job file, which a scenario names relative to itself. */
#ifndef HANGAR_JOB_H
#define HANGAR_JOB_H

/**
 * job_path - absolute path of @job
 * @scenario_path: of the scenario file; NULL: the current folder stands for its folder
 * Returns text for the caller to free, or NULL (no memory, or the current folder is gone). Not
 * checked to exist.
 */
char *job_path(const char *scenario_path, const char *job);

#endif
