/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child that is tied to us: it dies when we do, and inherits exactly the files that it is given.
 */
#ifndef HANGAR_SPAWN_H
#define HANGAR_SPAWN_H

#include <sys/types.h>

/**
 * spawn_tied - run @argv[0] in a session of its own
 * @fds: fds[i] becomes descriptor i of the child; -1: /dev/null for 0 to 2, else closed. All others
 * are closed. Signals are unblocked and at their defaults, and no core is dumped. It is killed when
 * the calling thread ends, however that comes. Returns 0 once the program runs; -errno of exec
 * (-ENOENT, -EACCES, ...) or fork.
 */
int spawn_tied(const char *const argv[], const int *fds, int count, pid_t *ret_pid);

#endif
