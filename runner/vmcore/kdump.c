/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-compressed files (makedumpfile's IMPLEMENTATION and diskdump_mod.h): a header block, a
 * sub-header block, two bitmaps (memory there is, pages dumped), a descriptor for each dumped page,
 * the pages. The second bitmap says how many descriptors there must be and each descriptor where
 * its page lies, so a file that was cut is always found.
 */
#include "vmcore/header.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define CHUNK (64u << 10)
#define DH_INCOMPLETE 0x8 /* makedumpfile found no room for all pages */

/* Of struct disk_dump_header; the gaps are the kernel's utsname and a time stamp. */
enum {
	AT_VERSION = 8,
	AT_MACHINE = 12 + 4 * 65,
	AT_STATUS = 424,
	AT_BLOCK_SIZE = 428,
	AT_SUB_BLOCKS = 432,
	AT_BITMAP_BLOCKS = 436,
	HEADER_SIZE = 464,
};

/* Of struct kdump_sub_header, versions 3 and 4. */
enum {
	AT_INFO_OFFSET = 32,
	AT_INFO_SIZE = 40,
	AT_NOTE_OFFSET = 48,
	AT_NOTE_SIZE = 56,
	SUB_SIZE = 64
};

#define INFO_MAX (1u << 20) /* VMCOREINFO is a page, two with patches */

struct page_desc {
	uint64_t offset;
	uint32_t size;
	uint32_t flags;
	uint64_t page_flags;
};

static uint32_t u32(const uint8_t *from, size_t at)
{
	uint32_t n;

	memcpy(&n, from + at, sizeof(n));
	return n;
}

static uint64_t u64(const uint8_t *from, size_t at)
{
	uint64_t n;

	memcpy(&n, from + at, sizeof(n));
	return n;
}

static int load_info(int fd, const uint8_t *sub, struct vmcore_header *h, struct diag *d)
{
	uint64_t offset = u64(sub, AT_INFO_OFFSET), size = u64(sub, AT_INFO_SIZE);
	_cleanup_free_ char *text = NULL;

	if (!size || h->info)
		return 0;
	if (size > INFO_MAX)
		return diag_set(d, -EBADMSG, "VMCOREINFO of %" PRIu64 " bytes cannot be", size);
	text = malloc(size);
	if (!text)
		return diag_set(d, -ENOMEM, "no memory for VMCOREINFO");
	if (vmcore_pread(fd, text, size, offset) < 0)
		return diag_set(d, -EBADMSG, "torn: VMCOREINFO lies past its end");
	return vmcore_take_info(h, text, size);
}

/* Pages that the second bitmap counts. */
static int count_pages(int fd, uint64_t offset, uint64_t size, uint64_t *ret)
{
	_cleanup_free_ uint64_t *words = malloc(CHUNK);
	uint64_t count = 0;

	if (!words)
		return -ENOMEM;
	for (uint64_t done = 0; done < size;) {
		size_t n = size - done < CHUNK ? (size_t)(size - done) : CHUNK;
		int err;

		err = vmcore_pread(fd, words, n, offset + done);
		if (err < 0)
			return err;
		for (size_t i = 0; i < n / 8; i++)
			count += (uint64_t)__builtin_popcountll(words[i]);
		done += n;
	}
	*ret = count;
	return 0;
}

static int check_pages(int fd, uint64_t at, uint64_t count, struct vmcore_header *h, struct diag *d)
{
	_cleanup_free_ struct page_desc *descs = malloc(CHUNK / sizeof(*descs) * sizeof(*descs));

	if (!descs)
		return diag_set(d, -ENOMEM, "no memory for page descriptors");
	if (count > h->file_bytes / sizeof(*descs))
		return diag_set(d, -EBADMSG,
				"torn: not even the list of its %" PRIu64 " pages fits into it",
				count);
	for (uint64_t i = 0; i < count;) {
		size_t n = CHUNK / sizeof(*descs);

		if (n > count - i)
			n = (size_t)(count - i);
		if (vmcore_pread(fd, descs, n * sizeof(*descs), at + i * sizeof(*descs)) < 0)
			return diag_set(d, -EBADMSG,
					"torn: the list of its %" PRIu64 " pages is cut", count);
		for (size_t j = 0; j < n; j++)
			if (!descs[j].size || descs[j].offset > h->file_bytes ||
			    descs[j].size > h->file_bytes - descs[j].offset)
				return diag_set(d, -EBADMSG,
						"torn: page %" PRIu64 " of %" PRIu64
						" lies past its end",
						i + j + 1, count);
		i += n;
	}
	return 0;
}

static int load_pages(int fd, const uint8_t *head, struct vmcore_header *h, struct diag *d)
{
	uint64_t block = u32(head, AT_BLOCK_SIZE), bitmaps = u32(head, AT_BITMAP_BLOCKS) * block;
	uint64_t at = (1 + (uint64_t)u32(head, AT_SUB_BLOCKS)) * block, count;
	int err;

	if (bitmaps > h->file_bytes || at > h->file_bytes - bitmaps)
		return diag_set(d, -EBADMSG, "torn: its bitmaps lie past its end");
	/* Two of the same size, one behind the other. */
	err = count_pages(fd, at + bitmaps / 2, bitmaps / 2 / 8 * 8, &count);
	if (err < 0)
		return diag_set(d, err, "its bitmap cannot be read: %s", strerror(-err));
	if (!count)
		return diag_set(d, -EBADMSG, "no page of memory is in it");
	return check_pages(fd, at + bitmaps, count, h, d);
}

int kdump_load(int fd, struct vmcore_header *h, struct diag *d)
{
	uint8_t head[HEADER_SIZE], sub[SUB_SIZE];
	uint32_t block;
	int err;

	h->kind = VMCORE_KDUMP;
	if (vmcore_pread(fd, head, sizeof(head), 0) < 0)
		return diag_set(d, -EBADMSG, "torn: its header is cut");
	block = u32(head, AT_BLOCK_SIZE);
	if (block < 4096 || block > 65536 || block & (block - 1))
		return diag_set(d, -EBADMSG, "blocks of %u bytes cannot be", block);
	if (u32(head, AT_VERSION) < 4)
		return diag_set(d, -EBADMSG, "kdump header version %u is older than notes are",
				u32(head, AT_VERSION));
	if (u32(head, AT_STATUS) & DH_INCOMPLETE)
		return diag_set(d, -EBADMSG,
				"incomplete, as makedumpfile itself marked it: it ran "
				"out of room");
	h->x86_64 = !memcmp(head + AT_MACHINE, "x86_64", sizeof("x86_64"));
	if (vmcore_pread(fd, sub, sizeof(sub), block) < 0)
		return diag_set(d, -EBADMSG, "torn: its second header is cut");
	err = notes_load(fd, u64(sub, AT_NOTE_OFFSET), u64(sub, AT_NOTE_SIZE), h, d);
	if (!err)
		err = load_info(fd, sub, h, d);
	return err < 0 ? err : load_pages(fd, head, h, d);
}
