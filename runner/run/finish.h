/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a run: verdict into the journal, faces into the run directory, one paragraph for the
 * user. */
#ifndef HANGAR_FINISH_H
#define HANGAR_FINISH_H

#include "run/session.h"

/* The verdict from what the session tallied; journalled. Called after session_close(), before the
 * journal is closed. */
enum verdict finish_decide(struct session *s);
/* Write the faces and print. @dir, @json and @quiet are taken along because the session is gone by
 * then. */
void finish_report(const char *dir, enum verdict v, const char *reason,
		   const struct run_options *o);

#endif
