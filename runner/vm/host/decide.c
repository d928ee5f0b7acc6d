/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's own verdict stands, unless something was seen from outside that it could not know. A
 * guest that went without a verdict is judged by what it told until then and by how it went.
 */
#include "vm/host/decide.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "record.h"

/* The last line of the console, for people. Returns @buf. */
static const char *last_words(const struct outside *o, char *buf, size_t size)
{
	char tail[1024];
	off_t end = lseek(o->console_fd, 0, SEEK_END);
	off_t from = end > (off_t)sizeof(tail) - 1 ? end - (off_t)sizeof(tail) + 1 : 0;
	ssize_t n = pread(o->console_fd, tail, sizeof(tail) - 1, from);
	char *line;

	while (n > 0 && strchr("\r\n", tail[n - 1]))
		n--;
	tail[n > 0 ? n : 0] = '\0';
	line = strrchr(tail, '\n');
	snprintf(buf, size, "%s", tail[0] ? (line ? line + 1 : tail) : "(nothing)");
	return buf;
}

/* It went, and nothing tells why: that is our trouble, not the kernel's. */
static void explain_end(struct outside *o)
{
	int status = o->machine.exit_status;
	char how[64], words[200];

	if (o->why[0])
		return;
	if (o->receiver.file_error)
		snprintf(o->why, sizeof(o->why), "the record could not be written: %s",
			 strerror(-o->receiver.file_error));
	else if (WIFSIGNALED(status))
		snprintf(o->why, sizeof(o->why), "QEMU %s in the middle of the run",
			 machine_how_ended(&o->machine, how, sizeof(how)));
	else if (o->receiver.error[0])
		snprintf(o->why, sizeof(o->why), "the guest says: %s", o->receiver.error);
	else if (!o->receiver.hello[RECEIVE_FILES])
		snprintf(o->why, sizeof(o->why),
			 "the guest ended before it could say a word; its console ends with: %s",
			 last_words(o, words, sizeof(words)));
	else
		snprintf(o->why, sizeof(o->why),
			 "the guest ended without a verdict; console.log has its last words");
}

static struct tally sum_up(struct outside *o, const struct record *r)
{
	struct tally t = {
		.expected = record_count(r, JUDGED_EXPECTED),
		.other = record_count(r, JUDGED_OTHER),
		.broken = record_count(r, JUDGED_BROKEN) + o->broken,
		.record_lost = o->receiver.file_error < 0,
		.skipped = o->skipped || (o->story.ended && o->story.verdict == VERDICT_SKIPPED),
		.stopped_early =
			o->stopped || (o->story.ended && o->story.verdict == VERDICT_INCONCLUSIVE),
	};

	if (!o->story.ended && !o->stopped && !o->skipped && !t.expected && !t.other)
		t.broken++;
	return t;
}

/* Did anything that counts come from outside? */
static bool knows_more(const struct outside *o)
{
	const struct tally *t = &o->judge.tally;

	return t->expected || t->other || t->broken || o->broken || o->receiver.file_error < 0;
}

static void give_reason(struct outside *o, enum verdict v, const struct record *r)
{
	const struct finding *f = record_decisive(r);

	if (v == VERDICT_BROKEN)
		explain_end(o);
	else if (v == VERDICT_INCONCLUSIVE && o->stopped)
		snprintf(o->why, sizeof(o->why), "stopped by the user");
	else if ((v == VERDICT_REPRODUCED || v == VERDICT_OTHER_FAULT) && f)
		snprintf(o->why, sizeof(o->why), "%s%s%s, noticed by %s: %.300s",
			 finding_kind_name(f->kind), f->function[0] ? " in " : "", f->function,
			 f->watcher, f->text);
	else if (!o->why[0])
		snprintf(o->why, sizeof(o->why), "%s", o->story.reason);
}

/* What came broken over the wire, or was not taken. */
static void tell_losses(struct outside *o)
{
	const struct receiver *r = &o->receiver;

	for (int port = 0; port < RECEIVE_PORTS; port++)
		if (r->decoder[port].lost || r->decoder[port].bad_bytes)
			journal_note(o->journal,
				     "port %s: %llu frames lost, %llu bytes of no frame",
				     port == RECEIVE_JOURNAL ? PORT_JOURNAL : PORT_FILES,
				     (unsigned long long)r->decoder[port].lost,
				     (unsigned long long)r->decoder[port].bad_bytes);
	if (r->refused)
		journal_note(o->journal, "%llu frames refused, the first: %s",
			     (unsigned long long)r->refused, r->refused_why);
}

enum verdict outside_decide(struct outside *o)
{
	_cleanup_free_ struct record *r = calloc(1, sizeof(*r));
	struct diag d = { 0 };
	enum verdict v = VERDICT_BROKEN;
	struct tally t = { .broken = 1 };
	struct jline *line;

	tell_losses(o);
	journal_wait(o->journal, journal_note(o->journal, "the guest is gone"), 2000000);
	if (r && record_load(o->rundir.path, r, &d) == 0) {
		t = sum_up(o, r);
		v = o->story.ended && !knows_more(o) ? o->story.verdict : verdict_decide(&t);
		if (o->story.ended && v == o->story.verdict && !knows_more(o))
			snprintf(o->why, sizeof(o->why), "%s", o->story.reason);
		else
			give_reason(o, v, r);
		record_clear(r);
	} else {
		snprintf(o->why, sizeof(o->why), "the record cannot be read back: %.400s",
			 d.message);
	}
	line = journal_begin(o->journal, "verdict");
	jline_str(line, "verdict", verdict_name(v));
	jline_str(line, "reason", o->why);
	jline_uint(line, "expected", t.expected);
	jline_uint(line, "other", t.other);
	jline_uint(line, "broken", t.broken);
	journal_commit(o->journal);
	return v;
}
