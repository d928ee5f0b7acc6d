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
#include "kmsg/kmsg.h"
#include "kmsg/line.h"
#include "outside.h"
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

/* The kernel's timestamp of the last record that the guest's watcher kept, 0: none. */
static uint64_t last_told(const struct outside *o)
{
	_cleanup_free_ char *path = NULL, *line = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	unsigned long long last = 0, stamp;
	size_t size = 0;

	if (asprintf(&path, "%s/kmsg.log", o->rundir.path) < 0)
		return 0;
	file = fopen(path, "re");
	while (file && getline(&line, &size, file) > 0)
		if (sscanf(line, "%*u,%*u,%llu,", &stamp) == 1 && stamp > last)
			last = stamp;
	return last;
}

struct last_words {
	struct outside *o;
	uint64_t after_us;
	uint32_t ids[256]; /* the judge's number for each of the reader's */
};

static void take(void *ctx, const struct finding *told)
{
	struct last_words *w = ctx;
	struct finding f = *told;
	uint32_t id = told->id, more_of = told->more_of;

	if (f.kernel_us && f.kernel_us <= w->after_us)
		return;
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
	struct last_words words = { .o = o, .after_us = last_told(o) };
	struct kmsg_reader *reader = kmsg_reader_new(take, &words);
	_cleanup_free_ char *path = NULL, *line = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	size_t size = 0;
	ssize_t n;

	if (reader && asprintf(&path, "%s/" VMCORE_DMESG_FILE, o->rundir.path) > 0)
		file = fopen(path, "re");
	free(take_ptr(path));
	if (reader && !file && asprintf(&path, "%s/" CONSOLE_FILE, o->rundir.path) > 0)
		file = fopen(path, "re");
	while (file && (n = getline(&line, &size, file)) > 0) {
		struct kmsg_record record;

		line[strcspn(line, "\r\n")] = '\0';
		kmsg_line_parse(line, &record);
		kmsg_reader_feed(reader, &record, now_us());
	}
	if (reader)
		kmsg_reader_flush(reader, now_us(), 0);
	kmsg_reader_free(reader);
}
