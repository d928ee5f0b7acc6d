/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump that nobody can read is no dump: a rung counts only when its vmcore passes the reading
 * test, and what failed on the way is told, rung by rung.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "outside.h"
#include "vm/dump/dump.h"
#include "vmcore/vmcore.h"

const struct dump_rung *const dump_rungs[] = { &rung_qmp, &rung_sysrq_c, &rung_nmi, &rung_watchdog,
					       NULL };

#define KDUMP_WAIT_US 60000000 /* loading a crash kernel takes 1.2 s; it may be out of memory */

static const struct dump_rung *find(const char *name, size_t size)
{
	for (unsigned int i = 0; dump_rungs[i]; i++)
		if (strlen(dump_rungs[i]->name) == size && !memcmp(dump_rungs[i]->name, name, size))
			return dump_rungs[i];
	return NULL;
}

static int add(struct outside *o, const struct dump_rung *rung, struct diag *d)
{
	unsigned int n = 0;

	while (o->ladder[n])
		n++;
	if (n + 1 == LADDER_MAX)
		return diag_set(d, -E2BIG, "--dump: %d rungs at most", LADDER_MAX - 1);
	o->ladder[n] = rung;
	o->kdump = o->kdump || rung->needs_kdump;
	o->ladder_has_watchdog = o->ladder_has_watchdog || rung == &rung_watchdog;
	return 0;
}

static int add_words(struct outside *o, const char *words, struct diag *d)
{
	int err = *words ? 0 : diag_set(d, -EINVAL, "--dump: names no way; say none for none");

	while (*words && !err) {
		size_t n = strcspn(words, ",");
		const struct dump_rung *rung = find(words, n);

		if (!rung)
			return diag_set(d, -EINVAL,
					"--dump %.*s: not one of qmp, sysrq-c, nmi, watchdog, none",
					(int)n, words);
		err = add(o, rung, d);
		words += n + (words[n] == ',');
	}
	return err;
}

int ladder_choose(struct outside *o, struct diag *d)
{
	const char *wish = o->scenario->on_match.dump;
	int err = 0;

	o->dump_on_match = o->options.dump || (wish && !strcmp(wish, "vmcore"));
	if (o->options.dump && !strcmp(o->options.dump, "none")) {
		o->dump_on_match = false;
		return 0;
	}
	if (o->options.dump)
		return add_words(o, o->options.dump, d);
	if (!o->dump_on_match) /* a guest that falls silent leaves nothing else */
		return add(o, &rung_qmp, d);
	for (unsigned int i = 0; dump_rungs[i] && !err; i++)
		if (dump_rungs[i] != &rung_watchdog) /* it also ends guests that are only slow */
			err = add(o, dump_rungs[i], d);
	return err;
}

static bool usable(const struct outside *o, const struct dump_rung *rung, bool alive,
		   struct diag *why)
{
	if (rung->needs_kdump && !o->kdump_loaded)
		diag_set(why, 1, "no crash kernel is loaded in the guest%s",
			 o->kdump ? "; kdump.json in the run directory says why" : "");
	else if (rung->needs_guest && !alive)
		diag_set(why, 1, "the guest does not answer");
	return !why->message[0];
}

static void look_at_kdump(struct outside *o)
{
	_cleanup_free_ char *path = NULL;
	json_t *told;

	if (asprintf(&path, "%s/kdump.json", o->rundir.path) < 0)
		return;
	told = json_load_file(path, 0, NULL);
	o->kdump_loaded = json_is_true(json_object_get(told, "loaded"));
	if (told)
		o->ladder_checked = true;
	json_decref(told);
}

void ladder_check(struct outside *o)
{
	if (o->ladder_checked || !o->story.began)
		return;
	o->ladder_checked =
		!o->kdump || now_us() - o->started_us > outside_scaled(o, KDUMP_WAIT_US);
	if (!o->ladder_checked)
		look_at_kdump(o);
	if (!o->ladder_checked)
		return;
	for (unsigned int i = 0; o->ladder[i]; i++) {
		struct jline *line = journal_begin(o->journal, "rung");
		struct diag why = { 0 };

		jline_str(line, "name", o->ladder[i]->name);
		jline_str(line, "result",
			  usable(o, o->ladder[i], true, &why) ? "usable" : "unusable");
		if (why.message[0])
			jline_str(line, "detail", why.message);
		journal_commit(o->journal);
	}
}

static uint64_t size_of(const struct outside *o)
{
	struct stat st;

	return fstatat(o->rundir.fd, VMCORE_FILE, &st, 0) < 0 ? 0 : (uint64_t)st.st_size;
}

static void tell(struct outside *o, const char *name, uint64_t began, int err,
		 const struct diag *why)
{
	struct jline *line = journal_begin(o->journal, "dump");
	double seconds = (double)(now_us() - began) / 1e6;

	jline_str(line, "name", name);
	jline_str(line, "result", err ? "failed" : "done");
	jline_double(line, "seconds", seconds);
	if (!err && o->symptom_us)
		jline_double(line, "after_symptom_seconds",
			     (double)(now_us() - o->symptom_us) / 1e6);
	if (err)
		jline_str(line, "detail", why->message[0] ? why->message : strerror(-err));
	else {
		jline_str(line, "file", VMCORE_FILE);
		if (o->captured_us > began) {
			jline_double(line, "boot_seconds", (double)(o->captured_us - began) / 1e6);
			jline_double(line, "filter_seconds", o->receiver.filter_seconds);
		}
		jline_uint(line, "bytes", size_of(o));
	}
	journal_commit(o->journal);
	if (err)
		panel_say(&o->panel, "dump by %s failed: %s", name, why->message);
	else
		panel_say(&o->panel, "dump by %s: %.1f MB in %.1f s", name,
			  (double)size_of(o) / 1e6, seconds);
}

static int test(struct outside *o, int err, struct diag *d)
{
	const struct vmcore_facts facts = { .release = outside_release(o) };
	char path[4096 + 32];

	snprintf(path, sizeof(path), "%s/" VMCORE_FILE, o->rundir.path);
	if (!err)
		err = vmcore_test(path, &facts, d);
	if (err)
		unlink(path);
	return err;
}

void ladder_captured(struct outside *o, uint64_t began_us, int err, struct diag *d)
{
	err = test(o, err, d);
	o->dumped = true;
	o->have_vmcore = err == 0;
	tell(o, "crash", began_us, err, d);
}

static int try(struct outside *o, const struct dump_rung *rung, struct diag *d)
{
	panel_say(&o->panel, "dump by %s ...", rung->name);
	o->crashed_by_us = o->crashed_by_us || rung->ends_guest;
	return test(o, rung->fire(o, d), d);
}

bool ladder_climb(struct outside *o, bool alive)
{
	bool lives = true;

	o->dumped = true;
	look_at_kdump(o);
	for (unsigned int i = 0; o->ladder[i] && lives && !o->have_vmcore; i++) {
		const struct dump_rung *rung = o->ladder[i];
		struct diag why = { 0 };
		uint64_t began = now_us();
		int err = usable(o, rung, alive, &why) ? try(o, rung, &why) : -ENOTSUP;

		lives = err == -ENOTSUP || !rung->ends_guest;
		o->have_vmcore = err == 0;
		tell(o, rung->name, began, err, &why);
	}
	return lives && o->stage == VM_STAGE_RUN;
}
