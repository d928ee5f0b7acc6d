/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run directory, a plan made by hand and what comes of it, for system tests in C. */
#ifndef HANGAR_TEST_RIG_H
#define HANGAR_TEST_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "launch/exits.h"
#include "launch/launch.h"
#include "setup/setup.h"

#define RIG_COPIES 64
#define RIG_GROUPS 8

struct rig {
	char state_home[64];
	struct rundir dir;
	struct undo *undo;
	struct host host;
	struct scenario scenario;
	struct plan plan;
	struct plan_group groups[RIG_GROUPS];
	struct group_spec specs[RIG_GROUPS];
	struct plan_launch launches[RIG_COPIES];
	struct run_spec run;
	char *argv[RIG_COPIES][4];
	struct cgroup_tree *tree;
	struct launcher *l;
	unsigned int exits[EXIT_STARVED + 1];
};

extern struct rig rig;

/* cmocka setup and teardown: a fresh run directory below /tmp, registered in a state home of its
 * own. */
int rig_open(void **state);
int rig_close(void **state);

struct group_spec *rig_group(const char *path, int parent); /* all knobs UNSET */
void rig_add(unsigned int group, const char *command);      /* a shell command as a copy */
void rig_make_groups(void);                                 /* fails the test with the reason */
void rig_launch(void);
void rig_run_out(void); /* reap and restart until nothing lives, at most 30 s */
void rig_stop(void);    /* all, hard */

/* The whole text of "DIR/FILE" of @group's folder of @controller ("memory"); static buffer. */
const char *rig_knob(unsigned int group, const char *controller, const char *file);
const char *rig_read(const char *path);
bool rig_exists(const char *path);

#endif
