/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkmod, loaded when first needed (late.h): as late_archive.h, after late_kmod(). */
#ifndef HANGAR_LATE_KMOD_H
#define HANGAR_LATE_KMOD_H

#include <libkmod.h>

#include "base/diag.h"

#define LATE_KMOD(X)                                                                               \
	X(kmod_new)                                                                                \
	X(kmod_unref)                                                                              \
	X(kmod_set_log_priority)                                                                   \
	X(kmod_list_next)                                                                          \
	X(kmod_module_get_dependencies)                                                            \
	X(kmod_module_get_initstate)                                                               \
	X(kmod_module_get_module)                                                                  \
	X(kmod_module_get_name)                                                                    \
	X(kmod_module_get_path)                                                                    \
	X(kmod_module_get_softdeps)                                                                \
	X(kmod_module_new_from_lookup)                                                             \
	X(kmod_module_unref)                                                                       \
	X(kmod_module_unref_list)

struct late_kmod {
#define X(name) __typeof__(name) *name##_;
	LATE_KMOD(X)
#undef X
};

/* 0; -ENOPKG with @d: this machine has no libkmod. Cheap after the first time; from one thread. */
int late_kmod(struct diag *d);

extern struct late_kmod late_kmod_table;

#ifndef LATE_KMOD_ITSELF
#define kmod_new late_kmod_table.kmod_new_
#define kmod_unref late_kmod_table.kmod_unref_
#define kmod_set_log_priority late_kmod_table.kmod_set_log_priority_
#define kmod_list_next late_kmod_table.kmod_list_next_
#define kmod_module_get_dependencies late_kmod_table.kmod_module_get_dependencies_
#define kmod_module_get_initstate late_kmod_table.kmod_module_get_initstate_
#define kmod_module_get_module late_kmod_table.kmod_module_get_module_
#define kmod_module_get_name late_kmod_table.kmod_module_get_name_
#define kmod_module_get_path late_kmod_table.kmod_module_get_path_
#define kmod_module_get_softdeps late_kmod_table.kmod_module_get_softdeps_
#define kmod_module_new_from_lookup late_kmod_table.kmod_module_new_from_lookup_
#define kmod_module_unref late_kmod_table.kmod_module_unref_
#define kmod_module_unref_list late_kmod_table.kmod_module_unref_list_
#endif

#endif
