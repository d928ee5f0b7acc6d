/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A panic takes the watcher with it that would have told of it. Its words are on the console, or,
 * for a panic by NMI, in the vmcore alone.
 */
#include "vm/host/postmortem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "outside.h"
#include "vm/host/last_words.h"
#include "vmcore/vmcore.h"

static const char *symbols(struct outside *o)
{
	struct diag d = { 0 };

	if (o->options.no_symbols)
		return NULL;
	if (!kernel_symbols(&o->kernel, o->options.vmlinux, true, outside_say, o, &d))
		return o->kernel.vmlinux;
	journal_note(o->journal, "no debug symbols: %s", d.message);
	panel_say(&o->panel, "no debug symbols: %s", d.message);
	return NULL;
}

/* Text of vmcore.json at @key into @buf. */
static void reading_text(const struct outside *o, const char *key, char *buf, size_t size)
{
	_cleanup_free_ char *path = NULL;
	json_t *reading;
	const char *text;

	buf[0] = '\0';
	if (asprintf(&path, "%s/" VMCORE_READING_FILE, o->rundir.path) < 0)
		return;
	reading = json_load_file(path, 0, NULL);
	text = json_string_value(json_object_get(reading, key));
	snprintf(buf, size, "%s", text ? text : "");
	json_decref(reading);
}

static void tell(struct outside *o, uint64_t began, int r, const struct diag *d)
{
	struct jline *line;
	char reader[32];
	struct stat st;

	reading_text(o, "reader", reader, sizeof(reader));
	line = journal_begin(o->journal, "vmcore");
	jline_str(line, "file", VMCORE_FILE);
	if (fstatat(o->rundir.fd, VMCORE_FILE, &st, 0) == 0)
		jline_uint(line, "bytes", (uint64_t)st.st_size);
	if (reader[0])
		jline_str(line, "reader", reader);
	jline_str(line, "result", r < 0 ? "unread" : r > 0 ? "partly read" : "read");
	if (d->message[0])
		jline_str(line, "detail", d->message);
	jline_double(line, "seconds", (double)(now_us() - began) / 1e6);
	journal_commit(o->journal);
	panel_say(&o->panel, "vmcore %s%s%s%s%s", r < 0 ? "not read" : "read",
		  reader[0] ? " by " : "", reader, d->message[0] ? ": " : "", d->message);
}

void postmortem_vmcore(struct outside *o)
{
	const struct vmcore_facts facts = {
		.release = outside_release(o),
		.tasks_min = o->story.alive,
		.run_dir = o->rundir.path,
	};
	_cleanup_free_ char *path = NULL;
	struct diag d = { 0 };
	uint64_t began;
	const char *vmlinux;

	if (!o->have_vmcore || asprintf(&path, "%s/" VMCORE_FILE, o->rundir.path) < 0)
		return;
	vmlinux = symbols(o);
	began = now_us();
	tell(o, began, vmcore_read(path, vmlinux, &facts, o->rundir.fd, &d), &d);
}

struct heard {
	struct outside *o;
	uint32_t ids[256]; /* the judge's number for each of the reader's */
};

static void take(void *ctx, const struct finding *told)
{
	struct heard *w = ctx;
	struct finding f = *told;
	uint32_t id = told->id, more_of = told->more_of;

	snprintf(f.watcher, sizeof(f.watcher), "console");
	f.began_us = 0; /* the kernel's clock was not laid beside ours */
	f.more_of = more_of && more_of < ARRAY_SIZE(w->ids) ? w->ids[more_of] : 0;
	if (more_of && !f.more_of)
		return;
	judge_take(&w->o->judge, &f);
	if (!more_of && id < ARRAY_SIZE(w->ids))
		w->ids[id] = f.id;
	panel_finding(&w->o->panel, &f);
}

void postmortem_log(struct outside *o)
{
	const struct last_words words = {
		.run_dir = o->rundir.path,
		.told_us = o->story.told_us,
		.crash_is_ours = o->crashed_by_us,
	};
	struct heard heard = { .o = o };

	last_words_read(&words, take, &heard);
}
