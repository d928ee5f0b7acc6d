/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every line of the report is offered to a table of readers, each of which knows one form by how it
 * begins or by a word in it. The order of lines differs by era, so none is relied upon, but for
 * two: the table of tasks and the counters of a group go on until a line that is none of theirs.
 */
#include "triage/oom_reading.h"

#include <string.h>

#include "base/cleanup.h"
#include "triage/scan_text.h"

#define UNLIMITED_KB (UINT64_C(1) << 50) /* "9007199254740988kB" and its kin: no limit was set */

static void take_asked(struct reading *r, const char *line)
{
	struct oom_asked *a = &r->s->asked;
	const char *end = strstr(line, " invoked oom-killer:");

	a->known = true;
	scan_copy(a->comm, sizeof(a->comm), line, (size_t)(end - line));
	if (!scan_between(end, "gfp_mask=", "), ", a->gfp, sizeof(a->gfp)))
		scan_between(end, "gfp_mask=", ",", a->gfp, sizeof(a->gfp));
	else if (strchr(a->gfp, '(') && strlen(a->gfp) + 1 < sizeof(a->gfp))
		strcat(a->gfp, ")");
	else
		scan_between(end, "gfp_mask=", ",", a->gfp, sizeof(a->gfp));
	scan_key_int(end, "order=", &a->order);
	scan_key_int(end, "oom_score_adj=", &a->adj);
	a->by_hand = strstr(end, "order=-1") != NULL;
	scan_between(end, "nodemask=", ", ", r->s->nodemask, sizeof(r->s->nodemask));
}

static void take_cpuset(struct reading *r, const char *line)
{
	if (r->s->cpuset[0])
		return;
	scan_between(line, "cpuset=", strstr(line, " mems_allowed=") ? " mems_allowed=" : ",mems",
		     r->s->cpuset, sizeof(r->s->cpuset));
	scan_between(line, "mems_allowed=", "", r->s->mems, sizeof(r->s->mems));
	r->s->mems[strcspn(r->s->mems, ", ")] = '\0';
}

/* "CPU: 1 PID: 53 Comm: extoom Not tainted", el6 "Pid: 53, comm: extoom Not tainted" */
static void take_pid(struct reading *r, const char *line)
{
	if (!r->s->asked.pid && !scan_key_int(line, " PID: ", &r->s->asked.pid))
		scan_key_int(line, "Pid: ", &r->s->asked.pid);
}

/* "Task in /a killed as a result of limit of /b" */
static void take_task_in(struct reading *r, const char *line)
{
	static const char because[] = " killed as a result of limit of ";

	r->s->scope = OOM_MEMCG;
	scan_between(line, "Task in ", because, r->s->victim_memcg, sizeof(r->s->victim_memcg));
	scan_between(line, because, "", r->s->limit_memcg, sizeof(r->s->limit_memcg));
}

static void take_amount(struct reading *r, const char *line)
{
	struct oom_amount *a = &r->s->memory;

	if (scan_starts(line, "memory+swap:") || scan_starts(line, "swap:"))
		a = &r->s->memsw;
	else if (scan_starts(line, "kmem:"))
		a = &r->s->kmem;
	a->known = scan_key_u64(line, "usage ", &a->usage_kb);
	scan_key_u64(line, "limit ", &a->limit_kb);
	scan_key_u64(line, "failcnt ", &a->failcnt);
	a->unlimited = a->limit_kb >= UNLIMITED_KB;
	if (r->s->scope == OOM_SCOPE_UNKNOWN)
		r->s->scope = OOM_MEMCG;
}

/* Of the dozens of counters those that tell what the memory is. */
static const char *const telling_stats[] = {
	"cache",
	"rss",
	"rss_huge",
	"shmem",
	"swap",
	"anon",
	"file",
	"kernel",
	"kernel_stack",
	"slab",
	"slab_unreclaimable",
	"pagetables",
	"sock",
	"unevictable",
	"file_dirty",
	"file_writeback",
	"percpu",
	"vmalloc",
};

static void add_stat(struct oom_story *s, const char *name, size_t len, uint64_t kb)
{
	struct oom_stat *stat = &s->stats[s->stat_count];

	for (size_t i = 0; i < ARRAY_SIZE(telling_stats); i++)
		if (strlen(telling_stats[i]) == len && !strncmp(telling_stats[i], name, len) &&
		    kb && s->stat_count < OOM_STATS_MAX) {
			scan_copy(stat->name, sizeof(stat->name), name, len);
			stat->kb = kb;
			s->stat_count++;
			return;
		}
}

/* To 4.20 all on one line: "Memory cgroup stats for /g1: cache:492KB rss:32276KB ..." */
static void take_stats(struct reading *r, const char *line)
{
	const char *p = strstr(line, ": ");

	r->in_stats = !p;
	while (p) {
		size_t len;
		uint64_t kb;
		const char *end;

		p += strspn(p, ": ");
		len = strcspn(p, ": ");
		if (p[len] != ':')
			return;
		end = scan_u64(p + len + 1, &kb);
		if (!end)
			return;
		add_stat(r->s, p, len, kb);
		p = strchr(end, ' ');
	}
}

/* since 5.0 one each: "rss 16625664" */
static bool more_stats(struct reading *r, const char *line)
{
	size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyz_0123456789");
	uint64_t bytes;

	if (!len || line[len] != ' ' || !scan_u64(line + len + 1, &bytes))
		return false;
	add_stat(r->s, line, len, bytes / 1024);
	return true;
}

static void take_constraint(struct reading *r, const char *line)
{
	static const struct {
		const char *name;
		enum oom_scope scope;
	} constraints[] = {
		{ "oom-kill:constraint=CONSTRAINT_MEMCG,", OOM_MEMCG },
		{ "oom-kill:constraint=CONSTRAINT_NONE,", OOM_MACHINE },
		{ "oom-kill:constraint=CONSTRAINT_CPUSET,", OOM_CPUSET },
		{ "oom-kill:constraint=CONSTRAINT_MEMORY_POLICY,", OOM_MEMPOLICY },
	};
	struct oom_story *s = r->s;

	for (size_t i = 0; i < ARRAY_SIZE(constraints); i++)
		if (scan_starts(line, constraints[i].name))
			s->scope = constraints[i].scope;
	scan_between(line, ",oom_memcg=", ",task_memcg=", s->limit_memcg, sizeof(s->limit_memcg));
	scan_between(line, ",task_memcg=", ",task=", s->victim_memcg, sizeof(s->victim_memcg));
	scan_between(line, "nodemask=", ",cpuset=", s->nodemask, sizeof(s->nodemask));
	scan_between(line, ",cpuset=", ",mems_allowed=", s->cpuset, sizeof(s->cpuset));
	scan_between(line, ",task=", ",pid=", s->chosen_comm, sizeof(s->chosen_comm));
	scan_key_int(line, ",pid=", &s->chosen_pid);
}

static void take_machine(struct reading *r, const char *line)
{
	uint64_t value;

	if (scan_key_u64(line, " free:", &value) && value < UINT64_MAX / 8) {
		if (r->s->free_kb == OOM_NO_NUMBER)
			r->s->free_kb = 0;
		if (r->s->free_kb < UINT64_MAX / 2)
			r->s->free_kb += value; /* a line a zone */
	} else if (scan_starts(line, "Free swap")) {
		scan_key_u64(line, "= ", &r->s->swap_free_kb);
	} else if (scan_starts(line, "Total swap")) {
		scan_key_u64(line, "= ", &r->s->swap_total_kb);
	} else if (strstr(line, " pages RAM")) {
		scan_u64(line, &r->s->ram_pages);
	}
}

static const struct {
	const char *begins, *holds; /* both must be met */
	void (*take)(struct reading *r, const char *line);
} readers[] = {
	{ "", " invoked oom-killer:", take_asked },
	{ "", " cpuset=", take_cpuset },
	{ "CPU: ", " PID: ", take_pid },
	{ "Pid: ", ", comm: ", take_pid },
	{ "Task in ", " killed as a result of limit of ", take_task_in },
	{ "memory: usage ", "", take_amount },
	{ "memory+swap: usage ", "", take_amount },
	{ "swap: usage ", "", take_amount },
	{ "kmem: usage ", "", take_amount },
	{ "Memory cgroup stats", ":", take_stats },
	{ "oom-kill:constraint=", "", take_constraint },
	{ "Tasks in ", " memory.oom.group set", oom_take_group },
	{ "oom_reaper: reaped process ", "", oom_take_reaped },
	{ "oom_reaper: unable to reap pid:", "", oom_take_unreaped },
	{ "", "OOM victim ", oom_take_exiting },
	{ "", "no killable processes", oom_take_none },
	{ "", "Killed process ", oom_take_killed },
	{ "", "Kill process ", oom_take_chosen },
	{ "", "kill process ", oom_take_chosen },
	{ "Node ", "kB min:", take_machine },
	{ "Normal free:", "kB min:", take_machine },
	{ "Free swap", "", take_machine },
	{ "Total swap", "", take_machine },
	{ "", " pages RAM", take_machine },
};

static void rank(struct oom_story *s, const struct oom_row *row)
{
	struct oom_row moved = *row;

	s->rows++;
	if (s->rss_pages <= UINT64_MAX - row->rss)
		s->rss_pages += row->rss;
	if (row->spared) {
		s->spared_rows++;
		if (s->spared_rows == 1 || row->rss > s->spared.rss)
			s->spared = *row;
	}
	for (unsigned int i = 0; i < OOM_TOP; i++)
		if (s->top[i].pid == 0 || moved.rss > s->top[i].rss) {
			struct oom_row below = s->top[i];

			s->top[i] = moved;
			moved = below;
			if (!moved.pid)
				return;
		}
}

static void read_line(struct reading *r, const char *line)
{
	struct oom_row row;

	if (oom_columns_parse(line, &r->columns))
		return;
	if (r->columns.count && oom_row_parse(line, &r->columns, &row)) {
		rank(r->s, &row);
		return;
	}
	if (r->in_stats && more_stats(r, line))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (scan_starts(line, readers[i].begins) && strstr(line, readers[i].holds)) {
			readers[i].take(r, line);
			return;
		}
}

void oom_story_read(const struct triage_case *c, struct oom_story *ret)
{
	const struct report_text *t = &c->text;
	struct reading r = { .s = ret };

	memset(ret, 0, sizeof(*ret));
	ret->free_kb = ret->ram_pages = OOM_NO_NUMBER;
	ret->swap_free_kb = ret->swap_total_kb = OOM_NO_NUMBER;
	for (unsigned int i = 0; i < t->count; i++)
		read_line(&r, t->lines[i]);
	read_line(&r, c->after);
	if (ret->asked.by_hand && ret->scope == OOM_SCOPE_UNKNOWN)
		ret->scope = OOM_MACHINE;
}
