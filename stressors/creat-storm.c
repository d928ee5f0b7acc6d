/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * creat-storm: names coming and going. Creating, linking and removing files costs journal credits,
 * inodes, directory blocks and dentries, all of which are charged to a memory cgroup, and it is
 * done under the folder's lock: what one task waits for in there, everybody in that folder waits
 * for. The mix says which operations, the fan-out how often they meet.
 */
#include "stressor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "fleet.h"
#include "workdir.h"

enum engine { ENGINE_SYNC, ENGINE_IO_URING };
enum aux {
	AUX_CREATES,
	AUX_UNLINKS,
	AUX_RENAMES,
	AUX_LINKS,
	AUX_FOLDERS,
	AUX_WRITES,
	AUX_OTHERS,
	AUX_FALLBACKS,
};

static const char *const engine_names[] = { "sync", "io_uring", NULL };
static const char *const aux_names[] = { "creates", "unlinks", "renames",   "links", "folders",
					 "writes",  "others",  "fallbacks", NULL };

static const uint8_t counts_as[] = {
	[OP_CREATE] = AUX_CREATES, [OP_WRITE] = AUX_WRITES,  [OP_RENAME] = AUX_RENAMES,
	[OP_LINK] = AUX_LINKS,     [OP_MKDIR] = AUX_FOLDERS, [OP_XATTR] = AUX_OTHERS,
	[OP_UNLINK] = AUX_UNLINKS, [OP_SYMLINK] = AUX_LINKS, [OP_TRUNCATE] = AUX_OTHERS,
	[OP_READDIR] = AUX_OTHERS, [OP_STAT] = AUX_OTHERS,
};

static struct {
	const char *dir;
	uint64_t mix[STRESSOR_MIX_MAX];
	uint64_t dirs, files, file_bytes, sync_percent, engine, depth, threads;
} opt;

static struct workdir folder = WORKDIR_NONE;
static struct flight_plan plan;
static char *data;

struct own {
	struct names names;
	struct flight flight; /* engine sync */
	struct fleet fleet;   /* engine io_uring */
	bool flies;           /* it is there */
	uint32_t to_remove;   /* no space was met: so many files go first */
};

static const struct param params[] = {
	{ "dir", PARAM_PATH, ".", 0, 0, NULL, "where the files are made, in a folder of their own",
	  &opt.dir },
	{ "mix", PARAM_MIX,
	  "create:4,write:4,rename:2,link:2,mkdir:1,xattr:1,unlink:4,symlink:1,truncate:1,readdir:"
	  "1,stat:2",
	  0, 0, flight_ops,
	  "operations and their weights; link, mkdir, symlink and xattr make, or remove what they "
	  "made",
	  opt.mix },
	{ "dirs", PARAM_COUNT, "16", 1, 65536, NULL,
	  "folders that the names are spread over, shared by all threads", &opt.dirs },
	{ "files", PARAM_COUNT, "256", 1, 1000000, NULL, "names of each thread in each folder",
	  &opt.files },
	{ "file-bytes", PARAM_BYTES, "4K", 0, 1ull << 26, NULL,
	  "bytes of a write; truncate goes up to twice as many", &opt.file_bytes },
	{ "sync", PARAM_PERCENT, "0", 0, 100, NULL,
	  "share of creates, writes and truncates that are followed by fsync", &opt.sync_percent },
	{ "engine", PARAM_CHOICE, "sync", 0, 0, engine_names,
	  "plain system calls, or io_uring for every call that it has", &opt.engine },
	{ "depth", PARAM_COUNT, "16", 1, 1024, NULL, "operations in flight, with engine io_uring",
	  &opt.depth },
	{ "threads", PARAM_COUNT, "1", 1, 256, NULL,
	  "threads, with names of their own in common folders", &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int make_folders(void)
{
	char name[NAME_MAX_BYTES];

	for (uint32_t i = 0; i < opt.dirs; i++) {
		names_folder(i, name);
		if (mkdirat(folder.fd, name, 0700) < 0)
			return -errno;
	}
	return 0;
}

/* Are there attributes here? tmpfs has had those of users since 6.6 only. */
static int probe_xattr(struct stressor_run *run)
{
	struct call c = { .dirfd = folder.fd, .path = "probe" };
	int err;

	if (!opt.mix[OP_XATTR])
		return 0;
	c.fd = calls_make(CALL_CREATE, &c);
	if (c.fd < 0)
		return c.fd;
	err = calls_make(CALL_SET_XATTR, &c);
	calls_make(CALL_CLOSE, &c);
	calls_make(CALL_UNLINK, &c);
	if (err != -EOPNOTSUPP)
		return err;
	stressor_say("no user attributes on the file system of --dir: stat instead of xattr");
	run->aux[AUX_FALLBACKS]++;
	opt.mix[OP_STAT] += opt.mix[OP_XATTR];
	opt.mix[OP_XATTR] = 0;
	return 0;
}

static int prepare_common(struct stressor_run *run)
{
	int err;

	if (run->thread > 0)
		return 0;
	data = malloc(opt.file_bytes + 1);
	if (!data)
		return -ENOMEM;
	memset(data, 'h', opt.file_bytes + 1);
	err = workdir_make(&folder, opt.dir, run);
	if (!err)
		err = make_folders();
	if (!err)
		err = probe_xattr(run);
	plan = (struct flight_plan){ folder.fd, opt.mix, opt.sync_percent, opt.file_bytes, data };
	return err;
}

static int open_fleet(struct stressor_run *run, struct own *own)
{
	int err;

	if (opt.engine != ENGINE_IO_URING)
		return 0;
	err = fleet_open(&own->fleet, (unsigned int)opt.depth);
	own->flies = !err;
	if (err != -EOPNOTSUPP)
		return err;
	run->aux[AUX_FALLBACKS]++;
	return 0;
}

static int prepare(struct stressor_run *run)
{
	struct own *own = run->own = calloc(1, sizeof(*own));
	int err;

	if (!own)
		return -ENOMEM;
	err = names_init(&own->names, run->thread, opt.dirs, opt.files);
	if (!err)
		err = prepare_common(run);
	return err ? err : open_fleet(run, own);
}

static void begin(struct stressor_run *run, struct own *own, struct flight *f)
{
	bool remove = own->to_remove && own->names.present_count;

	if (remove)
		own->to_remove--;
	flight_begin(f, &own->names, run, &plan, remove);
}

/* Count it, and give space back when there was none. */
static int end(struct stressor_run *run, struct own *own, struct flight *f)
{
	int ret = flight_end(f, &own->names);

	run->aux[counts_as[f->op]]++;
	if (f->op == OP_WRITE && !ret)
		run->bytes += opt.file_bytes;
	if (ret == -ENOSPC || ret == -EDQUOT)
		own->to_remove = own->names.present_count / 2 + 1;
	if (ret < 0)
		run->doing = flight_ops[f->op];
	return ret;
}

static int one_of_many(struct stressor_run *run, struct own *own)
{
	uint64_t fallbacks = own->fleet.fallbacks;
	struct flight *f;
	int err;

	while ((f = fleet_idle(&own->fleet))) {
		begin(run, own, f);
		fleet_launch(&own->fleet, f);
	}
	run->doing = "io_uring submit";
	err = fleet_land(&own->fleet, &f);
	run->aux[AUX_FALLBACKS] += own->fleet.fallbacks - fallbacks;
	return err ? err : end(run, own, f);
}

static int work(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own->flies)
		return one_of_many(run, own);
	begin(run, own, &own->flight);
	chain_make(&own->flight.chain);
	return end(run, own, &own->flight);
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own) {
		fleet_close(&own->fleet);
		names_clear(&own->names);
		free(own);
	}
	run->own = NULL;
	if (run->thread > 0)
		return;
	workdir_remove(&folder);
	free(take_ptr(data));
}

static const struct stressor creat_storm = {
	.name = "creat-storm",
	.about = "Creates, links, renames and removes names in chosen mixes.",
	.step = "one operation of the mix, with its open and close",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(creat_storm)
