/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The roles in words, what kind of thing each waits for, and which of these things have a holder
 * that stacks tell.
 */
#include "kmsg/wait_sites.h"

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
	[WAIT_DIR_LOCK] = { "dir-lock", "waits for the lock of a directory (i_rwsem, i_mutex)",
			    THING_LOCK },
	[WAIT_INODE_LOCK] = { "inode-lock", "waits for the lock of an inode (i_rwsem, i_mutex)",
			      THING_LOCK },
	[WAIT_RENAME] = { "rename-lock",
			  "waits for the rename mutex of a file system (s_vfs_rename_mutex)",
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

static enum wait_claim claim_of(enum wait_role role)
{
	static const enum wait_claim claims[WAIT_ROLE_COUNT] = {
		[WAIT_JOURNAL_UPDATES] = CLAIM_HANDLES,
		[WAIT_JOURNAL_COMMIT] = CLAIM_COMMIT,
		[WAIT_JOURNAL_LOCKED] = CLAIM_COMMIT,
		[WAIT_JOURNAL_SPACE] = CLAIM_COMMIT,
		[WAIT_JOURNAL_BUFFER] = CLAIM_COMMIT,
		[WAIT_MEMORY_WITH_HANDLE] = CLAIM_MEMORY,
		[WAIT_MEMCG_OOM] = CLAIM_MEMORY,
		[WAIT_MEMORY] = CLAIM_MEMORY,
		[WAIT_PAGE_LOCK] = CLAIM_PAGE,
		[WAIT_WRITEBACK] = CLAIM_PAGE,
		[WAIT_PAGE] = CLAIM_PAGE,
		[WAIT_BUFFER] = CLAIM_BUFFER,
		[WAIT_SYNC] = CLAIM_FLUSHER,
		[WAIT_INODE] = CLAIM_INODE,
		[WAIT_DIR_LOCK] = CLAIM_DIR,
		[WAIT_INODE_LOCK] = CLAIM_FILE,
		[WAIT_RENAME] = CLAIM_RENAME,
		[WAIT_MMAP_LOCK] = CLAIM_MMAP,
	};

	return role < WAIT_ROLE_COUNT ? claims[role] : CLAIM_NONE;
}

enum wait_claim wait_wants(const struct wait_verdict *v)
{
	/* A commit writes its buffers itself: nobody but the device has them. */
	if (v->role == WAIT_JOURNAL_IO && v->inner == WAIT_BUFFER)
		return CLAIM_NONE;
	/* In reclaim it may wait for something else than memory: that is what must come first. */
	if (v->inner == WAIT_UNKNOWN && v->alloc[0])
		return CLAIM_MEMORY;
	return claim_of(v->inner == WAIT_UNKNOWN ? v->role : v->inner);
}
