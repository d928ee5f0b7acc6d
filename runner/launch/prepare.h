/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that a copy needs from its birth to exec, made before the storm. */
#ifndef HANGAR_PREPARE_H
#define HANGAR_PREPARE_H

#include "launch/launch.h"

/**
 * prepare_specs - program paths, environments and output files of all copies
 * @l: plan, tree and slots_fd must be set; specs and strings are filled
 * Programs without a '/' are looked for in PATH; one that cannot be run is told here and not by 300
 * children. 0 or -errno with @d. What was made is released by prepare_clear(), also after an error.
 */
int prepare_specs(struct launcher *l, const struct rundir *dir, struct diag *d);
/* The descriptors that only children use: the caller lets them go once the spawner has them. */
void prepare_close_fds(struct launcher *l);
void prepare_clear(struct launcher *l);

/* Let this process hold @more descriptors; the limit from before goes to *ret_before for the
 * children. */
void prepare_file_limit(unsigned int more, struct rlimit *ret_before);

#endif
