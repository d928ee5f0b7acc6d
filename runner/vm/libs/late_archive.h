/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libarchive, loaded when first needed (late.h). Include this in place of <archive.h> and
 * <archive_entry.h>, and use its functions under their own names. Call late_archive() before the
 * first of them. A function that is not listed here yet is one more row.
 */
#ifndef HANGAR_LATE_ARCHIVE_H
#define HANGAR_LATE_ARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#include "base/diag.h"

#define LATE_ARCHIVE(X)                                                                            \
	X(archive_error_string)                                                                    \
	X(archive_errno)                                                                           \
	X(archive_filter_count)                                                                    \
	X(archive_format_name)                                                                     \
	X(archive_read_close)                                                                      \
	X(archive_read_data)                                                                       \
	X(archive_read_data_block)                                                                 \
	X(archive_read_data_skip)                                                                  \
	X(archive_read_free)                                                                       \
	X(archive_read_new)                                                                        \
	X(archive_read_next_header)                                                                \
	X(archive_read_next_header2)                                                               \
	X(archive_read_open)                                                                       \
	X(archive_read_open_fd)                                                                    \
	X(archive_read_open_filename)                                                              \
	X(archive_read_open_memory)                                                                \
	X(archive_read_support_filter_all)                                                         \
	X(archive_read_support_filter_bzip2)                                                       \
	X(archive_read_support_filter_gzip)                                                        \
	X(archive_read_support_filter_lzma)                                                        \
	X(archive_read_support_filter_none)                                                        \
	X(archive_read_support_filter_rpm)                                                         \
	X(archive_read_support_filter_xz)                                                          \
	X(archive_read_support_filter_zstd)                                                        \
	X(archive_read_support_format_all)                                                         \
	X(archive_read_support_format_ar)                                                          \
	X(archive_read_support_format_cpio)                                                        \
	X(archive_read_support_format_empty)                                                       \
	X(archive_read_support_format_raw)                                                         \
	X(archive_read_support_format_tar)                                                         \
	X(archive_write_close)                                                                     \
	X(archive_write_data)                                                                      \
	X(archive_write_disk_new)                                                                  \
	X(archive_write_disk_set_options)                                                          \
	X(archive_write_finish_entry)                                                              \
	X(archive_write_free)                                                                      \
	X(archive_write_header)                                                                    \
	X(archive_write_new)                                                                       \
	X(archive_write_open_fd)                                                                   \
	X(archive_write_set_bytes_in_last_block)                                                   \
	X(archive_write_set_bytes_per_block)                                                       \
	X(archive_write_set_format_cpio_newc)                                                      \
	X(archive_entry_clear)                                                                     \
	X(archive_entry_filetype)                                                                  \
	X(archive_entry_free)                                                                      \
	X(archive_entry_hardlink)                                                                  \
	X(archive_entry_mode)                                                                      \
	X(archive_entry_mtime)                                                                     \
	X(archive_entry_new)                                                                       \
	X(archive_entry_pathname)                                                                  \
	X(archive_entry_perm)                                                                      \
	X(archive_entry_set_filetype)                                                              \
	X(archive_entry_set_mode)                                                                  \
	X(archive_entry_set_mtime)                                                                 \
	X(archive_entry_set_nlink)                                                                 \
	X(archive_entry_set_pathname)                                                              \
	X(archive_entry_set_perm)                                                                  \
	X(archive_entry_set_rdevmajor)                                                             \
	X(archive_entry_set_rdevminor)                                                             \
	X(archive_entry_set_size)                                                                  \
	X(archive_entry_set_symlink)                                                               \
	X(archive_entry_size)                                                                      \
	X(archive_entry_size_is_set)                                                               \
	X(archive_entry_symlink)

struct late_archive {
#define X(name) __typeof__(name) *name##_;
	LATE_ARCHIVE(X)
#undef X
};

/* 0; -ENOPKG with @d: this machine has no libarchive. Cheap after the first time; from one thread.
 */
int late_archive(struct diag *d);

extern struct late_archive late_archive_table;

#ifndef LATE_ARCHIVE_ITSELF
#include "vm/libs/late_archive_names.h"
#endif

#endif
