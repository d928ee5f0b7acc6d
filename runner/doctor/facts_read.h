/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of single facts below a root. */
#ifndef HANGAR_DOCTOR_FACTS_READ_H
#define HANGAR_DOCTOR_FACTS_READ_H

#include <sys/types.h>

#include "doctor/facts.h"

/* The file without blanks at its end; "" with -errno. */
ssize_t fact_text(const char *root, const char *path, char *buf, size_t size);
long fact_number(const char *root, const char *path); /* or FACT_ABSENT, FACT_DENIED */
int fact_access(const char *root, const char *path, int mode);
void fact_watchdogs(struct doctor_facts *f);

#endif
