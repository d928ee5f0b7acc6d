/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A huge page is mapped by one entry of the page middle directory. Anything that touches a part of
 * it splits that entry, and what is left of a page whose parts were given up goes to a queue of its
 * memory cgroup, to be split for good when memory is short: the queue's lock, and who frees the
 * page first, is what the churn is after. Parts are unmapped by mapping reserved address space over
 * them, which unmaps in the same way but leaves no hole that a mapping of another thread could fall
 * into.
 */
#include "huge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "base/units.h"
#include "touch.h"

#define THP_DIR "/sys/kernel/mm/transparent_hugepage"
#define USUAL_BYTES (2u * 1024u * 1024u) /* kernels before 4.8 do not say */
#define RESERVED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static ssize_t read_thp(const char *root, const char *name, char *buf, size_t size)
{
	char path[512];
	ssize_t len;

	snprintf(path, sizeof(path), "%s" THP_DIR "/%s", root, name);
	len = textfile_read_at(AT_FDCWD, path, buf, size);
	if (len > 0 && buf[len - 1] == '\n')
		buf[len - 1] = '\0';
	return len;
}

int huge_probe(const char *root, size_t *ret_page_bytes)
{
	char text[128];
	uint64_t bytes;

	if (read_thp(root, "enabled", text, sizeof(text)) < 0) {
		stressor_why("this kernel has no transparent huge pages");
		return -EOPNOTSUPP;
	}
	if (strstr(text, "[never]")) {
		stressor_why("huge pages are off: write madvise to " THP_DIR "/enabled");
		return -EOPNOTSUPP;
	}
	if (read_thp(root, "hpage_pmd_size", text, sizeof(text)) < 0 ||
	    units_parse_count(text, &bytes) || bytes < 2 * touch_page_bytes())
		bytes = USUAL_BYTES;
	*ret_page_bytes = bytes;
	return 0;
}

int huge_init(struct huge *h, uint64_t bytes, size_t page_bytes, bool advise)
{
	uintptr_t start;

	*h = (struct huge){ .page_bytes = page_bytes, .advise = advise };
	h->count = bytes < page_bytes ? 1 : (uint32_t)(bytes / page_bytes);
	/* one more for the spare, one for the alignment */
	while ((h->reserved = mmap(NULL, (h->count + 2) * page_bytes, PROT_NONE, RESERVED, -1,
				   0)) == MAP_FAILED) {
		h->reserved = NULL;
		if (h->count == 1)
			return -errno;
		h->count /= 2;
	}
	start = ((uintptr_t)h->reserved + page_bytes - 1) / page_bytes * page_bytes;
	h->start = h->reserved + (start - (uintptr_t)h->reserved);
	h->states = calloc(h->count, sizeof(*h->states));
	return h->states ? 0 : -ENOMEM;
}

void huge_clear(struct huge *h)
{
	if (h->reserved)
		munmap(take_ptr(h->reserved), (h->count + 2) * h->page_bytes);
	free(take_ptr(h->states));
}

static int map_over(char *at, size_t bytes, int protection, int flags)
{
	void *got = mmap(at, bytes, protection, flags | MAP_FIXED, -1, 0);

	return got == MAP_FAILED ? -errno : 0;
}

/*
 * An area of memory for the whole place, with nothing in it. Where a huge page was split its table
 * of small ones stays behind MADV_DONTNEED, and nothing but small pages would ever be faulted there
 * again: so a new mapping it is.
 */
static int make_empty(struct huge *h, uint32_t i)
{
	char *at = huge_at(h, i);
	int err;

	if (h->states[i] == HUGE_WHOLE)
		return madvise(at, h->page_bytes, MADV_DONTNEED) < 0 ? -errno : 0;
	err = map_over(at, h->page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
	if (err)
		return err;
	/* EINVAL: built without; what fault-around and "always" give is then all there is */
	if (h->advise && madvise(at, h->page_bytes, MADV_HUGEPAGE) < 0 && errno != EINVAL)
		err = -errno;
	h->states[i] = HUGE_SPLIT;
	return err;
}

int huge_fault(struct huge *h, struct stressor_run *run, uint32_t i)
{
	size_t pages = h->page_bytes / touch_page_bytes();
	int err;

	if (h->states[i] == HUGE_LOST)
		return 0;
	err = make_empty(h, i);
	if (err)
		return err;
	huge_at(h, i)[stressor_below(run, pages) * touch_page_bytes()] = 1;
	h->states[i] = HUGE_WHOLE;
	run->bytes += h->page_bytes;
	return 0;
}

struct part {
	char *at;
	size_t bytes;
};

/*
 * A random part of a place, or all behind what is to be kept, but never with its first page. What
 * is not one area is faulted anew before.
 */
static int choose_part(struct huge *h, struct stressor_run *run, uint32_t i, struct part *ret)
{
	size_t page = touch_page_bytes();
	size_t pages = h->page_bytes / page;
	size_t keep = (h->keep_bytes + page - 1) / page;
	size_t first = keep ? MIN(keep, pages - 1) : 1 + stressor_below(run, pages - 1);
	int err = 0;

	ret->at = huge_at(h, i) + first * page;
	ret->bytes = (keep ? pages - first : 1 + stressor_below(run, pages - first)) * page;
	if (h->states[i] != HUGE_WHOLE)
		err = huge_fault(h, run, i);
	return err ? err : h->states[i] == HUGE_LOST;
}

int huge_unmap(struct huge *h, struct stressor_run *run, uint32_t i)
{
	struct part p;
	int err = choose_part(h, run, i, &p);

	if (err)
		return err < 0 ? err : 0;
	err = map_over(p.at, p.bytes, PROT_NONE, RESERVED);
	h->states[i] = HUGE_HOLED; /* also when it failed half way */
	return err;
}

int huge_dontneed(struct huge *h, struct stressor_run *run, uint32_t i)
{
	struct part p;
	int err = choose_part(h, run, i, &p);

	if (err)
		return err < 0 ? err : 0;
	h->states[i] = HUGE_SPLIT;
	return madvise(p.at, p.bytes, MADV_DONTNEED) < 0 ? -errno : 0;
}

int huge_mprotect(struct huge *h, struct stressor_run *run, uint32_t i)
{
	struct part p;
	int err = choose_part(h, run, i, &p);

	if (err)
		return err < 0 ? err : 0;
	h->states[i] = HUGE_HOLED;
	if (mprotect(p.at, p.bytes, PROT_READ) < 0)
		return -errno;
	if (mprotect(p.at, p.bytes, PROT_READ | PROT_WRITE) < 0)
		return -errno;
	h->states[i] = HUGE_SPLIT; /* its areas are merged again, its page is still in parts */
	return 0;
}

/* mremap() leaves a hole; reserve it again, unless another thread's mapping was quicker. */
static void fill_hole(struct huge *h, uint32_t i, const struct part *p)
{
	void *got = mmap(p->at, p->bytes, PROT_NONE, RESERVED, -1, 0);

	if (got == p->at)
		return;
	h->states[i] = HUGE_LOST;
	if (got != MAP_FAILED)
		munmap(got, p->bytes);
}

int huge_mremap(struct huge *h, struct stressor_run *run, uint32_t i)
{
	char *spare = huge_at(h, h->count);
	struct part p;
	int err = choose_part(h, run, i, &p);

	if (err)
		return err < 0 ? err : 0;
	if (mremap(p.at, p.bytes, p.bytes, MREMAP_MAYMOVE | MREMAP_FIXED, spare) == MAP_FAILED)
		return -errno;
	h->states[i] = HUGE_HOLED;
	fill_hole(h, i, &p);
	return map_over(spare, h->page_bytes, PROT_NONE, RESERVED);
}

int huge_collapse(struct huge *h, uint32_t i)
{
	if (h->states[i] != HUGE_SPLIT && h->states[i] != HUGE_WHOLE)
		return 0;
	if (madvise(huge_at(h, i), h->page_bytes, MADV_COLLAPSE) < 0)
		return errno == EBUSY ? -EAGAIN : -errno;
	h->states[i] = HUGE_WHOLE;
	return 0;
}

/* A whole, suitable area answers EINVAL only when the kernel does not know the advice. A storm may
 * refuse it all the same. */
bool huge_collapses(struct huge *h, struct stressor_run *run)
{
	return huge_fault(h, run, 0) < 0 || huge_collapse(h, 0) != -EINVAL;
}

void huge_write_all(struct huge *h)
{
	for (uint32_t i = 0; i < h->count; i++)
		if (h->states[i] != HUGE_EMPTY && h->states[i] != HUGE_LOST)
			*(volatile char *)huge_at(h, i) = 2;
}
