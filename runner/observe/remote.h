/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is pulled at another machine: an NMI by its board controller (IPMI), or a program of the
 * user's. A remote says which words to run; running them is the same for all. 'none' is one of
 * them: an observer without a trigger walks the same path.
 */
#ifndef HANGAR_REMOTE_H
#define HANGAR_REMOTE_H

#include <stdbool.h>

#include "base/diag.h"
#include "finding.h"
#include "observe/errand.h"

struct bmc {
	char host[256], port[16], user[64], passfile[256], interface[32];
};

/* "HOST[:PORT],USER,PASSFILE[,INTERFACE]". The password stays in its file: ipmitool reads it. 0 or
 * -EINVAL with @d. */
int bmc_parse(const char *text, struct bmc *ret, struct diag *d);
/* ipmitool with the controller's address and @task, a few words in one text of static life. */
void bmc_words(const struct bmc *b, const char *task, const char *words[ERRAND_WORDS_MAX]);

struct shot { /* why it is pulled */
	const char *run;
	const char *from; /* the machine's address, "" when no heartbeat told it */
	const struct finding *cause;
};

struct remote;

struct remote_ops {
	const char *name;
	/* What a word cannot tell: files, rights. 0, or -errno with @why and its remedy. */
	int (*look)(const struct remote *r, struct diag *why);
	/* Words of a harmless question that shows that the real one would be heard; words[0] NULL:
	 * there is none. */
	void (*check)(const struct remote *r, const char *words[ERRAND_WORDS_MAX]);
	void (*fire)(const struct remote *r, const struct shot *s,
		     const char *words[ERRAND_WORDS_MAX]);
};

struct remote {
	const struct remote_ops *ops;
	struct bmc bmc;
	const char *program;
};

extern const struct remote_ops remote_none, remote_ipmi, remote_exec;

/* look(), then the harmless question, which may take @limit_us. 0, or -errno with @why. */
int remote_check(const struct remote *r, uint64_t limit_us, struct diag *why);

#endif
