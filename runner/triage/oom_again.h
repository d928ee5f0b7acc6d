/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several OOM kills of one boot: the same limit again and again? */
#ifndef HANGAR_OOM_AGAIN_H
#define HANGAR_OOM_AGAIN_H

#include "triage/explain.h"

/* 0, or -ENODATA when no limit was hit twice. */
int oom_again(const struct triage_case *cases, unsigned int count, struct explanation *ret);

#endif
