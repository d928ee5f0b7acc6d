/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine behind a mirror of its own must go on using that one. `apt-get indextargets` reads
 * every form of source list; it knows who published what only once the machine has run `apt-get
 * update`, hence the second question.
 */
#include "vm/kernel/mirror.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/kernel/child.h"

#define DEFAULT_MIRROR "http://deb.debian.org/debian"
#define KEYRING "/usr/share/keyrings/debian-archive-keyring.gpg"

const char *const mirror_suites[] = {
	"bullseye",
	"bullseye-security",
	"bookworm",
	"bookworm-security",
	"bookworm-backports",
	"trixie",
	"trixie-security",
	"trixie-backports",
	"forky",
	"sid",
	NULL,
};

struct addresses {
	char main[1024], security[1024];
};

/* "http://deb.debian.org/debian/ bookworm" */
static void take_line(void *ctx, const char *line)
{
	struct addresses *a = ctx;
	const char *blank = strchr(line, ' ');
	char *to;

	if (!blank || blank == line || !strstr(line, "://"))
		return;
	to = fnmatch("*-security", blank + 1, 0) == 0 || fnmatch("*/updates", blank + 1, 0) == 0
		     ? a->security
		     : a->main;
	if (to[0] || (size_t)(blank - line) >= sizeof(a->main))
		return;
	while (blank > line && blank[-1] == '/')
		blank--;
	memcpy(to, line, (size_t)(blank - line));
	to[blank - line] = '\0';
}

static void ask_apt(struct addresses *a)
{
	static const char *const known[] = { "apt-get",
					     "indextargets",
					     "--format",
					     "$(REPO_URI) $(RELEASE)",
					     "Created-By: Packages",
					     "Origin: Debian",
					     "Component: main",
					     NULL };
	const struct child_run run = { .argv = known, .line = take_line, .ctx = a };

	child_lines(&run, NULL);
}

int mirror_of(const char *suite, char *ret, size_t size)
{
	static struct addresses found;
	static bool asked;
	const char *own = getenv("HANGAR_DEBIAN_MIRROR");
	bool security = fnmatch("*-security", suite, 0) == 0;

	if (own && own[0])
		return path_format(ret, size, "%s%s", own, security ? "-security" : "");
	if (!asked)
		ask_apt(&found);
	asked = true;
	if (security && found.security[0])
		return path_format(ret, size, "%s", found.security);
	return path_format(ret, size, "%s%s", found.main[0] ? found.main : DEFAULT_MIRROR,
			   security ? "-security" : "");
}

void mirror_trust(char *ret, size_t size)
{
	const char *own = getenv("HANGAR_DEBIAN_KEYRING");

	ret[0] = '\0';
	if (own && own[0])
		snprintf(ret, size, "signed-by=%s", own);
	else if (access(KEYRING, R_OK) == 0)
		snprintf(ret, size, "signed-by=" KEYRING);
}
