/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a sleeping task waits for, told from the functions of its stack. Pure; shared by offline
 * triage, the live watcher and the reading of vmcores. Knowledge is in tables: a function that
 * decides by itself, or one that says more of a lock or a sleep found further in; each with all the
 * names that eras gave it. What no row knows stays "unknown": that is an answer too.
 */
#ifndef HANGAR_WAIT_SITES_H
#define HANGAR_WAIT_SITES_H

#include <stdbool.h>
#include <stddef.h>

#define WAIT_FRAMES_MAX 64

enum wait_role {
	WAIT_UNKNOWN,
	/* ext3, ext4, ocfs2: jbd and jbd2 */
	WAIT_JOURNAL_UPDATES,
	WAIT_JOURNAL_IO,
	WAIT_JOURNAL_COMMIT,
	WAIT_JOURNAL_LOCKED,
	WAIT_JOURNAL_SPACE,
	WAIT_JOURNAL_BUFFER,
	/* memory */
	WAIT_MEMORY_WITH_HANDLE,
	WAIT_MEMCG_OOM,
	WAIT_MEMORY,
	WAIT_DIRTY,
	/* locks */
	WAIT_MUTEX,
	WAIT_RWSEM,
	WAIT_SEMAPHORE,
	WAIT_RT_MUTEX,
	WAIT_MMAP_LOCK,
	WAIT_DIR_LOCK,
	WAIT_INODE_LOCK,
	WAIT_RENAME,
	WAIT_RTNL,
	WAIT_CGROUP,
	WAIT_CPU_HOTPLUG,
	WAIT_PERCPU_RWSEM,
	WAIT_FROZEN,
	/* pages, buffers, devices */
	WAIT_PAGE_LOCK,
	WAIT_WRITEBACK,
	WAIT_PAGE,
	WAIT_BUFFER,
	WAIT_INODE,
	WAIT_DIRECT_IO,
	WAIT_REQUEST,
	WAIT_QUEUE_FROZEN,
	WAIT_SCSI_EH,
	WAIT_RAID,
	WAIT_FLUSH,
	WAIT_IO,
	/* file systems */
	WAIT_XFS_LOG_SPACE,
	WAIT_XFS_LOG,
	WAIT_XFS_BUFFER,
	WAIT_BTRFS,
	WAIT_ZFS,
	WAIT_NFS,
	WAIT_NETWORK_FS,
	WAIT_FUSE,
	WAIT_SYNC,
	/* others */
	WAIT_RCU,
	WAIT_WORK,
	WAIT_KTHREAD,
	WAIT_COREDUMP,
	WAIT_FENCE,
	WAIT_USERFAULT,
	WAIT_FUTEX,
	WAIT_PIPE,
	WAIT_SOCKET,
	WAIT_COMPLETION,
	WAIT_ROLE_COUNT,
};

/* What must come before the waiter goes on, as far as it matters for who waits for whom. */
enum wait_thing {
	THING_NONE,
	THING_HANDLES, /* every open handle of the transaction is closed */
	THING_COMMIT,  /* the journal thread ends its commit */
	THING_MEMORY,
	THING_LOCK,
	THING_IO,
	THING_OTHER,
};

/* What one task holds until it goes on and another may wait for: the edges of a circle. */
enum wait_claim {
	CLAIM_NONE,    /* not of a kind whose holder stacks tell */
	CLAIM_HANDLES, /* an open journal handle */
	CLAIM_COMMIT,  /* the commit of a journal */
	CLAIM_MEMORY,  /* memory of a group: what its dying tasks still keep */
	CLAIM_PAGE,    /* a locked page, or one marked as under writeback and not yet submitted */
	CLAIM_BUFFER,  /* a locked buffer */
	CLAIM_FLUSHER, /* the flusher thread, at work */
	CLAIM_INODE,   /* an inode that is written back or freed */
	CLAIM_DIR,     /* the lock of a directory */
	CLAIM_FILE,    /* the lock of another inode */
	CLAIM_RENAME,  /* the rename mutex of a file system */
	CLAIM_MMAP,    /* the mmap lock of an address space */
	CLAIM_OWNER,   /* a lock whose owner the kernel itself named */
	CLAIM_COUNT,
};

struct wait_verdict {
	enum wait_role role;
	enum wait_role inner; /* what its inner end alone says; role is that, or more */
	char site[64];        /* the function that told; "" when unknown */
	char handle[64];    /* a function that runs only inside an open journal handle; "": none */
	char alloc[64];     /* a function of the allocator or of reclaim; "": none */
	bool refused;       /* memory that must not fail was refused, and is asked for again */
	bool holds_commit;  /* the stack is the journal thread's commit: others wait for its end */
	unsigned int holds; /* bits of 1 << enum wait_claim that its functions run with, or may */
	char holder[64];    /* the innermost function that says so, handles included; "": none */
};

/**
 * wait_classify - the role of a stack
 * @functions: names only (no offsets, no ".isra.0"), innermost first
 * @count: at most WAIT_FRAMES_MAX are looked at
 */
void wait_classify(const char *const *functions, unsigned int count, struct wait_verdict *ret);

/* As wait_classify(), from lines as in finding.stack ("func+0x1/0x2 [mod]\n"); a line "--" begins
 * the stack of somebody else and ends this one. */
void wait_classify_stack(const char *stack, struct wait_verdict *ret);

/* The same for a task in D as /proc/PID/stack shows it: there the scheduler, mutexes, semaphores
 * and completions (all that is marked __sched) are left out, and the first line is who called them.
 */
void wait_classify_asleep(const char *stack, struct wait_verdict *ret);

const char *wait_role_name(enum wait_role role);  /* "journal-commit-updates"; stable, for JSON */
const char *wait_role_words(enum wait_role role); /* "waits until ...", for sentences */
enum wait_thing wait_role_thing(enum wait_role role);
bool wait_role_locks(enum wait_role role); /* a lock that somebody owns */

/* What must be given up before it goes on. */
enum wait_claim wait_wants(const struct wait_verdict *v);

/* For tests: every row's function and role; false past the end. */
bool wait_site_at(unsigned int i, const char **function, enum wait_role *role);

#endif
