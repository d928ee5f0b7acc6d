/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HANGAR_RUN_H
#define HANGAR_RUN_H

/* `hangar run`: returns the exit code, see verdict.h. */
int run_main(int argc, char **argv);

#endif
