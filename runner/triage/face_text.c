/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One paragraph a case: what and how bad, who, where in the log; the stack; what it means. What the
 * kernel printed was chosen by others and may hold anything: it is made plain.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "triage/explain.h"
#include "triage/face.h"

#define STACK_SHOWN 12 /* frames; --json has them all */

static void begin(struct face *f)
{
}

static void stack(FILE *to, const char *stack)
{
	unsigned int shown = 0;

	while (*stack && shown++ < STACK_SHOWN) {
		size_t n = strcspn(stack, "\n");
		char line[256];

		snprintf(line, sizeof(line), "%.*s", (int)n, stack);
		fputs("      ", to);
		escape_plain(to, line);
		fputc('\n', to);
		stack += n + (stack[n] == '\n');
	}
	if (*stack)
		fputs("      ...\n", to);
}

static void explained(FILE *to, struct explanation *e)
{
	if (e->conclusion[0]) {
		fputs("  => ", to);
		escape_plain(to, e->conclusion);
		fputc('\n', to);
	}
	for (char *p = e->words, *line; p && (line = strsep(&p, "\n"));) {
		if (!*line && !p)
			break;
		fputs("     ", to);
		escape_plain(to, line);
		fputc('\n', to);
	}
	explanation_clear(e);
}

static void explain(FILE *to, const struct triage_case *c, const char *release)
{
	for (unsigned int i = 0; explainers[i]; i++) {
		struct explanation e = { .details = NULL };

		if (!explainers[i]->one || !explainers[i]->takes(c))
			continue;
		if (!explainers[i]->one(c, release, &e)) {
			explained(to, &e);
			return;
		}
		explanation_clear(&e);
	}
}

static void labelled(FILE *to, const char *label, const char *text)
{
	if (!text[0])
		return;
	fputs(label, to);
	escape_plain(to, text);
}

static void where(struct face *f, const struct triage_case *c, const char *release)
{
	fprintf(f->to, "    ");
	escape_plain(f->to, f->input);
	fprintf(f->to, ":%llu", (unsigned long long)c->line);
	if (c->last_line > c->line)
		fprintf(f->to, "-%llu", (unsigned long long)c->last_line);
	if (c->boot > 1)
		fprintf(f->to, ", boot %u", c->boot);
	labelled(f->to, ", ", c->when);
	if (c->f.kernel_us)
		fprintf(f->to, ", %.6f s after boot", (double)c->f.kernel_us / 1e6);
	labelled(f->to, ", ", release);
	labelled(f->to, ", taint ", c->f.taint);
	fputc('\n', f->to);
}

static void who(FILE *to, const struct triage_case *c)
{
	labelled(to, " in ", c->f.function);
	labelled(to, ", ", c->f.comm);
	if (c->f.pid)
		fprintf(to, ":%d", c->f.pid);
	if (c->f.cpu >= 0)
		fprintf(to, " on CPU %d", c->f.cpu);
	if (c->longest_seconds > 0)
		fprintf(to, ", %.0f s", c->longest_seconds);
	if (c->count > 1)
		fprintf(to, ", told %u times", c->count);
}

static void one(struct face *f, const struct triage_case *c, const char *release)
{
	if (c->f.release[0])
		release = c->f.release;
	fprintf(f->to, "%s%s (%s)", f->findings ? "\n" : "", triage_kind_name(c->f.kind),
		severity_name(c->severity));
	who(f->to, c);
	fputs("\n    ", f->to);
	escape_plain(f->to, c->f.text);
	fputc('\n', f->to);
	where(f, c, release);
	stack(f->to, c->f.stack);
	labelled(f->to, "    signature ", c->f.signature);
	fputc('\n', f->to);
	explain(f->to, c, release);
}

static void boot(struct face *f, const struct cases_batch *batch)
{
	for (unsigned int i = 0; explainers[i]; i++) {
		struct explanation e = { .details = NULL };

		if (!explainers[i]->all)
			continue;
		if (!explainers[i]->all(batch->cases, batch->count, batch->release, &e)) {
			fputs("\nTaken together", f->to);
			if (batch->boot > 1)
				fprintf(f->to, " (boot %u)", batch->boot);
			fputs(":\n", f->to);
			explained(f->to, &e);
		} else {
			explanation_clear(&e);
		}
	}
	fflush(f->to);
}

static void input(struct face *f, const struct face_input *in)
{
}

static void end(struct face *f, unsigned int boots, uint64_t lines)
{
	fprintf(f->to, "%s%u finding%s in %llu line%s", f->findings ? "\n" : "", f->findings,
		f->findings == 1 ? "" : "s", (unsigned long long)lines, lines == 1 ? "" : "s");
	if (boots > 1)
		fprintf(f->to, " of %u boots", boots);
	fputs(".\n", f->to);
}

const struct face_ops face_text = { begin, one, boot, input, end };

static void signature(struct face *f, const struct triage_case *c, const char *release)
{
	escape_plain(f->to, c->f.signature);
	fputc('\n', f->to);
}

static void no_boot(struct face *f, const struct cases_batch *batch)
{
	fflush(f->to);
}

static void no_end(struct face *f, unsigned int boots, uint64_t lines)
{
}

/* --signature: a line each, for sort and uniq. */
const struct face_ops face_signatures = { begin, signature, no_boot, input, no_end };
