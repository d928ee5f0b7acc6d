/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one report of the OOM killer says, from 2.6.32 to 7.x, groups of both versions and the
 * machine: whose limit, who asked, who stood in the table, who died, and whether the reaper got
 * the memory. Pure and of fixed size; what a kernel does not print is marked as not known.
 */
#ifndef HANGAR_OOM_STORY_H
#define HANGAR_OOM_STORY_H

#include "triage/triage.h"

#define OOM_TOP 5
#define OOM_KILLED_MAX 8
#define OOM_STATS_MAX 16
#define OOM_COLUMNS_MAX 16
#define OOM_NO_NUMBER UINT64_MAX

enum oom_scope { OOM_SCOPE_UNKNOWN, OOM_MEMCG, OOM_MACHINE, OOM_CPUSET, OOM_MEMPOLICY };

struct oom_amount { /* "memory: usage 32768kB, limit 32768kB, failcnt 56" */
	bool known, unlimited;
	uint64_t usage_kb, limit_kb, failcnt;
};

struct oom_asked { /* "extoom invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0" */
	bool known, by_hand; /* order=-1: SysRq-f */
	char comm[32];
	int pid, order, adj;
	char gfp[128];
};

struct oom_row { /* of the table of tasks; sizes in pages, OOM_NO_NUMBER: no such column */
	int pid, tgid, adj;
	bool spared; /* oom_score_adj -1000, older: oom_adj -17: never chosen */
	uint64_t vm, rss, pgtables_bytes, swapents;
	char name[32];
};

struct oom_killed { /* sizes in kB, OOM_NO_NUMBER: the line does not say */
	int pid, adj;
	bool has_adj, group; /* @group: because of memory.oom.group or a shared address space */
	char comm[32];
	uint64_t vm_kb, anon_kb, file_kb, shmem_kb, pgtables_kb;
};

struct oom_stat {
	char name[32];
	uint64_t kb;
};

struct oom_story {
	enum oom_scope scope;
	struct oom_asked asked;
	char limit_memcg[256], victim_memcg[256]; /* whose limit; where the victim lives */
	char cpuset[128], mems[64], nodemask[64];
	struct oom_amount memory, memsw, kmem;
	struct oom_stat stats[OOM_STATS_MAX];
	unsigned int stat_count;
	/* table */
	unsigned int rows, spared_rows;
	uint64_t rss_pages;
	struct oom_row top[OOM_TOP], spared; /* by rss; the largest of the spared */
	/* end */
	int chosen_pid, score;
	char chosen_comm[32];
	struct oom_killed killed[OOM_KILLED_MAX];
	unsigned int killed_count, group_kills;
	bool group_kill;
	unsigned int reaped;
	uint64_t reaped_left_kb; /* anon-rss that was left, of all reaped */
	char unreaped[64];       /* "extoom[53]": the reaper gave up */
	char exiting[64];        /* was already exiting: nobody was killed */
	bool none_killable, panicked;
	/* the machine */
	uint64_t free_kb, ram_pages, swap_free_kb, swap_total_kb; /* OOM_NO_NUMBER: not said */
};

void oom_story_read(const struct triage_case *c, struct oom_story *ret);

/* The row of @pid in the table of @t: it was a candidate, so a member of the group that ran out. */
bool oom_table_find(const struct report_text *t, int pid, struct oom_row *ret);

/* oom_table.c: the header of the table, then rows by its columns. */
struct oom_columns {
	unsigned int count;
	unsigned char what[OOM_COLUMNS_MAX];
};
bool oom_columns_parse(const char *line, struct oom_columns *ret);
bool oom_row_parse(const char *line, const struct oom_columns *columns, struct oom_row *ret);

#endif
