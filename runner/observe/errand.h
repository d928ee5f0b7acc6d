/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program sent on an errand: words, a time limit, its output kept. For ipmitool and for --exec.
 */
#ifndef HANGAR_ERRAND_H
#define HANGAR_ERRAND_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/types.h>

#define ERRAND_WORDS_MAX 24 /* with the NULL behind the last */

struct errand {
	pid_t pid;  /* 0: none is under way */
	int out_fd; /* what it says; -1 once it is over */
	uint64_t until_us;
	bool killed; /* at its time limit */
	int status;  /* as of waitpid() */
	size_t len;
	char said[400]; /* begin of its output */
};

/* Start words[0], looked for in PATH, with these standard files (-1: /dev/null); signals as in a
 * fresh process. 0 or -errno. */
int errand_spawn(const char *const *words, int in_fd, int out_fd, pid_t *ret);

/* 0 or -errno. */
int errand_start(struct errand *e, const char *const *words, uint64_t now, uint64_t limit_us);
/* True when it is over, by itself or by its time limit. */
bool errand_poll(struct errand *e, uint64_t now);
/* Wait for it; at most until its limit. */
void errand_wait(struct errand *e);
/* It ended with code 0. */
bool errand_went_well(const struct errand *e);
/* "exit code 1: Error: Unable to establish session", in one line. Returns @buf. */
const char *errand_tell(const struct errand *e, char *buf, size_t size);
/* End it if it is under way. */
void errand_clear(struct errand *e);

/* The words as one line for the record. Returns @buf. */
const char *errand_words(const char *const *words, char *buf, size_t size);

#endif
