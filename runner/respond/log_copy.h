/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says from a moment on, copied out of its log. */
#ifndef HANGAR_RESPOND_LOG_COPY_H
#define HANGAR_RESPOND_LOG_COPY_H

#include <stddef.h>

/* Write one record of /dev/kmsg ("6,1,2000000,-;text\n KEY=x\n") as "[    2.000000] text\n"; the
 * dictionary is left out, what is no record as well. 0 or the -errno of the write. */
int log_copy_record(const char *record, size_t size, int out_fd);

/* All that @kmsg_fd (non-blocking) has. Records that were lost are told by a line. 0 or -errno. */
int log_copy(int kmsg_fd, int out_fd);

#endif
