/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of libtracefs's functions. */
#include "tracing/late_tracefs.h"

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/libs/late.h"

#define SYMBOL(name)                                                                               \
	{                                                                                          \
#name, offsetof(struct late_tracefs, name)                                         \
	}

int late_tracefs(const struct late_tracefs **ret, struct diag *d)
{
	static const struct late_symbol symbols[] = {
		SYMBOL(tracefs_set_tracing_dir), SYMBOL(tracefs_instance_create),
		SYMBOL(tracefs_instance_free),   SYMBOL(tracefs_instance_file_write),
		SYMBOL(tracefs_event_enable),    SYMBOL(tracefs_kprobe_raw),
		SYMBOL(tracefs_kretprobe_raw),   SYMBOL(tracefs_function_filter),
	};
	static struct late_tracefs table;
	static bool loaded;
	int err = loaded ? 0
			 : late_load(TRACEFS_SONAME, "libtracefs1", symbols, ARRAY_SIZE(symbols),
				     &table, d);

	loaded = !err;
	*ret = &table;
	return err;
}

/* libtracefs.so.1 and libtraceevent.so.1; the C library is there anyway. */
int late_tracefs_files(int (*take)(void *ctx, const char *path), void *ctx)
{
	void *library = dlopen(TRACEFS_SONAME, RTLD_LAZY | RTLD_LOCAL);
	struct link_map *map = NULL;
	int err = 0;

	if (!library || dlinfo(library, RTLD_DI_LINKMAP, &map) < 0)
		return 0;
	for (; map && !err; map = map->l_next)
		if (map->l_name[0] == '/' && strstr(map->l_name, "/libtrace"))
			err = take(ctx, map->l_name);
	dlclose(library);
	return err;
}
