/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stack is walked outwards from where the task sleeps. The lock or sleep itself is weak evidence
 * ("a mutex"); the first row that stands by itself, or that explains this weak one, decides. Only
 * near the sleep: a function ten calls out tells what the task is doing, not what it waits for.
 */
#include "kmsg/wait_sites.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/frames.h"
#include "kmsg/wait_rows.h"

#define NEAR_STRONG 2 /* telling frames walked before a row no longer decides by itself */
#define NEAR_AFTER 5  /* and before it no longer explains the lock: open-coded lockers are deep */

static const struct {
	const char *name, *words;
	enum wait_thing thing;
} roles[WAIT_ROLE_COUNT] = {
	[WAIT_UNKNOWN] = { "unknown", "waits for something that no row of the table knows",
			   THING_NONE },
	[WAIT_JOURNAL_UPDATES] = { "journal-commit-updates",
				   "commits: it has locked the transaction and waits until every "
				   "open handle of it is closed (t_updates is 0)",
				   THING_HANDLES },
	[WAIT_JOURNAL_IO] = { "journal-commit-io",
			      "commits and waits for the device to write what the commit needs",
			      THING_IO },
	[WAIT_JOURNAL_COMMIT] = { "journal-wait-commit",
				  "waits for the journal thread to end a commit", THING_COMMIT },
	[WAIT_JOURNAL_LOCKED] = { "journal-wait-locked",
				  "wants to open a handle and waits until the locked transaction "
				  "is committed",
				  THING_COMMIT },
	[WAIT_JOURNAL_SPACE] = { "journal-wait-space",
				 "wants to open a handle and waits for room in the journal: for "
				 "a checkpoint, or for the commit before it",
				 THING_COMMIT },
	[WAIT_JOURNAL_BUFFER] = { "journal-wait-buffer",
				  "has a handle open and waits for a buffer that the committing "
				  "transaction still writes",
				  THING_COMMIT },
	[WAIT_MEMORY_WITH_HANDLE] = { "memory-with-handle",
				      "asks for memory while it has a journal handle open",
				      THING_MEMORY },
	[WAIT_MEMCG_OOM] = { "memcg-oom",
			     "waits for the OOM killer of its memory cgroup to free memory",
			     THING_MEMORY },
	[WAIT_MEMORY] = { "memory", "asks for memory and waits for reclaim", THING_MEMORY },
	[WAIT_DIRTY] = { "dirty-throttle",
			 "has written too many pages and waits for writeback to catch up",
			 THING_IO },
	[WAIT_MUTEX] = { "mutex", "waits for a mutex", THING_LOCK },
	[WAIT_RWSEM] = { "rwsem", "waits for a read-write semaphore", THING_LOCK },
	[WAIT_SEMAPHORE] = { "semaphore", "waits for a semaphore", THING_LOCK },
	[WAIT_RT_MUTEX] = { "rt-mutex", "waits for an rt-mutex", THING_LOCK },
	[WAIT_MMAP_LOCK] = { "mmap-lock", "waits for the mmap lock of an address space",
			     THING_LOCK },
	[WAIT_RTNL] = { "rtnl", "waits for the rtnl mutex", THING_LOCK },
	[WAIT_CGROUP] = { "cgroup-lock", "waits for the cgroup lock", THING_LOCK },
	[WAIT_CPU_HOTPLUG] = { "cpu-hotplug", "waits for the CPU hotplug lock", THING_LOCK },
	[WAIT_PERCPU_RWSEM] = { "percpu-rwsem", "waits for a per-CPU read-write semaphore",
				THING_LOCK },
	[WAIT_FROZEN] = { "frozen-fs",
			  "waits to write to a file system that is frozen (or being frozen)",
			  THING_OTHER },
	[WAIT_PAGE_LOCK] = { "page-lock", "waits for a locked page (folio)", THING_IO },
	[WAIT_WRITEBACK] = { "writeback", "waits for the writeback of a page (folio)", THING_IO },
	[WAIT_PAGE] = { "page-bit", "waits for a page (folio): its lock or its writeback",
			THING_IO },
	[WAIT_BUFFER] = { "buffer", "waits for a buffer: its lock or its input or output",
			  THING_IO },
	[WAIT_INODE] = { "inode", "waits for an inode that is written back or freed", THING_OTHER },
	[WAIT_DIRECT_IO] = { "direct-io", "waits for direct input or output to end", THING_IO },
	[WAIT_REQUEST] = { "block-request",
			   "waits for a free request of a block device (or for its throttling)",
			   THING_IO },
	[WAIT_QUEUE_FROZEN] = { "queue-frozen", "waits for a frozen block queue", THING_IO },
	[WAIT_SCSI_EH] = { "scsi-error-handling", "waits for SCSI error handling", THING_IO },
	[WAIT_RAID] = { "raid", "waits inside md (software RAID)", THING_IO },
	[WAIT_FLUSH] = { "flush", "waits for a flush or a synchronous request of the device",
			 THING_IO },
	[WAIT_IO] = { "io", "waits for input or output", THING_IO },
	[WAIT_XFS_LOG_SPACE] = { "xfs-log-space", "waits for room in the XFS log", THING_OTHER },
	[WAIT_XFS_LOG] = { "xfs-log", "waits for the XFS log to be written", THING_OTHER },
	[WAIT_XFS_BUFFER] = { "xfs-buffer", "waits for an XFS buffer", THING_IO },
	[WAIT_BTRFS] = { "btrfs", "waits for a btrfs transaction, tree lock or extent",
			 THING_OTHER },
	[WAIT_ZFS] = { "zfs", "waits inside ZFS", THING_OTHER },
	[WAIT_NFS] = { "nfs", "waits for an answer of an NFS server", THING_OTHER },
	[WAIT_NETWORK_FS] = { "network-fs",
			      "waits for an answer of the server of a network file system",
			      THING_OTHER },
	[WAIT_FUSE] = { "fuse", "waits for an answer of a FUSE daemon", THING_OTHER },
	[WAIT_SYNC] = { "sync", "waits for the flusher to write inodes back", THING_OTHER },
	[WAIT_RCU] = { "rcu", "waits for an RCU grace period", THING_OTHER },
	[WAIT_WORK] = { "flush-work", "waits for work on a workqueue to end", THING_OTHER },
	[WAIT_KTHREAD] = { "thread", "waits for another thread to answer", THING_OTHER },
	[WAIT_COREDUMP] = { "coredump", "waits for a core dump of its process", THING_OTHER },
	[WAIT_FENCE] = { "gpu-fence", "waits for the graphics device", THING_OTHER },
	[WAIT_USERFAULT] = { "userfaultfd", "waits for user space to serve a page fault",
			     THING_OTHER },
	[WAIT_FUTEX] = { "futex", "waits for a futex", THING_OTHER },
	[WAIT_PIPE] = { "pipe", "waits for the other end of a pipe", THING_OTHER },
	[WAIT_SOCKET] = { "socket", "waits for a socket", THING_OTHER },
	[WAIT_COMPLETION] = { "completion", "waits for a completion", THING_OTHER },
};

static bool names(const char *pattern, const char *function)
{
	size_t n = strcspn(pattern, "*");

	return !strncmp(pattern, function, n) && (pattern[n] || !function[n]);
}

static const char *any_of(const char *const *list, const char *function)
{
	for (; *list; list++)
		if (names(*list, function))
			return *list;
	return NULL;
}

static void note_frames(struct wait_verdict *v, const char *function)
{
	if (!v->alloc[0] && !v->handle[0] && any_of(wait_alloc_frames, function))
		snprintf(v->alloc, sizeof(v->alloc), "%s", function);
	if (!v->handle[0] && any_of(wait_handle_frames, function))
		snprintf(v->handle, sizeof(v->handle), "%s", function);
	if (any_of(wait_commit_frames, function))
		v->holds_commit = true;
}

struct walk {
	unsigned int weak, passed; /* ways to sleep seen; telling frames since the last of them */
	bool decided;
};

static void decide(struct wait_verdict *v, enum wait_role role, const char *function)
{
	v->role = role;
	snprintf(v->site, sizeof(v->site), "%s", function);
}

static bool by_weak(struct walk *w, struct wait_verdict *v, const char *function)
{
	for (unsigned int i = 0; i < wait_weak_count; i++) {
		const struct wait_weak_row *row = &wait_weak_rows[i];

		if (!names(row->function, function))
			continue;
		if (w->passed)
			return true; /* a second lock further out was taken before */
		w->weak |= row->weak;
		if (row->role)
			decide(v, row->role, function);
		return true;
	}
	return false;
}

static bool by_family(const struct wait_family *family, struct walk *w, struct wait_verdict *v,
		      const char *function)
{
	for (unsigned int i = 0; i < family->count; i++) {
		const struct wait_row *row = &family->rows[i];

		if (!names(row->function, function))
			continue;
		if (row->after ? (row->after & w->weak) && w->passed < NEAR_AFTER
			       : !(w->weak & WEAK_LOCK) && w->passed < NEAR_STRONG) {
			decide(v, row->role, function);
			return true;
		}
	}
	return false;
}

static bool by_row(struct walk *w, struct wait_verdict *v, const char *function)
{
	for (size_t i = 0; wait_families[i]; i++)
		if (by_family(wait_families[i], w, v, function))
			return true;
	return false;
}

static void step(struct walk *w, struct wait_verdict *v, const char *function)
{
	note_frames(v, function);
	if (w->decided)
		return;
	if (by_row(w, v, function))
		w->decided = true;
	else if (!by_weak(w, v, function) && !frame_is_dull(function))
		w->passed++;
}

/* What the stack as a whole says of the wait at its inner end. */
static void widen(struct wait_verdict *v)
{
	enum wait_thing thing = roles[v->role].thing;

	if (v->holds_commit && v->role != WAIT_JOURNAL_UPDATES &&
	    (thing == THING_IO || v->role == WAIT_COMPLETION))
		v->role = WAIT_JOURNAL_IO;
	else if ((thing == THING_MEMORY || v->alloc[0]) && v->handle[0])
		v->role = WAIT_MEMORY_WITH_HANDLE;
	/* To open a handle is not to have one; a nested start would not wait. */
	if (v->role == WAIT_JOURNAL_LOCKED || v->role == WAIT_JOURNAL_SPACE || v->holds_commit)
		v->handle[0] = '\0';
}

void wait_classify(const char *const *functions, unsigned int count, struct wait_verdict *ret)
{
	struct walk w = { 0 };

	memset(ret, 0, sizeof(*ret));
	for (unsigned int i = 0; i < count && i < WAIT_FRAMES_MAX; i++)
		step(&w, ret, functions[i]);
	widen(ret);
}

void wait_classify_stack(const char *stack, struct wait_verdict *ret)
{
	struct walk w = { 0 };
	unsigned int count = 0;

	memset(ret, 0, sizeof(*ret));
	while (*stack && strncmp(stack, "--\n", 3) && count < WAIT_FRAMES_MAX) {
		size_t len = strcspn(stack, "\n");
		char line[256];
		struct frame f;

		snprintf(line, sizeof(line), "%.*s", (int)(len < sizeof(line) ? len : 255), stack);
		if (frame_parse(line, &f) && f.trusted) {
			step(&w, ret, f.name);
			count++;
		}
		stack += len + (stack[len] == '\n');
	}
	widen(ret);
}

const char *wait_role_name(enum wait_role role)
{
	return role < WAIT_ROLE_COUNT ? roles[role].name : "?";
}

const char *wait_role_words(enum wait_role role)
{
	return role < WAIT_ROLE_COUNT ? roles[role].words : "?";
}

enum wait_thing wait_role_thing(enum wait_role role)
{
	return role < WAIT_ROLE_COUNT ? roles[role].thing : THING_NONE;
}

bool wait_role_locks(enum wait_role role)
{
	return wait_role_thing(role) == THING_LOCK;
}

bool wait_site_at(unsigned int i, const char **function, enum wait_role *role)
{
	if (i < wait_weak_count) {
		*function = wait_weak_rows[i].function;
		*role = wait_weak_rows[i].role;
		return true;
	}
	i -= wait_weak_count;
	for (size_t k = 0; wait_families[k]; i -= wait_families[k++]->count) {
		if (i >= wait_families[k]->count)
			continue;
		*function = wait_families[k]->rows[i].function;
		*role = wait_families[k]->rows[i].role;
		return true;
	}
	return false;
}
