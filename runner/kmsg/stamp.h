/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wall-clock times as loggers write them in front of a line. Pure. */
#ifndef HANGAR_KMSG_STAMP_H
#define HANGAR_KMSG_STAMP_H

#include <stddef.h>

/**
 * stamp_length - of the time at @p, without what follows; 0: there is none
 * "Nov 23 01:42:00", "2024 Nov 23 01:42:00", "2024-11-23T01:42:00.123456+01:00", "2024-11-23
 * 01:42:00", "2024/11/23 01:42:00", "Sat 2024-11-23 01:42:00 UTC", "Sat Nov 23 01:42:00 2024",
 * "01:42:00", "1732322520.123456" (journalctl -o short-unix); each with or without a fraction.
 */
size_t stamp_length(const char *p);

#endif
