/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump begins with "SysRq : Show State" (to 4.x) or "sysrq: Show State", also of blocked ones. */
#include "triage/bystanders.h"

#include <string.h>

#include "kmsg/frames.h"
#include "triage/scan_text.h"

static bool begins(const char *text)
{
	return (scan_starts(text, "SysRq : Show ") || scan_starts(text, "sysrq: Show ") ||
		scan_starts(text, "sysrq: SysRq : Show ")) &&
	       strstr(text, "State");
}

bool bystanders_reading(const struct bystanders *b)
{
	return b->patience;
}

/* The latest word on a task counts. */
static struct bystander *place_of(struct bystanders *b, int pid)
{
	for (unsigned int i = 0; i < b->count; i++)
		if (b->list[i].task.pid == pid)
			return &b->list[i];
	return b->count < BYSTANDERS_MAX ? &b->list[b->count++] : NULL;
}

static void close_task(struct bystanders *b)
{
	struct wait_verdict v;
	struct bystander *to;

	if (!b->in_task)
		return;
	b->in_task = false;
	wait_classify_stack(b->stack, &v);
	if (!v.handle[0] && !v.holds_commit && !task_header_oom_victim(&b->task))
		return;
	to = place_of(b, b->task.pid);
	if (to)
		*to = (struct bystander){ b->task, v };
}

void bystanders_end(struct bystanders *b)
{
	close_task(b);
	b->patience = 0;
}

void bystanders_line(struct bystanders *b, const char *text)
{
	struct task_header h;
	struct frame f;

	if ((*text == 'S' || *text == 's') && begins(text)) {
		bystanders_end(b);
		b->patience = BYSTANDERS_QUIET;
		return;
	}
	if (!b->patience)
		return;
	if (task_header_parse(text, &h)) {
		close_task(b);
		b->task = h;
		b->in_task = true;
		b->stack[0] = '\0';
		b->patience = BYSTANDERS_QUIET;
	} else if (frame_parse(text, &f)) {
		if (f.trusted && b->in_task)
			frame_append(&f, b->stack, sizeof(b->stack));
		b->patience = BYSTANDERS_QUIET;
	} else if (!--b->patience) {
		bystanders_end(b);
	}
}
