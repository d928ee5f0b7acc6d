/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To 4.20 two lines tell of a kill: "Kill process A ... or sacrifice child" names the one that was
 * chosen (a thread, perhaps), "Killed process B" the process that died; since 5.x one line does.
 */
#include "triage/oom_reading.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/scan_text.h"

static void scope_of_kill(struct oom_story *s, const char *line)
{
	if (strstr(line, "Memory cgroup out of memory"))
		s->scope = OOM_MEMCG;
	else if (s->scope == OOM_SCOPE_UNKNOWN && strstr(line, "Out of memory"))
		s->scope = OOM_MACHINE;
}

/* "53 (extoom), UID 0, ..."; el6 "53, UID 0, (extoom) ..."; a name may hold brackets itself. */
static void take_name(const char *p, char *to, size_t size)
{
	static const char *const ends[] = { ") total-vm:", "), UID",       ") score ", ") vsz:",
					    "), now ",     ") is already", ") sharing" };
	const char *begin = strchr(p, '('), *end = NULL;

	for (size_t i = 0; begin && !end && i < ARRAY_SIZE(ends); i++)
		end = strstr(begin, ends[i]);
	if (begin && !end)
		end = strrchr(begin, ')');
	if (begin && end)
		scan_copy(to, size, begin + 1, (size_t)(end - begin - 1));
}

void oom_take_chosen(struct reading *r, const char *line)
{
	const char *p = strcasestr(line, "kill process ");

	scope_of_kill(r->s, line);
	scan_int(p + strlen("kill process "), &r->s->chosen_pid);
	take_name(p, r->s->chosen_comm, sizeof(r->s->chosen_comm));
	scan_key_int(line, " score ", &r->s->score);
}

static void take_kb(const char *line, const char *key, uint64_t *ret)
{
	*ret = OOM_NO_NUMBER;
	scan_key_u64(line, key, ret);
}

void oom_take_killed(struct reading *r, const char *line)
{
	const char *p = strstr(line, "Killed process ");
	struct oom_killed k = { .group = r->s->group_kill };

	scope_of_kill(r->s, line);
	if (!p || !scan_int(p + strlen("Killed process "), &k.pid))
		return;
	take_name(p, k.comm, sizeof(k.comm));
	take_kb(p, "total-vm:", &k.vm_kb);
	take_kb(p, "anon-rss:", &k.anon_kb);
	take_kb(p, "file-rss:", &k.file_kb);
	take_kb(p, "shmem-rss:", &k.shmem_kb);
	take_kb(p, "pgtables:", &k.pgtables_kb);
	k.has_adj = scan_key_int(p, "oom_score_adj:", &k.adj);
	if (r->s->killed_count < OOM_KILLED_MAX)
		r->s->killed[r->s->killed_count] = k;
	r->s->killed_count++;
}

void oom_take_group(struct reading *r, const char *line)
{
	(void)line;
	r->s->group_kill = true;
}

void oom_take_reaped(struct reading *r, const char *line)
{
	uint64_t kb = 0;

	r->s->reaped++;
	if (scan_key_u64(line, "anon-rss:", &kb) && r->s->reaped_left_kb <= UINT64_MAX - kb)
		r->s->reaped_left_kb += kb;
}

void oom_take_unreaped(struct reading *r, const char *line)
{
	char name[32] = "";
	int pid = 0;

	scan_key_int(line, "pid:", &pid);
	take_name(line, name, sizeof(name));
	snprintf(r->s->unreaped, sizeof(r->s->unreaped), "%s[%d]", name, pid);
}

void oom_take_exiting(struct reading *r, const char *line)
{
	char name[32] = "";
	int pid = 0;

	scan_key_int(line, "OOM victim ", &pid);
	take_name(line, name, sizeof(name));
	snprintf(r->s->exiting, sizeof(r->s->exiting), "%s[%d]", name, pid);
}

void oom_take_none(struct reading *r, const char *line)
{
	r->s->none_killable = true;
	r->s->panicked |= scan_starts(line, "Kernel panic");
}
