/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an operation is made of is a row; which names it may take is the only logic. Names are taken
 * out while they are worked on, so that operations in flight together never race for one: a result
 * that does not fit what is remembered (ENOENT for a file that was made, EEXIST for one that was
 * removed) is a fault of the file system and fails the run.
 */
#include "flight.h"

#include <string.h>

const char *const flight_ops[] = { "create", "write",   "rename",   "link",    "mkdir", "xattr",
				   "unlink", "symlink", "truncate", "readdir", "stat",  NULL };

enum needs { NEEDS_ABSENT, NEEDS_PRESENT, NEEDS_ANY, NEEDS_NONE };

static const struct {
	enum needs needs;
	enum name_kind kind;
	uint8_t toggles; /* NAMED_...: a bit that it sets or, where it is set, clears */
	uint8_t make[CHAIN_CALLS_MAX];
	uint8_t undo[CHAIN_CALLS_MAX]; /* where the bit is set */
} rows[] = {
	[OP_CREATE] = { NEEDS_ABSENT,
			NAME_FILE,
			0,
			{ CALL_CREATE, CALL_FSYNC, CALL_CLOSE },
			{ 0 } },
	[OP_WRITE] = { NEEDS_PRESENT,
		       NAME_FILE,
		       0,
		       { CALL_OPEN, CALL_WRITE, CALL_FSYNC, CALL_CLOSE },
		       { 0 } },
	[OP_RENAME] = { NEEDS_PRESENT, NAME_FILE, 0, { CALL_RENAME }, { 0 } },
	[OP_LINK] = { NEEDS_PRESENT, NAME_LINK, NAMED_LINK, { CALL_LINK }, { CALL_UNLINK } },
	[OP_MKDIR] = { NEEDS_ANY, NAME_FOLDER, NAMED_FOLDER, { CALL_MKDIR }, { CALL_RMDIR } },
	[OP_XATTR] = { NEEDS_PRESENT,
		       NAME_FILE,
		       NAMED_XATTR,
		       { CALL_OPEN, CALL_SET_XATTR, CALL_CLOSE },
		       { CALL_OPEN, CALL_REMOVE_XATTR, CALL_CLOSE } },
	[OP_UNLINK] = { NEEDS_PRESENT, NAME_FILE, 0, { CALL_UNLINK }, { 0 } },
	[OP_SYMLINK] = { NEEDS_ANY,
			 NAME_SYMLINK,
			 NAMED_SYMLINK,
			 { CALL_SYMLINK },
			 { CALL_UNLINK } },
	[OP_TRUNCATE] = { NEEDS_PRESENT,
			  NAME_FILE,
			  0,
			  { CALL_OPEN, CALL_TRUNCATE, CALL_FSYNC, CALL_CLOSE },
			  { 0 } },
	[OP_READDIR] = { NEEDS_NONE,
			 NAME_FILE,
			 0,
			 { CALL_OPEN_FOLDER, CALL_LIST, CALL_CLOSE },
			 { 0 } },
	[OP_STAT] = { NEEDS_PRESENT, NAME_FILE, 0, { CALL_STAT }, { 0 } },
};

/* Take a name for the operation, or change the operation to one that there is a name for. */
static void take_name(struct flight *f, struct names *n, struct stressor_run *run)
{
	enum needs needs = rows[f->op].needs;

	f->has_name = needs != NEEDS_NONE;
	f->present = needs == NEEDS_PRESENT;
	if (needs == NEEDS_NONE)
		return;
	if (needs == NEEDS_ANY)
		f->has_name = names_take_any(n, run, &f->index, &f->present);
	else if (needs == NEEDS_PRESENT && !names_take_present(n, run, &f->index)) {
		f->op = OP_CREATE;
		f->present = false;
		f->has_name = names_take_absent(n, run, &f->index);
	} else if (needs == NEEDS_ABSENT && !names_take_absent(n, run, &f->index)) {
		f->op = OP_UNLINK;
		f->present = true;
		f->has_name = names_take_present(n, run, &f->index);
	}
	if (!f->has_name) /* all are in flight */
		f->op = OP_READDIR;
}

/* A rename goes to a free name, or replaces a file, or for want of both is an unlink. */
static void take_other(struct flight *f, struct names *n, struct stressor_run *run)
{
	f->has_other = false;
	if (f->op != OP_RENAME)
		return;
	f->has_other = names_take_any(n, run, &f->other, &f->other_present);
	if (!f->has_other)
		f->op = OP_UNLINK;
}

static void fill_call(struct flight *f, const struct names *n, struct stressor_run *run,
		      const struct flight_plan *plan)
{
	struct call *c = &f->chain.call;

	if (f->op == OP_READDIR)
		names_folder((uint32_t)stressor_below(run, n->folders), c->path);
	else if (f->op == OP_LINK && !f->undoes) {
		names_path(n, f->index, NAME_FILE, c->path);
		names_path(n, f->index, NAME_LINK, c->to);
	} else
		names_path(n, f->index, rows[f->op].kind, c->path);
	if (f->has_other)
		names_path(n, f->other, NAME_FILE, c->to);
	else if (f->op == OP_SYMLINK)
		names_path(n, f->index, NAME_FILE, c->to); /* as text; it need not lead anywhere */
	c->data = plan->data;
	c->bytes = plan->file_bytes;
	if (f->op == OP_TRUNCATE)
		c->bytes = stressor_below(run, 2 * plan->file_bytes + 1);
}

void flight_begin(struct flight *f, struct names *names, struct stressor_run *run,
		  const struct flight_plan *plan, bool remove)
{
	uint8_t toggles;
	bool sync;

	f->op = remove ? OP_UNLINK : (enum flight_op)stressor_pick(run, plan->mix);
	take_name(f, names, run);
	take_other(f, names, run);
	toggles = rows[f->op].toggles;
	f->undoes = toggles && (names->flags[f->index] & toggles);
	sync = plan->sync_percent && stressor_below(run, 100) < plan->sync_percent;
	chain_begin(&f->chain, f->undoes ? rows[f->op].undo : rows[f->op].make, plan->dirfd, sync);
	fill_call(f, names, run, plan);
}

/* The attribute goes with the file, the other bits with the name. */
static void move_xattr(struct names *n, uint32_t from, uint32_t to)
{
	uint8_t bit = n->flags[from] & NAMED_XATTR;

	n->flags[to] = (uint8_t)((n->flags[to] & ~NAMED_XATTR) | bit);
	n->flags[from] &= (uint8_t)~NAMED_XATTR;
}

static void note_success(struct flight *f, struct names *n)
{
	if (f->op == OP_UNLINK) {
		f->present = false;
		n->flags[f->index] &= (uint8_t)~NAMED_XATTR;
	} else if (f->has_other) {
		f->present = false;
		f->other_present = true;
		move_xattr(n, f->index, f->other);
	} else if (f->has_name) {
		n->flags[f->index] ^= rows[f->op].toggles;
	}
}

int flight_end(struct flight *f, struct names *names)
{
	if (f->op == OP_CREATE)
		f->present = f->chain.call.fd >= 0; /* made, even if its fsync failed */
	if (f->chain.result == 0)
		note_success(f, names);
	if (f->has_name)
		names_give(names, f->index, f->present);
	if (f->has_other)
		names_give(names, f->other, f->other_present);
	return f->chain.result;
}
