/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a crash left, brought into the run directory. Logs and records are small and copied; a
 * vmcore is linked. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "collect/complete_work.h"
#include "outside.h"
#include "vmcore/vmcore.h"

static void tell_file(struct completing *w, const char *event, const char *name, const char *file,
		      const char *result, const char *detail, uint64_t bytes)
{
	struct jline *line = journal_begin(w->journal, event);

	jline_str(line, "name", name);
	jline_str(line, "result", result);
	jline_str(line, "detail", detail && detail[0] ? detail : NULL);
	jline_str(line, "file", file);
	jline_uint(line, "bytes", bytes);
	journal_commit(w->journal);
}

int complete_vmcore(struct completing *w, const struct relic *r, struct diag *d)
{
	char from[5000], detail[5400];
	const char *word = "";
	int err = path_format(from, sizeof(from), "%s/%s", r->path, r->vmcore);

	if (err < 0 || !r->vmcore[0])
		return err;
	/* moved only when all else is written */
	err = place_file(from, w->dir_fd, VMCORE_FILE, w->how == PLACE_MOVE ? PLACE_LINK : w->how,
			 &word);
	if (err < 0)
		return diag_set(d, err, "%s cannot be brought to %s/" VMCORE_FILE ": %s", from,
				w->lost->path, strerror(-err));
	snprintf(w->ret->vmcore, sizeof(w->ret->vmcore), "%s", word);
	snprintf(detail, sizeof(detail), "%s from %s%s%s", word, from, r->torn[0] ? "; " : "",
		 r->torn);
	tell_file(w, "dump", "kdump", VMCORE_FILE, r->torn[0] ? "failed" : "done", detail,
		  r->vmcore_bytes);
	return 0;
}

/* What notes and log of the dump tell, held against what the run knew: symbols are for `hangar
 * vmcore`. */
int complete_reading(struct completing *w, const struct relic *r)
{
	const struct vmcore_facts facts = { .release =
						    w->lost->release[0] ? w->lost->release : NULL,
					    .run_dir = w->lost->path };
	struct diag d = { 0 };
	struct jline *line;
	char path[5000];
	int err;

	if (!r->vmcore[0] || r->torn[0] ||
	    path_format(path, sizeof(path), "%s/" VMCORE_FILE, w->lost->path) < 0)
		return 0;
	err = vmcore_read(path, NULL, &facts, w->dir_fd, &d);
	line = journal_begin(w->journal, "vmcore");
	jline_str(line, "file", VMCORE_FILE);
	jline_uint(line, "bytes", r->vmcore_bytes);
	jline_str(line, "reader", err < 0 ? NULL : "notes");
	jline_str(line, "result", err < 0 ? "failed" : "done");
	jline_str(line, "detail", d.message[0] ? d.message : NULL);
	journal_commit(w->journal);
	return err < 0 ? err : 0;
}

int complete_log(struct completing *w, const struct relic *r, const char *file, struct diag *d)
{
	int err;

	if (!r->log)
		return 0;
	err = textfile_replace_at(w->dir_fd, file, r->log, r->log_size);
	if (err < 0)
		return diag_set(d, err, "%s/%s: %s", w->lost->path, file, strerror(-err));
	tell_file(w, r->kind == RELIC_KDUMP ? "evidence" : "dump",
		  r->kind == RELIC_KDUMP ? "vmcore-dmesg" : "pstore", file,
		  r->kind == RELIC_KDUMP ? NULL : "done", NULL, r->log_size);
	return 0;
}

static int place_record(struct completing *w, const struct relic *r, const char *name,
			struct diag *d)
{
	char from[5000], file[300];
	_cleanup_free_ char *data = NULL;
	size_t size;
	int err = path_format(from, sizeof(from), "%s/%s", r->path, name);

	snprintf(file, sizeof(file), "evidence/pstore/%s", name);
	if (!err)
		err = textfile_load(from, RELIC_LOG_MAX, &data, &size);
	if (!err)
		err = textfile_replace_at(w->dir_fd, file, data, size);
	if (err < 0)
		return diag_set(d, err, "%s cannot be copied to %s/%s: %s", from, w->lost->path,
				file, strerror(-err));
	tell_file(w, "evidence", "pstore", file, NULL, NULL, size);
	return 0;
}

int complete_store(struct completing *w, const struct relic *r, struct diag *d)
{
	int err = 0;

	if ((mkdirat(w->dir_fd, "evidence", 0755) < 0 && errno != EEXIST) ||
	    (mkdirat(w->dir_fd, "evidence/pstore", 0755) < 0 && errno != EEXIST))
		return diag_set(d, -errno, "%s/evidence/pstore: %s", w->lost->path,
				strerror(errno));
	for (unsigned int i = 0; i < r->n_files && !err; i++)
		err = place_record(w, r, r->files[i], d);
	if (!err && r->undecoded)
		journal_note(w->journal,
			     "%u records of %s are compressed in a way that cannot be read here: "
			     "kept as they are",
			     r->undecoded, r->name);
	return err ? err : complete_log(w, r, "evidence/pstore/log.txt", d);
}

int complete_move(struct completing *w, struct diag *d)
{
	const struct relic *kdump = w->pair->relics[RELIC_KDUMP],
			   *store = w->pair->relics[RELIC_PSTORE];
	const char *word = "";
	char path[5000];
	int err = 0;

	if (w->how != PLACE_MOVE)
		return 0;
	if (kdump && kdump->vmcore[0] &&
	    !path_format(path, sizeof(path), "%s/%s", kdump->path, kdump->vmcore))
		err = place_file(path, w->dir_fd, VMCORE_FILE, PLACE_MOVE, &word);
	for (unsigned int i = 0; store && !err && i < store->n_files; i++)
		if (!path_format(path, sizeof(path), "%s/%s", store->path, store->files[i]) &&
		    unlink(path) < 0)
			err = -errno;
	return err < 0 ? diag_set(d, err, "%s is copied, and cannot be removed: %s", path,
				  strerror(-err))
		       : 0;
}
