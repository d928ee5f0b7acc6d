/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io_uring may be missing in three ways: an old kernel (ENOSYS), kernel.io_uring_disabled or a
 * seccomp filter (EPERM), or no memory that may be locked for the rings (ENOMEM, before 5.12). For
 * a storm all three mean the same: go on without, but never silently, since the two ways take
 * different locks and a result must say which one it is of.
 */
#include "ring.h"

#include <string.h>

#include "base/cleanup.h"

bool ring_open(struct ring *r, unsigned int entries)
{
	int err = io_uring_queue_init(entries, &r->uring, 0);

	if (err) {
		stressor_say("no io_uring here (%s): plain system calls instead", strerror(-err));
		return false;
	}
	r->probe = io_uring_get_probe_ring(&r->uring);
	r->open = true;
	if (r->probe)
		return true;
	stressor_say("io_uring cannot list its operations: plain system calls instead");
	ring_close(r);
	return false;
}

void ring_close(struct ring *r)
{
	if (!r->open)
		return;
	r->open = false;
	if (r->probe)
		io_uring_free_probe(take_ptr(r->probe));
	io_uring_queue_exit(&r->uring);
}

bool ring_can(const struct ring *r, int opcode)
{
	return r->open && io_uring_opcode_supported(r->probe, opcode);
}
