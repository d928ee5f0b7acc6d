/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences only from what the report holds; what it lacks is named where people would look for it.
 */
#include "triage/oom_say.h"

#include <string.h>

#include "base/cleanup.h"

/* On whose behalf memory was asked for: the first of these in the stack of the one who asked. */
static const struct {
	const char *function, *words;
} occasions[] = {
	{ "exc_page_fault", "in a page fault" },
	{ "do_page_fault", "in a page fault" },
	{ "__do_page_fault", "in a page fault" },
	{ "do_user_addr_fault", "in a page fault" },
	{ "do_mem_abort", "in a page fault" },
	{ "pagefault_out_of_memory", "in a page fault" },
	{ "filemap_fault", "reading a file's page back" },
	{ "generic_perform_write", "writing a file" },
	{ "generic_file_buffered_write", "writing a file" },
	{ "vfs_write", "writing" },
	{ "vfs_read", "reading" },
	{ "copy_process", "in fork" },
	{ "do_execveat_common", "in exec" },
};

static const char *occasion_of(const char *stack)
{
	for (size_t i = 0; i < ARRAY_SIZE(occasions); i++)
		if (finding_stack_has(stack, occasions[i].function))
			return occasions[i].words;
	return NULL;
}

const char *oom_scope_name(enum oom_scope scope)
{
	static const char *const names[] = { "unknown", "memcg", "machine", "cpuset", "mempolicy" };

	return (size_t)scope < ARRAY_SIZE(names) ? names[scope] : "?";
}

const char *oom_back_name(const struct oom_story *s)
{
	if (s->unreaped[0])
		return "not-reaped";
	if (s->reaped)
		return "reaped";
	return s->killed_count ? "not-said" : "nobody-killed";
}

static void whose(const struct oom_story *s, char *buf, size_t size)
{
	char usage[32], limit[32];
	int n;

	switch (s->scope) {
	case OOM_MEMCG:
		n = snprintf(buf, size, "The memory cgroup %s",
			     s->limit_memcg[0] ? s->limit_memcg : "(its path is not in the log)");
		if (s->memory.known && !s->memory.unlimited && n > 0 && (size_t)n < size)
			snprintf(buf + n, size - (size_t)n,
				 " was at its limit (%s of %s used, %llu failed charges)",
				 words_kb(s->memory.usage_kb, usage, sizeof(usage)),
				 words_kb(s->memory.limit_kb, limit, sizeof(limit)),
				 (unsigned long long)s->memory.failcnt);
		else if (n > 0 && (size_t)n < size)
			snprintf(buf + n, size - (size_t)n, " ran out of memory");
		break;
	case OOM_CPUSET:
		snprintf(buf, size, "The memory nodes of cpuset %s (%s) ran out", s->cpuset,
			 s->mems[0] ? s->mems : s->nodemask);
		break;
	case OOM_MEMPOLICY:
		snprintf(buf, size, "The nodes of a memory policy (%s) ran out", s->nodemask);
		break;
	case OOM_MACHINE:
		snprintf(buf, size, "The machine ran out of memory");
		break;
	default:
		snprintf(buf, size, "Memory ran out (the log does not say whose)");
	}
}

static void who_died(const struct oom_story *s, char *buf, size_t size)
{
	const struct oom_killed *k = &s->killed[0];
	char anon[32];

	if (s->killed_count && k->anon_kb != OOM_NO_NUMBER)
		snprintf(buf, size, "%s[%d] was killed (%s anonymous)", k->comm, k->pid,
			 words_kb(k->anon_kb, anon, sizeof(anon)));
	else if (s->killed_count)
		snprintf(buf, size, "%s[%d] was killed", k->comm, k->pid);
	else if (s->exiting[0])
		snprintf(buf, size, "nobody was killed: %s was exiting already", s->exiting);
	else if (s->none_killable)
		snprintf(buf, size, "there was no process that may be killed");
	else if (s->chosen_pid)
		snprintf(buf, size, "%s[%d] was chosen; the line that it was killed is missing",
			 s->chosen_comm, s->chosen_pid);
	else
		snprintf(buf, size, "the log does not tell who was killed");
}

/* "extoom[53]", or the name alone when the log has no pid. */
static const char *asker(const struct oom_story *s, char *buf, size_t size)
{
	if (s->asked.pid)
		snprintf(buf, size, "%s[%d]", s->asked.comm, s->asked.pid);
	else
		snprintf(buf, size, "%s", s->asked.comm);
	return buf;
}

void oom_conclude(const struct oom_story *s, char *buf, size_t size)
{
	char limit[400], died[160], name[48];

	whose(s, limit, sizeof(limit));
	who_died(s, died, sizeof(died));
	if (s->asked.known && s->asked.by_hand)
		snprintf(buf, size, "SysRq-f asked for an OOM kill; %s.", died);
	else if (s->asked.known)
		snprintf(buf, size, "%s when %s asked for %u page%s; %s%s.", limit,
			 asker(s, name, sizeof(name)),
			 s->asked.order > 0 && s->asked.order < 32 ? 1u << s->asked.order : 1,
			 s->asked.order > 0 ? "s" : "", died,
			 s->unreaped[0] ? ", but its memory could not be taken back" : "");
	else
		snprintf(buf, size, "%s; %s.", limit, died);
}

static void say_limit(const struct oom_story *s, struct words *w)
{
	char a[32], b[32];

	if (s->memory.known)
		words_say(w, "Limit: memory %s of %s used, failcnt %llu.",
			  words_kb(s->memory.usage_kb, a, sizeof(a)),
			  s->memory.unlimited ? "no limit"
					      : words_kb(s->memory.limit_kb, b, sizeof(b)),
			  (unsigned long long)s->memory.failcnt);
	if (s->memsw.known && !s->memsw.unlimited)
		words_say(w, "Swap (version 1: memory and swap): %s of %s used, failcnt %llu.",
			  words_kb(s->memsw.usage_kb, a, sizeof(a)),
			  words_kb(s->memsw.limit_kb, b, sizeof(b)),
			  (unsigned long long)s->memsw.failcnt);
	if (s->kmem.known && s->kmem.usage_kb)
		words_say(w, "Kernel memory of the group: %s.",
			  words_kb(s->kmem.usage_kb, a, sizeof(a)));
	if (s->free_kb != OOM_NO_NUMBER)
		words_say(w, "Machine: %s free in all zones shown%s%s%s.",
			  words_kb(s->free_kb, a, sizeof(a)),
			  s->swap_total_kb == OOM_NO_NUMBER ? "" : ", free swap ",
			  s->swap_free_kb == OOM_NO_NUMBER
				  ? ""
				  : words_kb(s->swap_free_kb, b, sizeof(b)),
			  s->swap_total_kb == 0 ? " (there is no swap)" : "");
}

static void say_stats(const struct oom_story *s, struct words *w)
{
	char text[512] = "";
	size_t used = 0;

	for (unsigned int i = 0; i < s->stat_count && used < sizeof(text); i++) {
		char kb[32];
		int n = snprintf(text + used, sizeof(text) - used, "%s%s %s", i ? ", " : "",
				 s->stats[i].name, words_kb(s->stats[i].kb, kb, sizeof(kb)));

		used += n > 0 ? (size_t)n : 0;
	}
	if (text[0])
		words_say(w, "What it is: %s.", text);
}

static void say_asked(const struct oom_story *s, const char *stack, struct words *w)
{
	const char *occasion = occasion_of(stack);
	char name[48];

	if (s->asked.known)
		words_say(w, "Who asked: %s, order %d, gfp_mask %s, oom_score_adj %d%s%s.",
			  asker(s, name, sizeof(name)), s->asked.order, s->asked.gfp, s->asked.adj,
			  occasion ? ", " : "", occasion ? occasion : "");
}

static void say_row(const char *what, const struct oom_row *row, struct words *w)
{
	char kb[32];

	words_say(w, "%s: %s[%d], rss %llu pages (%s with 4 kB pages), oom_score_adj %d.", what,
		  row->name, row->pid, (unsigned long long)row->rss,
		  words_kb(row->rss < UINT64_MAX / 4 ? row->rss * 4 : row->rss, kb, sizeof(kb)),
		  row->adj);
}

static void say_died(const struct oom_story *s, struct words *w)
{
	for (unsigned int i = 0; i < s->killed_count && i < OOM_KILLED_MAX; i++) {
		const struct oom_killed *k = &s->killed[i];
		char anon[32] = "?", file[32] = "?", tables[32] = "?";

		if (k->anon_kb != OOM_NO_NUMBER)
			words_kb(k->anon_kb, anon, sizeof(anon));
		if (k->file_kb != OOM_NO_NUMBER)
			words_kb(k->file_kb, file, sizeof(file));
		if (k->pgtables_kb != OOM_NO_NUMBER)
			words_kb(k->pgtables_kb, tables, sizeof(tables));
		words_say(w, "Who died: %s[%d], anonymous %s, file %s, page tables %s%s.", k->comm,
			  k->pid, anon, file, tables,
			  k->group ? ", with all of its group (memory.oom.group)" : "");
	}
	if (s->chosen_pid && s->killed_count && s->chosen_pid != s->killed[0].pid)
		words_say(w,
			  "The kernel had chosen %s[%d]: a thread of it, or a parent whose child "
			  "was killed instead.",
			  s->chosen_comm, s->chosen_pid);
}

static void say_stayed(const struct oom_story *s, struct words *w)
{
	if (s->rows)
		words_say(w, "Candidates: %u task%s in the table, %llu pages of rss together.",
			  s->rows, s->rows == 1 ? "" : "s", (unsigned long long)s->rss_pages);
	for (unsigned int i = 0; i < OOM_TOP && s->top[i].pid; i++)
		if (!s->killed_count || s->top[i].pid != s->killed[0].pid) {
			say_row("Largest that stayed", &s->top[i], w);
			break;
		}
	if (s->spared_rows)
		say_row("Largest that may not be killed", &s->spared, w);
	if (s->exiting[0])
		words_say(w, "%s was exiting already, so nobody else was killed.", s->exiting);
}

static void say_back(const struct oom_story *s, struct words *w)
{
	char kb[32];

	if (s->unreaped[0])
		words_say(w,
			  "The memory did not come back: the reaper could not take it from %s "
			  "(its mmap lock was held).",
			  s->unreaped);
	else if (s->reaped)
		words_say(w, "The memory came back: the reaper took it, %s anonymous left.",
			  words_kb(s->reaped_left_kb, kb, sizeof(kb)));
	else if (s->killed_count)
		words_say(w, "Whether the memory came back, this report does not say: it has no "
			     "line of oom_reaper (kernels before 4.6 have none).");
}

void oom_say(const struct oom_story *s, const char *stack, struct words *w)
{
	say_limit(s, w);
	say_stats(s, w);
	say_asked(s, stack, w);
	say_died(s, w);
	say_stayed(s, w);
	say_back(s, w);
}
