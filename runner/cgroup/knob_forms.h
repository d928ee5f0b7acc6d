/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The spellings and the checks that the rows of knobs.c name; see struct knob_face for both
 * contracts. */
#ifndef HANGAR_KNOB_FORMS_H
#define HANGAR_KNOB_FORMS_H

#include "cgroup/knobs.h"

/* A number as it is. */
int spell_number(const struct knob_input *in, char *buf, size_t size);
/* 0 or 1. */
int spell_flag(const struct knob_input *in, char *buf, size_t size);
/* v1 memory plus swap, saturating; -EDOM without a memory limit. */
int spell_memsw(const struct knob_input *in, char *buf, size_t size);
/* Percent of one CPU as microseconds in each period of 100 ms; v2 names the period too. */
int spell_quota_v1(const struct knob_input *in, char *buf, size_t size);
int spell_quota_v2(const struct knob_input *in, char *buf, size_t size);
/* v2 weight 1..10000 (100 is the norm) as v1 shares (1024 is the norm). */
int spell_shares(const struct knob_input *in, char *buf, size_t size);
int spell_cpus(const struct knob_input *in, char *buf, size_t size);
/* "MAJ:MIN value" and "MAJ:MIN key=value"; -EDOM without a device. */
int spell_device(const struct knob_input *in, char *buf, size_t size);
int spell_rbps(const struct knob_input *in, char *buf, size_t size);
int spell_wbps(const struct knob_input *in, char *buf, size_t size);
int spell_riops(const struct knob_input *in, char *buf, size_t size);
int spell_wiops(const struct knob_input *in, char *buf, size_t size);

bool took_pages(const struct knob_input *in, const char *wrote, const char *read);
bool took_text(const struct knob_input *in, const char *wrote, const char *read);
bool took_cpus(const struct knob_input *in, const char *wrote, const char *read);
/* A line that begins with the device and has the rest of @wrote as one of its words. */
bool took_device(const struct knob_input *in, const char *wrote, const char *read);
/* memory.oom_control: several lines, of which "oom_kill_disable N" is ours. */
bool took_oom_control(const struct knob_input *in, const char *wrote, const char *read);

#endif
