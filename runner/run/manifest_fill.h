/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the session to manifest.json: the one place that knows both sides. */
#ifndef HANGAR_MANIFEST_FILL_H
#define HANGAR_MANIFEST_FILL_H

#include "run/session.h"

/* Write manifest.json into the run directory. 0 or -errno. */
int manifest_fill_and_write(const struct session *s, int argc, char **argv);

#endif
