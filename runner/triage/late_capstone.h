/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libcapstone, loaded when first needed (vm/libs/late.h): it takes 10 MB, and guests carry hangar
 * but never read oopses. Include this in place of <capstone/capstone.h>, and use its functions
 * under their own names after late_capstone().
 */
#ifndef HANGAR_LATE_CAPSTONE_H
#define HANGAR_LATE_CAPSTONE_H

#include <stdbool.h>

#include <capstone/capstone.h>

#define LATE_CAPSTONE(X)                                                                           \
	X(cs_open)                                                                                 \
	X(cs_option)                                                                               \
	X(cs_disasm)                                                                               \
	X(cs_free)                                                                                 \
	X(cs_close)                                                                                \
	X(cs_reg_name)

struct late_capstone {
#define X(name) __typeof__(&name) name##_;
	LATE_CAPSTONE(X)
#undef X
};

extern struct late_capstone late_capstone_table;

/* Is it here? Tried once. */
bool late_capstone(void);

#ifndef LATE_CAPSTONE_ITSELF
#define cs_open late_capstone_table.cs_open_
#define cs_option late_capstone_table.cs_option_
#define cs_disasm late_capstone_table.cs_disasm_
#define cs_free late_capstone_table.cs_free_
#define cs_close late_capstone_table.cs_close_
#define cs_reg_name late_capstone_table.cs_reg_name_
#endif

#endif
