/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar vmcore`: a vmcore as text, or as JSON. */
#include "vmcore/vmcore.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/cli.h"
#include "base/paths.h"
#include "outside.h"
#include "vmcore/run_facts.h"
#include "vmcore/show.h"
#include "verdict.h"

struct options {
	const char *vmcore, *vmlinux, *run, *out;
	unsigned int tasks_min;
	bool json;
};

#define AT(member, of) CLI_AT(struct options, member, of)

static const struct cli_option rows[] = {
	{ 0, "--vmlinux", "FILE",
	  "the kernel with debug symbols; else it is looked for by build-id and release", cli_text,
	  AT(vmlinux, const char *) },
	{ 0, "--run", "DIR",
	  "run directory of the run: checks more, and names its tasks by their role", cli_text,
	  AT(run, const char *) },
	{ 0, "--tasks", "N", "so many tasks at least were alive", cli_count,
	  AT(tasks_min, unsigned int), .max = INT32_MAX },
	{ 'o', "--out", "DIR", "write vmcore.json and vmcore-dmesg.txt there", cli_text,
	  AT(out, const char *) },
	{ 0, "--json", NULL, "print vmcore.json instead of text", cli_flag, AT(json, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "vmcore",
	.usage = "Usage: hangar vmcore [OPTION...] VMCORE\n"
		 "Read a kernel's memory dump: panic, each CPU, blocked tasks by equal stacks,\n"
		 "memory, memory cgroups, and what is known of such a state: stuck journals,\n"
		 "broken split queues, refused orders, lost clocks. The answer of each analyser\n"
		 "(drgn, then crash) is checked against the dump's own notes and the run; one\n"
		 "that cannot be true is refused with the reason. Without symbols: what notes\n"
		 "and log tell.\n",
	.exits = "$HANGAR_DRGN_PYTHON names a Python with drgn, $HANGAR_CRASH another crash(8).\n"
		 "Exit: 0; 1 when only notes and log could be read; 128 when nothing could.\n",
	.options = rows,
	.words_min = 1,
	.words_max = 1,
	.wanted = "a vmcore",
};

/* Where to write: --out, or a folder of our own that goes away. */
struct place {
	char path[4096];
	bool ours;
	int fd;
};

static void place_clear(struct place *p)
{
	if (p->ours && p->fd >= 0) {
		unlinkat(p->fd, VMCORE_READING_FILE, 0);
		unlinkat(p->fd, VMCORE_DMESG_FILE, 0);
	}
	p->fd = close_fd(p->fd);
	if (p->ours)
		rmdir(p->path);
}

static int place_open(struct place *p, const char *out, struct diag *d)
{
	const char *tmp = getenv("TMPDIR");
	int err;

	if (out) {
		err = path_make(out);
		if (err < 0 && err != -EEXIST)
			return diag_set(d, err, "%s cannot be made: %s", out, strerror(-err));
		if (path_format(p->path, sizeof(p->path), "%s", out) < 0)
			return diag_set(d, -ENAMETOOLONG, "the name of --out is too long");
	} else {
		if (path_format(p->path, sizeof(p->path), "%s/hangar-vmcore.XXXXXX",
				tmp && *tmp ? tmp : "/tmp") < 0 ||
		    !mkdtemp(p->path))
			return diag_set(d, -errno, "no temporary folder can be made (%s): %s",
					p->path, strerror(errno));
		p->ours = true;
	}
	p->fd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return p->fd < 0 ? diag_set(d, -errno, "%s cannot be opened: %s", p->path, strerror(errno))
			 : 0;
}

static int print(const struct place *p, bool as_json, struct diag *d)
{
	_cleanup_close_ int fd = openat(p->fd, VMCORE_READING_FILE, O_RDONLY | O_CLOEXEC);
	json_t *reading = fd < 0 ? NULL : json_loadfd(fd, 0, NULL);

	if (!reading)
		return diag_set(d, -EIO, "%s/%s cannot be read back", p->path, VMCORE_READING_FILE);
	if (as_json) {
		json_dumpf(reading, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		vmcore_show(reading, stdout);
	}
	json_decref(reading);
	return fflush(stdout) ? diag_set(d, -EIO, "the output cannot be written") : 0;
}

static int work(const struct options *o, struct diag *d)
{
	_cleanup_(place_clear) struct place place = { .fd = -1 };
	struct vmcore_facts facts = { .tasks_min = o->tasks_min, .run_dir = o->run };
	char release[128];
	int err = 0, how;

	if (o->run)
		err = run_release(o->run, release, sizeof(release), d);
	if (err < 0)
		return err;
	facts.release = o->run ? release : NULL;
	err = place_open(&place, o->out, d);
	if (err < 0)
		return err;
	how = vmcore_read(o->vmcore, o->vmlinux, &facts, place.fd, d);
	if (how < 0)
		return how;
	if (how > 0)
		fprintf(stderr, "hangar: read without symbols: %s\n", d->message);
	err = print(&place, o->json, d);
	return err < 0 ? err : how;
}

int vmcore_main(int argc, char **argv)
{
	struct options o = { 0 };
	struct diag d = { 0 };
	char **words;
	int r = cli_parse(&cli, argc, argv, &o, &words);

	if (r)
		return r < 0 ? EXIT_BROKEN : 0;
	o.vmcore = words[0];
	r = work(&o, &d);
	if (r < 0)
		diag_print(&d, stderr);
	return r < 0 ? EXIT_BROKEN : r;
}
