/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where scenarios are found by name. */
#ifndef HANGAR_SCENARIO_PATH_H
#define HANGAR_SCENARIO_PATH_H

/**
 * scenario_folder - the folder of the scenarios that come with the program
 * $HANGAR_SCENARIOS, else scenarios/ near the binary (build tree, installed tree: the one that
 * holds schema.json), else the place fixed at build time. Returns text for the caller to free, or
 * NULL without memory.
 */
char *scenario_folder(void);

/**
 * scenario_path_find - the file that the user means by @name
 * A name without ".json" ("ext4-oom-deadlock", "controls/memcg-oom") is that of a scenario in the
 * scenario folder, whatever else lies in the working directory under it; anything else, and what
 * the folder does not hold, is a file of that name. What is found nowhere comes back as it is, so
 * that opening it says why. Returns text for the caller to free, or NULL without memory.
 */
char *scenario_path_find(const char *name);

#endif
