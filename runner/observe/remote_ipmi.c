/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `ipmitool chassis power diag` makes the board controller raise an NMI, which a kernel with
 * unknown_nmi_panic=1 answers with a panic and, when a crash kernel is loaded, a dump. The
 * controller runs on power of its own: it hears when the machine does not. The password is read by
 * ipmitool from its file, so it stands on no command line and in no record.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hostport.h"
#include "observe/remote.h"

/* IPMI over LAN: RMCP's registered port; 2.0 sessions are what board controllers of the last
 * fifteen years speak. */
#define IPMI_PORT "623"
#define IPMI_INTERFACE "lanplus"

/* The next part of a list with commas. False: it is missing, empty, or does not fit. */
static bool take_part(const char **text, char *buf, size_t size)
{
	size_t len = strcspn(*text, ",");

	if (!len || len >= size)
		return false;
	memcpy(buf, *text, len);
	buf[len] = '\0';
	*text += len;
	if (**text == ',' && (*text)[1]) /* a comma at the end stays, and is refused */
		(*text)++;
	return true;
}

int bmc_parse(const char *text, struct bmc *ret, struct diag *d)
{
	const char *rest = text, *port;
	char host[256];

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->interface, sizeof(ret->interface), IPMI_INTERFACE);
	if (!take_part(&rest, host, sizeof(host)) ||
	    !take_part(&rest, ret->user, sizeof(ret->user)) ||
	    !take_part(&rest, ret->passfile, sizeof(ret->passfile)) ||
	    (*rest && !take_part(&rest, ret->interface, sizeof(ret->interface))) || *rest)
		return diag_set(d, -EINVAL,
				"--ipmi %s: HOST[:PORT],USER,PASSFILE[,INTERFACE] is wanted", text);
	if (hostport_split(host, ret->host, sizeof(ret->host), &port) < 0) {
		memcpy(ret->host, host, sizeof(host));
		port = IPMI_PORT;
	}
	if (!ret->host[0] || strlen(port) >= sizeof(ret->port))
		return diag_set(d, -EINVAL, "--ipmi %s: the host or its port is missing", text);
	snprintf(ret->port, sizeof(ret->port), "%s", port);
	return 0;
}

void bmc_words(const struct bmc *b, const char *task, const char *words[ERRAND_WORDS_MAX])
{
	/* Unanswered, ipmitool says it again after 1 s; a controller that is slow to pulse the
	 * interrupt would pulse it twice, the second time into the crash kernel. */
	static const struct {
		const char *task, *words[8];
	} tasks[] = {
		{ "chassis power status", { "chassis", "power", "status" } },
		{ "chassis power diag", { "-N", "4", "-R", "2", "chassis", "power", "diag" } },
		{ "sol activate", { "sol", "activate" } },
		{ "sol deactivate", { "sol", "deactivate" } },
	};
	const char *const address[] = { "ipmitool", "-I", b->interface, "-H", b->host,    "-p",
					b->port,    "-U", b->user,      "-f", b->passfile };
	size_t n = ARRAY_SIZE(address);

	memcpy(words, address, sizeof(address));
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++)
		for (size_t w = 0; !strcmp(tasks[i].task, task) && tasks[i].words[w]; w++)
			words[n++] = tasks[i].words[w];
	words[n] = NULL;
}

static int look(const struct remote *r, struct diag *why)
{
	const char *path = r->bmc.passfile;
	struct stat st;

	if (access(path, R_OK) < 0 || stat(path, &st) < 0)
		return diag_set(why, -errno, "the password file %s: %s", path, strerror(errno));
	if (st.st_mode & 077)
		return diag_set(why, -EPERM,
				"the password file %s: others may read it; chmod 600 %s", path,
				path);
	return 0;
}

static void check(const struct remote *r, const char *words[ERRAND_WORDS_MAX])
{
	bmc_words(&r->bmc, "chassis power status", words);
}

static void fire(const struct remote *r, const struct shot *s, const char *words[ERRAND_WORDS_MAX])
{
	bmc_words(&r->bmc, "chassis power diag", words);
}

const struct remote_ops remote_ipmi = { "ipmi", look, check, fire };
