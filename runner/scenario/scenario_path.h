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
 * A name without ".json" ("quickstart", "controls/stall") is looked for in the scenario folder
 * first, so that a script or folder of that name in the current folder is not taken for it;
 * "./NAME" and absolute names are files. What is found nowhere comes back as it is, so that opening
 * it says why. Returns text for the caller to free, or NULL without memory.
 */
char *scenario_path_find(const char *name);

#endif
