/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is learnt when the guest is gone: from its vmcore, and from the last words that its own log
 * watcher did not live to tell. */
#ifndef HANGAR_POSTMORTEM_H
#define HANGAR_POSTMORTEM_H

#include "vm/host/state.h"

/* Read the vmcore, when there is one, into vmcore.json and vmcore-dmesg.txt; journals "vmcore". */
void postmortem_vmcore(struct outside *o);

/* Findings in the kernel's last words (last_words.h), judged and told as the watcher "console". */
void postmortem_log(struct outside *o);

#endif
