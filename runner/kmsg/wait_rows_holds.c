/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a task holds while a function runs, told from outside: the function is called with the lock
 * taken, or takes it first thing. "May hold" is enough: whoever looks for a circle must find every
 * possible holder in it. Sources: fs/namei.c, fs/ext4, fs/fs-writeback.c, mm/vmscan.c, 3.10 to 6.x.
 */
#include "kmsg/wait_rows.h"

#include "base/cleanup.h"

#define DIR (1u << CLAIM_DIR)
#define FILE_LOCK (1u << CLAIM_FILE)
#define RENAME (1u << CLAIM_RENAME)
#define MMAP (1u << CLAIM_MMAP)
#define PAGE (1u << CLAIM_PAGE)
#define BUFFER (1u << CLAIM_BUFFER)
#define FLUSHER (1u << CLAIM_FLUSHER)
#define HANDLE (1u << CLAIM_HANDLES)
#define INODE (1u << CLAIM_INODE)

const struct wait_hold_row wait_hold_rows[] = {
	/* both parents, and the mutex when they differ; it waits for the inodes themselves */
	{ "vfs_rename*", DIR | RENAME, true },
	{ "lock_rename*", RENAME | DIR, true }, /* the mutex first, then one parent */
	{ "lock_two_directories", DIR | RENAME, true },
	{ "lock_two_nondirectories", DIR | FILE_LOCK, true },
	{ "vfs_unlink", DIR, true },
	{ "vfs_rmdir", DIR, true },
	{ "vfs_link", DIR, true },
	{ "vfs_create", DIR, false },
	{ "vfs_mkdir", DIR, false },
	{ "vfs_mknod", DIR, false },
	{ "vfs_symlink", DIR, false },
	{ "lookup_open*", DIR, false },
	{ "lookup_real", DIR, false },
	{ "lookup_slow", DIR, false },
	{ "__lookup_slow", DIR, false },
	{ "iterate_dir", DIR, false },
	{ "vfs_readdir", DIR, false },
	{ "ext4_rename", DIR | RENAME | HANDLE, true }, /* the handle from its middle on */
	{ "ext4_rename2", DIR | RENAME, false },
	{ "ext4_create", DIR, false },
	{ "ext4_mkdir", DIR, false },
	{ "ext4_mknod", DIR, false },
	{ "ext4_symlink", DIR, false },
	{ "ext4_link", DIR, false },
	{ "ext4_unlink", DIR, false },
	{ "ext4_rmdir", DIR, false },
	{ "ext4_lookup", DIR, false },
	{ "xfs_rename", DIR | RENAME, false },
	{ "xfs_create", DIR, false },
	{ "xfs_remove", DIR, false },
	/* writers, truncaters and those who change attributes */
	{ "ext4_buffered_write_iter", FILE_LOCK, false },
	{ "ext4_dio_write_iter", FILE_LOCK, false },
	{ "ext4_file_write*", FILE_LOCK, false },
	{ "generic_file_aio_write", FILE_LOCK, false },
	{ "__generic_file_aio_write", FILE_LOCK, false },
	{ "generic_file_write_iter", FILE_LOCK, false },
	{ "__generic_file_write_iter", FILE_LOCK, false },
	{ "generic_perform_write", FILE_LOCK | PAGE, false },
	{ "generic_file_buffered_write", FILE_LOCK | PAGE, false },
	{ "xfs_file_*", FILE_LOCK, false },
	{ "notify_change", FILE_LOCK, true },
	{ "ext4_setattr", FILE_LOCK, true },
	{ "do_truncate", FILE_LOCK, false },
	{ "ext4_fallocate", FILE_LOCK, false },
	{ "ext4_punch_hole", FILE_LOCK, false },
	{ "ext4_ioctl*", FILE_LOCK, false },
	{ "__vfs_setxattr_locked", FILE_LOCK, true },
	/* address spaces */
	{ "handle_mm_fault", MMAP, true },
	{ "__handle_mm_fault", MMAP, true },
	{ "do_mmap*", MMAP, true },
	{ "mmap_region", MMAP, true },
	{ "__do_munmap", MMAP, true },
	{ "do_munmap", MMAP, true },
	{ "do_mas_*", MMAP, true },
	{ "mprotect_fixup", MMAP, true },
	{ "dup_mmap", MMAP, false },
	{ "dup_mm*", MMAP, false },
	/* pages: locked, or marked and gathered in a bio that is not on its way yet */
	{ "write_cache_pages", PAGE, false },
	{ "mpage_*", PAGE, false },
	{ "ext4_da_writepages", PAGE, false },
	{ "ext4_writepages", PAGE, false },
	{ "ext4_do_writepages", PAGE, false },
	{ "ext4_writepage", PAGE, true },
	{ "ext4_bio_write_*", PAGE, true },
	{ "block_write_full_*", PAGE, true },
	/* their bits are cleared when the extents are converted, which takes a handle */
	{ "ext4_end_io*", PAGE, true },
	{ "ext4_do_flush_completed_IO", PAGE, true },
	{ "ext4_convert_unwritten_*", PAGE, true },
	{ "shrink_page_list", PAGE, false },
	{ "shrink_folio_list", PAGE, false },
	{ "pageout", PAGE, true },
	{ "truncate_inode_pages_range", PAGE, false },
	{ "do_page_mkwrite", PAGE, false },
	{ "migrate_pages*", PAGE, false },
	/* with a block of inodes locked it looks for their bitmap, which may cost memory */
	{ "__ext4_get_inode_loc", BUFFER, false },
	/* the flusher, and inodes in its hands or on their way out */
	{ "wb_workfn", FLUSHER, true },
	{ "bdi_writeback_workfn", FLUSHER, true },
	{ "wb_do_writeback", FLUSHER, true },
	{ "__writeback_single_inode", INODE, true },
	{ "writeback_single_inode", INODE, false },
	{ "writeback_sb_inodes", INODE, false },
	{ "evict", INODE, true },
	{ "ext4_evict_inode", INODE, true },
	{ "dispose_list", INODE, false },
	{ "prune_icache_sb", INODE, false },
};
const unsigned int wait_hold_count = ARRAY_SIZE(wait_hold_rows);
