/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A relic: what one crash left on this machine, found by its folder: a kdump below /var/crash,
 * records of the persistent store. Whose it is, is decided elsewhere (pair.h); here is what it says
 * of itself.
 */
#ifndef HANGAR_RELIC_H
#define HANGAR_RELIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "finding.h"

enum relic_kind { RELIC_KDUMP, RELIC_PSTORE };

#define RELIC_RUNS_MAX 8 /* run ids named in one kernel log: those of one boot */
#define RELIC_FILES_MAX                                                                            \
	64 /* records of one crash in a persistent store; efi cuts a log into 1 KiB pieces */
#define RELIC_FINDINGS_MAX 100
#define RELIC_LOG_MAX (16u << 20)

struct relic {
	enum relic_kind kind;
	char path[4096];  /* folder of a kdump; folder that a store's records lie in */
	char name[256];   /* for people: "kdump 202611230501", "pstore dmesg-ramoops-0" */
	time_t when;      /* of the youngest file: the crash, or a little later */
	char vmcore[256]; /* in ->path, "" when there is none */
	uint64_t vmcore_bytes;
	char torn[300];  /* why the vmcore is no use; "" when nobody has found fault with it */
	char dmesg[256]; /* kdump: file with the kernel log, "" when there is none */
	char *files[RELIC_FILES_MAX]; /* pstore: names in ->path, the log's begin first; owned */
	unsigned int n_files;
	unsigned int undecoded; /* records that stayed compressed in a way that we cannot read */

	/* told by the log */
	char *log; /* NUL-terminated, owned; NULL: none */
	size_t log_size;
	char release[128];
	char panic[256];
	uint64_t last_us; /* the printk clock's last stamp: for how long that kernel had been up; 0:
			     not known */
	char runs[RELIC_RUNS_MAX][64];
	uint64_t runs_us[RELIC_RUNS_MAX]; /* printk time at which each said that it watches */
	unsigned int n_runs;
	struct finding
		*findings; /* as runner/kmsg tells them: id and more_of are its local numbers */
	unsigned int n_findings;
};

struct relics {
	struct relic *list;
	unsigned int count;
};

/**
 * relics_find_kdump - folders below @crash_dir that hold a dump, in any of the layouts known; a
 * missing folder holds none
 * @look: looks into each vmcore that no name calls unfinished, and fills ->torn, ->release, and the
 * log where no file has it: relic_look_into_vmcore(), or NULL Returns 0 or -errno.
 */
int relics_find_kdump(struct relics *to, const char *crash_dir, int (*look)(struct relic *r));
/* By the vmcore's own header; by makedumpfile when the log is asked of it. 0 or -ENOMEM. */
int relic_look_into_vmcore(struct relic *r);
/* Records in @pstore (the mounted store, or an archive of systemd-pstore and its folders), one
 * relic a crash. 0 or -errno. */
int relics_find_pstore(struct relics *to, const char *pstore);
/* A new empty one behind the last, or NULL. */
struct relic *relics_add(struct relics *to, enum relic_kind kind, const char *path);
void relics_clear(struct relics *r);

/* Read what the log tells: release, runs, panic, findings. Takes @text over (heap, NUL behind
 * @size). 0 or -ENOMEM. */
int relic_take_log(struct relic *r, char *text, size_t size);
int relic_run_index(const struct relic *r, const char *id); /* in ->runs, or -1 */

/**
 * pstore_decode - the text of one record of a store
 * Inflated when it is compressed; the lines that are not the log's ("Panic#1 Part2") are taken off.
 * @ret_order: records of one crash in this order are its log: "Part2" comes before "Part1",
 * "Oops#1" before "Panic#2" Returns 0; -EBADMSG: not to be read; -ENOMEM.
 */
int pstore_decode(const char *name, const void *data, size_t size, char **ret_text,
		  size_t *ret_size, unsigned int *ret_order);

#endif
