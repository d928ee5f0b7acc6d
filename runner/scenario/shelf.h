/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scenario files of a folder and of the folders below it. */
#ifndef HANGAR_SCENARIO_SHELF_H
#define HANGAR_SCENARIO_SHELF_H

/* @name: as `hangar run` takes it ("controls/stall"). 0 to go on; what else it returns ends the
 * walk. */
typedef int shelf_fn(void *ctx, const char *name, const char *path);

/**
 * shelf_walk - call @fn for each scenario file of @dir, in alphabetical order
 * Hidden entries and schema.json are passed over. Returns 0; -errno when a folder cannot be read
 * (-ENOTDIR, -ENOENT, ...); what @fn returned.
 */
int shelf_walk(const char *dir, shelf_fn *fn, void *ctx);

#endif
