/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One description of an operation for both engines: the plain one makes the calls in a loop, the
 * ring makes the next when the one before is complete. (Linked requests cannot do it: the
 * descriptor that an open returns is not known when the write behind it is queued, but for
 * registered files, which take another path than the one under test.)
 */
#include "chain.h"

void chain_begin(struct chain *c, const uint8_t *calls, int dirfd, bool sync)
{
	c->calls = calls;
	c->at = 0;
	c->sync = sync;
	c->result = 0;
	c->call.dirfd = dirfd;
	c->call.fd = -1;
}

enum call_kind chain_due(const struct chain *c)
{
	return c->calls[c->at];
}

static bool opens(enum call_kind kind)
{
	return kind == CALL_CREATE || kind == CALL_OPEN || kind == CALL_OPEN_FOLDER;
}

/* Is this one to be made, as things are? */
static bool skipped(const struct chain *c, enum call_kind kind)
{
	if (kind == CALL_NONE)
		return false;
	if (kind == CALL_CLOSE)
		return c->call.fd < 0;
	return c->result < 0 || (kind == CALL_FSYNC && !c->sync);
}

void chain_took(struct chain *c, int res)
{
	enum call_kind kind = c->calls[c->at++];

	res = calls_result(kind, &c->call, res);
	if (res < 0 && !c->result)
		c->result = res;
	else if (res >= 0 && opens(kind))
		c->call.fd = res;
	while (skipped(c, c->calls[c->at]))
		c->at++;
}

int chain_make(struct chain *c)
{
	enum call_kind kind;

	while ((kind = chain_due(c)) != CALL_NONE)
		chain_took(c, calls_make(kind, &c->call));
	return c->result;
}
