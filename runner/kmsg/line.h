/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel text as people hand it on: lines of dmesg, of a console, of syslog. For offline triage and
 * fixtures; the live watcher reads records (kmsg.h).
 */
#ifndef HANGAR_KMSG_LINE_H
#define HANGAR_KMSG_LINE_H

#include "kmsg/kmsg.h"

/**
 * kmsg_line_parse - one line into a record
 * @line: NUL-terminated, without its newline; the record's text points into it
 * Taken off, as often as they come: "<6>", "[  12.345678]", "[   T12]", "host kernel: ", "host
 * login: " and the notes about dropped messages. A syslog line of another program ("sshd[1]: ")
 * gets facility 1: the kernel did not say it.
 */
void kmsg_line_parse(const char *line, struct kmsg_record *ret);

/* Skip "** 12 printk messages dropped **" and its kin in front of @text. */
const char *kmsg_strip_markers(const char *text);

#endif
