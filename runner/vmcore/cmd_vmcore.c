/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar vmcore`: a vmcore as text, or as JSON. */
#include "vmcore/vmcore.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "outside.h"
#include "vmcore/run_facts.h"
#include "vmcore/show.h"
#include "verdict.h"

static const char usage[] =
	"Usage: hangar vmcore [OPTION...] VMCORE\n"
	"Read a kernel's memory dump: panic, each CPU, blocked tasks by equal stacks, memory, "
	"memory cgroups,\nand what is known of such a state: stuck journals, broken split queues, "
	"refused orders, lost clocks.\n"
	"The answer of each analyser (drgn, then crash) is checked against the dump's own notes "
	"and the run;\n"
	"one that cannot be true is refused with the reason. Without symbols: what notes and log "
	"tell.\n\n"
	"  --vmlinux FILE  the kernel with debug symbols; else it is looked for by build-id and "
	"release\n"
	"  --run DIR       run directory of the run: checks more, and names its tasks by their "
	"role\n"
	"  --tasks N       so many tasks at least were alive\n"
	"  --out DIR       write vmcore.json and vmcore-dmesg.txt there\n"
	"  --json          print vmcore.json instead of text\n"
	"  --help          print this text\n\n"
	"$HANGAR_DRGN_PYTHON names a Python with drgn, $HANGAR_CRASH another crash(8).\n"
	"Exit status: 0; 1 when only notes and log could be read; 128 when nothing could.\n";

struct options {
	const char *vmcore, *vmlinux, *run, *out;
	unsigned int tasks_min;
	bool json;
};

static int refuse(const char *why, const char *what)
{
	fprintf(stderr, "hangar vmcore: %s%s; see hangar vmcore --help\n", why, what);
	return -EINVAL;
}

static int take_count(const char *text, unsigned int *ret)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end || n > INT32_MAX)
		return refuse("--tasks must be a whole number, not ", text);
	*ret = (unsigned int)n;
	return 0;
}

static int parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "vmlinux", required_argument, NULL, 'v' },
		{ "run", required_argument, NULL, 'r' },
		{ "tasks", required_argument, NULL, 't' },
		{ "out", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL },
	};
	int option, err = 0;

	optind = 0; /* GNU: scan a fresh vector */
	opterr = 0;
	while (!err && (option = getopt_long(argc, argv, ":ho:", longs, NULL)) != -1) {
		switch (option) {
		case 'v':
			o->vmlinux = optarg;
			break;
		case 'r':
			o->run = optarg;
			break;
		case 'o':
			o->out = optarg;
			break;
		case 't':
			err = take_count(optarg, &o->tasks_min);
			break;
		case 'j':
			o->json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 1;
		case ':':
			return refuse("a value is missing after ", argv[optind - 1]);
		default:
			return refuse("no option ", argv[optind - 1]);
		}
	}
	if (!err && argc - optind != 1)
		return refuse("one VMCORE is wanted", "");
	o->vmcore = argv[optind];
	return err;
}

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
	int r = parse(argc, argv, &o);

	if (r)
		return r < 0 ? EXIT_BROKEN : 0;
	r = work(&o, &d);
	if (r < 0)
		diag_print(&d, stderr);
	return r < 0 ? EXIT_BROKEN : r;
}
