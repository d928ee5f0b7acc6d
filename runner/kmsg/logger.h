/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What syslog daemons, the journal and people put in front of the kernel's words. Pure. */
#ifndef HANGAR_KMSG_LOGGER_H
#define HANGAR_KMSG_LOGGER_H

#include "kmsg/kmsg.h"

/**
 * logger_strip - one header at @p: time, host, tag
 * Returns where the words behind it begin; @p itself when there is none. The time goes to r->when;
 * a tag other than "kernel" sets r->facility to 1: another program said it.
 */
const char *logger_strip(const char *p, struct kmsg_record *r);

/* The header of RFC 5424 behind "<6>": "1 2024-11-23T01:42:00Z host kernel - - - ". */
const char *logger_strip_5424(const char *p, struct kmsg_record *r);

#endif
