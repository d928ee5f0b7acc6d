/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For people: equal copies are one line, with one command line that stands for them. */
#include <inttypes.h>
#include <string.h>

#include "base/units.h"
#include "scenario/explain.h"
#include "scenario/say.h"

static const char *duration(uint64_t us, char *buf, size_t size)
{
	return us == UNSET ? "?" : units_format_duration(us, buf, size);
}

static void head(const struct plan *p, FILE *to)
{
	const struct scenario *s = p->scenario;
	char total[32];

	fprintf(to, "%s\n", s->name);
	if (s->about)
		fprintf(to, "%s\n", s->about);
	fprintf(to, "\ntime      %s", duration(p->total_us, total, sizeof(total)));
	fprintf(to, s->repeat > 1 ? ", %u times\n" : "\n", s->repeat);
	if (s->made_for_bytes != UNSET)
		fprintf(to, "made for  %s of memory; limits below are for this machine\n",
			units_format_bytes(s->made_for_bytes, total, sizeof(total)));
	if (p->seed != UNSET)
		fprintf(to, "seed      %" PRIu64 "\n", p->seed);
	else
		fputs("seed      drawn for each run\n", to);
}

static unsigned int count_of(const struct plan *p, unsigned int first)
{
	unsigned int n = 0;

	for (unsigned int i = first; i < p->n_groups; i++)
		n += p->groups[i].from == p->groups[first].from;
	return n;
}

static bool seen_before(const struct plan *p, unsigned int index)
{
	for (unsigned int i = 1; i < index; i++)
		if (p->groups[i].from == p->groups[index].from)
			return true;
	return false;
}

static bool limits_io(const struct group_spec *g)
{
	for (int k = KNOB_IO_READ_BPS; k <= KNOB_IO_WRITE_IOPS; k++)
		if (g->knobs[k] != UNSET)
			return true;
	return false;
}

static void group(const struct group_spec *g, FILE *to)
{
	unsigned int said = say_rows(&group_object, g, "count", to);

	if (g->cpuset)
		fprintf(to, "%scpuset %s", said++ ? ", " : "", g->cpuset);
	if (limits_io(g)) {
		fprintf(to, "%sio (", said++ ? ", " : "");
		say_rows(&io_object, g, NULL, to);
		fputc(')', to);
	}
	fputs(said ? "\n" : "no limits\n", to);
}

static void groups(const struct plan *p, FILE *to)
{
	if (p->n_groups > 1)
		fputs("\ngroups\n", to);
	for (unsigned int i = 1; i < p->n_groups; i++) {
		if (seen_before(p, i))
			continue;
		fprintf(to, "  %u x %s: ", count_of(p, i), p->groups[i].spec);
		group(p->groups[i].from, to);
	}
}

static void scratch(const struct plan *p, FILE *to)
{
	static const char *const places[] = { "a folder in the run directory", "a loop file",
					      "device ", "folder " };
	const struct scratch_spec *s = &p->scenario->scratch;

	fprintf(to, "\nscratch   %s%s", places[s->on], s->where ? s->where : "");
	if (s->filesystem)
		fprintf(to, ", ");
	say_rows(&scratch_object, s, NULL, to);
	fputc('\n', to);
	for (unsigned int i = 0; i < p->scenario->n_settings; i++)
		fprintf(to, "set       %s = %s\n", p->scenario->settings[i].path,
			p->scenario->settings[i].value);
}

static bool names_guest(const struct vm_spec *v)
{
	return v->memory_bytes != UNSET || v->cpus || v->disk_bytes != UNSET || v->cache ||
	       v->kernel_args || v->files || v->modules || v->plant || v->silent_after_us != UNSET;
}

static void guest(const struct scenario *s, FILE *to)
{
	if (s->needs.throwaway)
		fputs("only      in a guest of hangar vm\n", to);
	if (!names_guest(&s->vm))
		return;
	fputs("guest     ", to);
	say_rows(&vm_object, &s->vm, NULL, to);
	fputc('\n', to);
}

static void command(const struct plan_launch *l, FILE *to)
{
	fputs("     ", to);
	for (char **a = l->argv; *a; a++)
		fprintf(to, " %s", *a);
	fputc('\n', to);
}

static void run(const struct plan *p, const struct run_spec *r, FILE *to)
{
	const struct plan_launch *first = NULL;
	unsigned int n = 0;

	for (unsigned int i = 0; i < p->n_launches; i++) {
		if (p->launches[i].from != r)
			continue;
		first = first ? first : &p->launches[i];
		n++;
	}
	fprintf(to, "    %u x %s %s%s", n, r->use ? r->use : "fio",
		strcmp(r->in, "outside") ? "in " : "", r->in);
	say_restart(&r->restart, to);
	fputs(r->oom_protected ? ", passed over by the OOM killer" : "", to);
	fputs(r->keep ? ", kept until the run ends\n" : "\n", to);
	if (first)
		command(first, to);
}

static void phases(const struct plan *p, FILE *to)
{
	const struct scenario *s = p->scenario;
	char buf[32];

	fputs("\nphases\n", to);
	for (unsigned int i = 0; i < s->n_phases; i++) {
		const struct phase_spec *phase = &s->phases[i];

		fprintf(to, "  %s:", phase->name);
		if (phase->for_us != UNSET)
			fprintf(to, " %s%s", phase->until ? "at most " : "",
				duration(phase->for_us, buf, sizeof(buf)));
		if (phase->until) {
			fputs(", until ", to);
			say_condition(phase->until, to);
			fputs(phase->until_is_needed ? "; else INCONCLUSIVE" : "", to);
		} else if (phase->for_us == UNSET) {
			fputs(" the rest of the time", to);
		}
		fputc('\n', to);
		for (unsigned int j = 0; j < phase->n_runs; j++)
			run(p, &phase->runs[j], to);
	}
}

static void patterns(const char *title, const struct pattern *list, unsigned int n, FILE *to)
{
	for (unsigned int i = 0; i < n; i++) {
		fprintf(to, "%-10s", title);
		say_pattern(&list[i], to);
		fputc('\n', to);
	}
}

static void traced(const struct trace_spec *t, FILE *to)
{
	if (!trace_wanted(t))
		return;
	fputs("trace     ", to);
	say_rows(&trace_object, t, NULL, to);
	fputc('\n', to);
}

static void judge(const struct plan *p, FILE *to)
{
	const struct expect_spec *e = &p->scenario->expect;

	fputs("\nwatch\n", to);
	say_watch(&p->scenario->watch, to, "  ");
	fputc('\n', to);
	traced(&p->scenario->trace, to);
	if (e->must_reproduce)
		fputs("control   it must reproduce\n", to);
	if (e->must_reproduce && !e->n_reproduce)
		fputs("expect    any fault that is not allowed\n", to);
	patterns("expect", e->reproduce, e->n_reproduce, to);
	patterns("allow", e->allow, e->n_allow, to);
	fputs("on match  ", to);
	say_rows(&on_match_object, &p->scenario->on_match, NULL, to);
	fputc('\n', to);
}

static void here(const struct plan *p, const struct host *h, FILE *to)
{
	static const char *const modes[] = { "no cgroups", "cgroup v1", "cgroup v2",
					     "cgroup v1 and v2" };

	fprintf(to, "\nhere      Linux %s, %s, %s\n", h->release, modes[h->cgroup],
		h->root_user ? "as root" : "not as root");
	for (unsigned int i = 0; i < p->n_skips; i++)
		fprintf(to, "  %s %s: %s; %s\n", p->skips[i].fatal ? "SKIP" : "without",
			p->skips[i].what, p->skips[i].why, p->skips[i].remedy);
	if (!plan_is_skipped(p))
		fputs(p->n_skips ? "  the rest can run\n" : "  all of it can run\n", to);
}

void explain_text(const struct plan *p, const struct host *h, FILE *to)
{
	head(p, to);
	groups(p, to);
	scratch(p, to);
	guest(p->scenario, to);
	phases(p, to);
	judge(p, to);
	here(p, h, to);
}
