/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makers of phones put between the kernel's time and its words. Pure. */
#ifndef HANGAR_KMSG_VENDOR_H
#define HANGAR_KMSG_VENDOR_H

#include "kmsg/kmsg.h"

/**
 * vendor_strip - one mark of CPU and task at @p
 * "[3:      khungtaskd:   715] " (Samsung; "L3" on its big cores), "(1)[848:ndroid.systemui]" and
 * "-(1)[0:swapper/1]" (MediaTek), "[pid:1,cpu0,swapper/0]" (Huawei), "(CPU:0-pid:1:swapper/0) ",
 * "c1 ", "[c1] ". Returns where the words behind it begin, @p itself when there is none; the task
 * or CPU goes to r->caller, as where the kernel itself says who speaks.
 */
const char *vendor_strip(const char *p, struct kmsg_record *r);

#endif
