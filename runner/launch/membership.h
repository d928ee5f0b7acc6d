/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a process where it should be? Pure reading of /proc/PID/cgroup; no library call, it runs
 * between clone and exec. */
#ifndef HANGAR_MEMBERSHIP_H
#define HANGAR_MEMBERSHIP_H

#include <stdbool.h>

/**
 * membership_has - is there a line "N:CONTROLLERS:PATH" with our controller and exactly our path?
 * @text: /proc/PID/cgroup, whole
 * @expect: "CONTROLLER:PATH", or ":PATH" for the v2 line "0::PATH"
 */
bool membership_has(const char *text, const char *expect);

#endif
