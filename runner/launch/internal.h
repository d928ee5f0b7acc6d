/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the launcher ask of each other. */
#ifndef HANGAR_LAUNCH_INTERNAL_H
#define HANGAR_LAUNCH_INTERNAL_H

#include "launch/exits.h"
#include "launch/launch.h"

static inline struct slot *launch_slot(const struct launcher *l, unsigned int index)
{
	return slots_at(l->slots, l->plan->launches[index].slot);
}

/* Ready the copy and its slot for a life of its own. @restart: it keeps its count of restarts and
 * its start line open. */
void launch_ready(struct launcher *l, unsigned int index, uint64_t now, bool restart);

/* Index of the living copy with this pid, or -1. */
int launch_copy_of(const struct launcher *l, pid_t pid);

/* The copy could not be cloned: errno @error. launcher_reap() ends it, as if it had exited with
 * 127. */
void launch_not_born(struct launcher *l, unsigned int index, int error);

/* Take all reports that are there. Never blocks. */
void launch_take_reports(struct launcher *l);

/* Process the end of a copy; see launcher_reap(). */
struct exit_sink {
	void (*on_exit)(void *ctx, unsigned int index, enum exit_kind kind);
	void *ctx;
};
void launch_ended(struct launcher *l, unsigned int index, int status, uint64_t now,
		  const struct exit_sink *sink);

/* Does the group's count of OOM kills have one that no exit explains yet? Takes it. false with
 * *ret_unknown: not counted. */
bool launch_take_oom_kill(struct launcher *l, unsigned int group, uint64_t now, bool *ret_unknown);
/* Kills that no exit claimed in 2 s were of children of stressors: forget them. */
void launch_forget_oom_kills(struct launcher *l, uint64_t now);

/* Journal lines. Ordinary ones are rationed in a restart storm, and what was left out is told by
 * launch_say_untold(). */
void launch_say_spawn(struct launcher *l, unsigned int index, uint64_t now);
void launch_say_exit(struct launcher *l, unsigned int index, enum exit_kind kind, uint64_t now);
void launch_say_restart(struct launcher *l, unsigned int index, uint64_t now);
void launch_say_untold(struct launcher *l, uint64_t now);

#endif
