/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest hands out its journal and its files by two ports, and a locked CPU may stand before one
 * of them alone: kmsg.log can hold a fault that the journal never told. So the journal's last word
 * counts here, not that of kmsg.log.
 */
#include "vm/host/last_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "kmsg/line.h"
#include "outside.h"
#include "vmcore/vmcore.h"

static FILE *file_of(const char *dir, const char *name)
{
	_cleanup_free_ char *path = NULL;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : fopen(path, "re");
}

/* The kernel's timestamp of the first record that the guest's watcher kept, 0: none. */
static uint64_t watched_since(const char *dir)
{
	_cleanup_fclose_ FILE *file = file_of(dir, "kmsg.log");
	unsigned long long stamp;

	return file && fscanf(file, "%*u,%*u,%llu,", &stamp) == 1 ? stamp : 0;
}

/* How a log goes on when the ladder has pulled its trigger. */
static bool is_trigger(const char *text)
{
	static const char *const triggers[] = {
		"sysrq: Trigger a crash",
		"sysrq: SysRq : Trigger a crash",
		"SysRq : Trigger a crash",
		"Uhhuh. NMI received",
		"NMI: IOCK error",
		"NMI: PCI system error",
		"Kernel panic - not syncing",
	};

	for (size_t i = 0; i < ARRAY_SIZE(triggers); i++)
		if (!strncmp(text, triggers[i], strlen(triggers[i])))
			return true;
	return false;
}

struct sieve {
	kmsg_take_fn take;
	void *ctx;
	uint64_t after_us;
};

static void sift(void *ctx, const struct finding *f)
{
	const struct sieve *s = ctx;

	if (!f->kernel_us || f->kernel_us > s->after_us)
		s->take(s->ctx, f);
}

void last_words_read(const struct last_words *w, kmsg_take_fn take, void *ctx)
{
	uint64_t since = watched_since(w->run_dir);
	struct sieve sieve = {
		.take = take,
		.ctx = ctx,
		.after_us = w->told_us > since ? w->told_us : since,
	};
	struct kmsg_reader *reader = kmsg_reader_new(sift, &sieve);
	_cleanup_fclose_ FILE *file = file_of(w->run_dir, VMCORE_DMESG_FILE);
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!file)
		file = file_of(w->run_dir, CONSOLE_FILE);
	while (reader && file && (n = getline(&line, &size, file)) > 0) {
		struct kmsg_record record;

		line[strcspn(line, "\r\n")] = '\0';
		kmsg_line_parse(line, &record);
		if (w->crash_is_ours && is_trigger(record.text))
			break;
		kmsg_reader_feed(reader, &record, now_us());
	}
	if (reader)
		kmsg_reader_flush(reader, now_us(), 0);
	kmsg_reader_free(reader);
}
