/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A word to the guest: WIRE_DO on one of its ports. */
#ifndef HANGAR_ANSWER_H
#define HANGAR_ANSWER_H

#include "vm/host/state.h"

/* On RECEIVE_JOURNAL to the trigger that asked ("resume", "sysrq-c"); on RECEIVE_FILES to the first
 * process ("starve", "stop"). 0 or -errno. */
int answer(struct outside *o, enum receive_port port, const char *word);

#endif
