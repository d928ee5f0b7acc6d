/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each suite has a folder lists/SUITE with an apt.conf that turns everything away from the machine:
 * its hooks (parts and main are empty) and its state. What of the machine's configuration a
 * download needs (proxies, time limits, checks of dates) is copied by `apt-config dump`. The dpkg
 * status is empty: nothing is installed as far as this apt knows.
 */
#include "vm/kernel/apt.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "vm/cache.h"
#include "vm/kernel/archive_index.h"
#include "vm/kernel/child.h"
#include "vm/kernel/mirror.h"
#include "vm/kernel/packages.h"

#define NAMES_MAX 16

struct apt {
	char folder[3072];
	int lock; /* of the suite: one apt at a time */
	char env[4096];
	const char *envp[2];
};

static void apt_clear(struct apt *a)
{
	close_fd(a->lock);
}

/* Lines of `apt-config dump Acquire` that matter to a download. */
static void copy_setting(void *ctx, const char *line)
{
	if (strncmp(line, "Acquire::", 9) == 0 && strncmp(line, "Acquire::IndexTargets", 21) != 0 &&
	    strncmp(line, "Acquire::Languages", 18) != 0 &&
	    strncmp(line, "Acquire::GzipIndexes", 20) != 0)
		fprintf(ctx, "%s\n", line);
}

static int write_conf(const struct apt *a)
{
	static const char *const ask[] = { "apt-config", "dump", "Acquire", NULL };
	_cleanup_free_ char *text = NULL;
	char path[4096];
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	struct child_run run = { .argv = ask, .line = copy_setting, .ctx = f };
	int r;

	if (!f)
		return -ENOMEM;
	child_lines(&run, NULL);
	fprintf(f,
		"Dir::Etc::parts \"/dev/null\";\nDir::Etc::main "
		"\"/dev/null\";\nDir::Etc::sourceparts \"/dev/null\";\n"
		"Dir::Etc::preferences \"/dev/null\";\nDir::Etc::preferencesparts \"/dev/null\";\n"
		"Dir::Etc::sourcelist \"%s/sources.list\";\nDir::State "
		"\"%s/state\";\nDir::State::status \"%s/status\";\n"
		"Dir::Cache \"%s/cache\";\nDir::Cache::pkgcache \"\";\nDir::Cache::srcpkgcache "
		"\"\";\n"
		/* as root apt would turn into _apt, who may not enter root's cache */
		"APT::Sandbox::User \"root\";\nAPT::Architecture \"amd64\";\nAPT::Architectures { "
		"\"amd64\"; };\n"
		"Acquire::Languages \"none\";\nAcquire::GzipIndexes "
		"\"true\";\nAcquire::http::Timeout \"20\";\n"
		"Acquire::https::Timeout \"20\";\nAcquire::Retries \"1\";\nAPT::Get::Show-Versions "
		"\"false\";\n",
		a->folder, a->folder, a->folder, a->folder);
	if (fclose(f) != 0)
		return -ENOMEM;
	r = path_format(path, sizeof(path), "%s/apt.conf", a->folder);
	return r < 0 ? r : textfile_replace_at(AT_FDCWD, path, text, size);
}

static int write_source(const struct apt *a, const char *suite)
{
	char address[1024], trust[1024], line[2200], path[4096];
	int r = mirror_of(suite, address, sizeof(address));

	mirror_trust(trust, sizeof(trust));
	if (r == 0)
		r = path_format(line, sizeof(line), "deb [arch=amd64 %s] %s %s main\n", trust,
				address, suite);
	if (r == 0)
		r = path_format(path, sizeof(path), "%s/sources.list", a->folder);
	if (r == 0)
		r = textfile_replace_at(AT_FDCWD, path, line, strlen(line));
	if (r == 0)
		r = path_format(path, sizeof(path), "%s/status", a->folder);
	return r < 0 ? r : textfile_replace_at(AT_FDCWD, path, "", 0);
}

static int make_folders(const char *folder)
{
	static const char *const parts[] = { "state/lists/partial", "cache/archives/partial" };
	char path[4096];
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(parts); i++) {
		r = path_format(path, sizeof(path), "%s/%s", folder, parts[i]);
		if (r == 0)
			r = path_make(path);
		r = r == -EEXIST ? 0 : r;
	}
	return r;
}

static int apt_open(const char *suite, struct apt *a, struct diag *d)
{
	char kind[128];
	int r = path_format(kind, sizeof(kind), "lists/%s", suite);

	a->lock = -1;
	if (r == 0)
		r = cache_folder(kind, a->folder, sizeof(a->folder));
	if (r == 0)
		a->lock = open(a->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r == 0 && (a->lock < 0 || flock(a->lock, LOCK_EX) < 0))
		r = -errno;
	if (r == 0)
		r = make_folders(a->folder);
	if (r == 0)
		r = write_conf(a);
	if (r == 0)
		r = write_source(a, suite);
	if (r < 0)
		return diag_set(d, r, "the cache has no place for apt's lists of %s: %s", suite,
				strerror(-r));
	snprintf(a->env, sizeof(a->env), "APT_CONFIG=%s/apt.conf", a->folder);
	a->envp[0] = a->env;
	return 0;
}

static bool speaks_of_network(const char *text)
{
	static const char *const signs[] = { "Could not resolve",    "Temporary failure resolving",
					     "Could not connect",    "Connection failed",
					     "connection timed out", "Connection timed out",
					     "Unable to connect",    "Network is unreachable",
					     "Failed to connect" };

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (strstr(text, signs[i]))
			return true;
	return false;
}

struct hearing {
	kernel_say *say;
	void *ctx;
	bool offline, missing;
	char error[512];
};

static void hear(void *ctx, const char *line)
{
	struct hearing *h = ctx;

	if (!h->offline && speaks_of_network(line)) {
		h->offline = true;
		snprintf(h->error, sizeof(h->error), "%s", line + strspn(line, " \t"));
	}
	h->missing = h->missing || strstr(line, "does not have a Release file");
	if (!h->error[0] && (strncmp(line, "E: ", 3) == 0 || strncmp(line, "Err:", 4) == 0))
		snprintf(h->error, sizeof(h->error), "%s", line);
	if (strncmp(line, "Err:", 4) == 0)
		kernel_tell(h->say, h->ctx, "apt: %s", line);
}

static int verdict(int r, const struct hearing *h, const char *suite, const struct diag *inner,
		   struct diag *d)
{
	if (r == -ENOENT)
		return diag_set(d, r,
				"debian: kernels are fetched with apt-get, which this machine does "
				"not have; name a "
				".deb or an unpacked folder");
	if (r < 0 && h->offline)
		return diag_set(
			d, -ENETUNREACH,
			"Debian's mirror cannot be reached (%s); name a kernel that is in the "
			"cache (`hangar kernel list`), or a file",
			h->error[0] ? h->error : inner->message);
	if (r < 0 && h->missing)
		return diag_set(d, -ENOENT, "the mirror has no suite %s", suite);
	return r < 0 ? diag_set(d, r, "suite %s: %s", suite,
				h->error[0] ? h->error : inner->message)
		     : 0;
}

int apt_update(const char *suite, kernel_say *say, void *ctx, struct diag *d)
{
	/* errors of one index are errors: a list of yesterday would pass for one of today */
	static const char *const argv[] = { "apt-get", "-q", "-o", "APT::Update::Error-Mode=any",
					    "update",  NULL };
	_cleanup_(apt_clear) struct apt a;
	struct hearing h = { say, ctx };
	struct child_run run = { .argv = argv, .line = hear, .ctx = &h };
	struct diag inner = { 0 };
	int r = apt_open(suite, &a, d);

	if (r < 0)
		return r;
	a.envp[1] = NULL;
	run.env = a.envp;
	kernel_tell(say, ctx, "asking the mirror for the kernels of %s", suite);
	r = verdict(child_lines(&run, &inner), &h, suite, &inner, d);
	return r < 0 ? r : archive_index_distil(suite, d);
}

int apt_download(const char *suite, const char *const *names, unsigned int count,
		 const char *folder, kernel_say *say, void *ctx, struct diag *d)
{
	const char *argv[4 + NAMES_MAX] = { "apt-get", "-q", "download" };
	_cleanup_(apt_clear) struct apt a;
	struct hearing h = { say, ctx };
	struct child_run run = { .argv = argv, .folder = folder, .line = hear, .ctx = &h };
	struct diag inner = { 0 };
	int r;

	if (count > NAMES_MAX)
		return diag_set(d, -E2BIG, "more than %d packages at once", NAMES_MAX);
	r = apt_open(suite, &a, d);
	if (r < 0)
		return r;
	for (unsigned int i = 0; i < count; i++)
		argv[3 + i] = names[i];
	a.envp[1] = NULL;
	run.env = a.envp;
	return verdict(child_lines(&run, &inner), &h, suite, &inner, d);
}
