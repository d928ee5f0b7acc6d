/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a stressor says on standard error, each line with its name in front. */
#ifndef HANGAR_SAY_H
#define HANGAR_SAY_H

/* Set the name once, before anything is said. */
void say_name(const char *name);
/* "NAME: DOING: reason": the one of stressor_why() if there is one, else strerror(-@err). */
void say_failed(const char *doing, int err);
/* Forget the reason of an attempt that is made again. */
void say_forget(void);

#endif
