/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modpost, objtool and resolve_btfids of trixie ask for GLIBC_2.38, and bookworm has 2.36. A
 * dynamic linker can be called as a program and told where its libraries are, so a suite's own runs
 * beside the machine's without a root folder or a container: four small packages.
 */
#include "vm/kernel/headers_tools.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "vm/cache.h"
#include "vm/kernel/child.h"
#include "vm/kernel/fetch.h"
#include "vm/kernel/offers.h"
#include "vm/kernel/package.h"

#define LIST_AGE_MAX (12 * 3600)

static const char *const tools[] = {
	/* below usr/lib/linux-kbuild-X; each fails at once without arguments */
	"scripts/mod/modpost.real-lsb-64",
	"scripts/mod/modpost",
	"scripts/basic/fixdep",
	"scripts/genksyms/genksyms",
	"tools/objtool/objtool.real-x86",
	"tools/objtool/objtool",
	"tools/bpf/resolve_btfids/resolve_btfids",
};

/* What they are linked with, and what that is linked with. libelf1 was renamed in trixie. */
static const char *const libraries[] = { "libc6", "libelf1t64", "libelf1", "zlib1g", "libzstd1" };

static void hear_loader(void *ctx, const char *line)
{
	if (strstr(line, "GLIBC_") && strstr(line, "not found"))
		*(bool *)ctx = true;
}

static bool needs_newer_library(const char *program)
{
	const char *argv[] = { program, NULL };
	bool newer = false;
	struct child_run run = { .argv = argv, .line = hear_loader, .ctx = &newer };

	if (access(program, X_OK) == 0)
		child_lines(&run, NULL);
	return newer;
}

static int tool_path(const char *made, const struct offered *kbuild, size_t i, char ret[4096])
{
	return path_format(ret, 4096, "%s/usr/lib/%s/%s", made, kbuild->name, tools[i]);
}

static bool any_needs_newer(const char *made, const struct offered *kbuild)
{
	char path[4096];

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
		if (tool_path(made, kbuild, i, path) == 0 && needs_newer_library(path))
			return true;
	return false;
}

/* "trixie" of "trixie-backports": C libraries lie in the suite that the others add to. */
static void base_suite(const char *suite, char *ret, size_t size)
{
	snprintf(ret, size, "%.*s", (int)strcspn(suite, "-"), suite);
}

static unsigned int pick(const struct archive_index *c, const char *suite,
			 const struct offered *ret[])
{
	unsigned int count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
		const struct offered *p = archive_index_get(c, suite, libraries[i], NULL);

		if (p)
			ret[count++] = p;
	}
	return count;
}

static int fetch_libraries(const char *made, const struct offered *kbuild, kernel_say *say,
			   void *ctx, struct diag *d)
{
	_cleanup_(archive_index_clear) struct archive_index c = { 0 };
	const struct offered *packages[ARRAY_SIZE(libraries)];
	char suite[64], debs[4096], beside[4096];
	_cleanup_close_ int root = -1;
	int r = path_format(debs, sizeof(debs), "%s/libraries", made);

	base_suite(kbuild->suite, suite, sizeof(suite));
	if (r == 0)
		r = path_format(beside, sizeof(beside), "%s/beside", made);
	if (r < 0 || mkdir(debs, 0755) < 0 || mkdir(beside, 0755) < 0)
		return diag_set(d, -EIO, "%s cannot be written", made);
	r = offers_load(suite, LIST_AGE_MAX, say, ctx, &c, d);
	if (r < 0)
		return r;
	r = fetch_packages(packages, pick(&c, suite, packages), debs, say, ctx, d);
	root = open(beside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r == 0)
		r = fetch_unpack_all(debs, &package_libraries, root, d);
	cache_remove(debs);
	return r;
}

/* TOOL becomes TOOL.elf, and a script that starts it. The cache may move, so the script asks where
 * it lies. */
static int wrap(const char *made, const char *tool)
{
	char moved[4096 + 8], text[1024], up[256] = "";
	int r;

	for (const char *p = tool + strlen(made) + 1;
	     (p = strchr(p, '/')) && strlen(up) + 4 < sizeof(up); p++)
		strcat(up, "../");
	snprintf(moved, sizeof(moved), "%s.elf", tool);
	snprintf(text, sizeof(text),
		 "#!/bin/sh\nhere=$(dirname \"$(readlink -f \"$0\")\")\n"
		 "libraries=$(echo \"$here\"/%sbeside/usr/lib/x86_64-linux-gnu)\n"
		 "exec \"$libraries/ld-linux-x86-64.so.2\" --library-path \"$libraries\" "
		 "\"$0.elf\" \"$@\"\n",
		 up);
	if (rename(tool, moved) < 0)
		return -errno;
	r = textfile_replace_at(AT_FDCWD, tool, text, strlen(text));
	return r == 0 && chmod(tool, 0755) < 0 ? -errno : r;
}

int headers_tools(const char *made, const struct offered *kbuild, kernel_say *say, void *ctx,
		  struct diag *d)
{
	char path[4096];
	int r;

	if (!any_needs_newer(made, kbuild))
		return 0;
	r = fetch_libraries(made, kbuild, say, ctx, d);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(tools); i++)
		if (tool_path(made, kbuild, i, path) == 0 && needs_newer_library(path))
			r = wrap(made, path);
	if (r == 0 && any_needs_newer(made, kbuild))
		r = -ENOTSUP;
	return r < 0 ? diag_set(d, r,
				"modules for this kernel cannot be built here: the tools in %s %s "
				"of %s need a newer C library "
				"than this machine's; build them on a machine with that suite, or "
				"take a kernel of this "
				"machine's own",
				kbuild->name, kbuild->version, kbuild->suite)
		     : 0;
}
