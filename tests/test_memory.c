/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that grows by chunks, on kernels that know their advice, on older ones, and at the limit.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "stressors/memory.h"
#include "stressors/touch.h"

/* mmap64 is what mmap is called with 64-bit file offsets, which the build asks for. Kernels: what
 * is newer than the one played answers EINVAL, as madvise() does. */
static bool old_kernel;
static unsigned int mmaps_left;

int __real_madvise(void *at, size_t bytes, int advice);
int __wrap_madvise(void *at, size_t bytes, int advice);
void *__real_mmap64(void *at, size_t bytes, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *at, size_t bytes, int protection, int flags, int fd, off_t offset);

int __wrap_madvise(void *at, size_t bytes, int advice)
{
	if (old_kernel && advice != MADV_DONTNEED && advice != MADV_HUGEPAGE) {
		errno = EINVAL;
		return -1;
	}
	return __real_madvise(at, bytes, advice);
}

void *__wrap_mmap64(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
	if (mmaps_left-- == 0) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return __real_mmap64(at, bytes, protection, flags, fd, offset);
}

static int reset(void **state)
{
	old_kernel = false;
	mmaps_left = 1000000;
	return 0;
}

static size_t index_of(const char *const *names, const char *name)
{
	size_t i = 0;

	while (strcmp(names[i], name) != 0)
		i++;
	return i;
}

static void grow_all(struct memory *m)
{
	char *chunk;

	while (!memory_full(m)) {
		assert_int_equal(memory_grow(m, &chunk), 0);
		memset(chunk, 1, m->opts.chunk_bytes);
	}
}

static void it_grows_to_its_bytes_rounded_up_to_chunks(void **state)
{
	const struct memory_opts o = { .chunk_bytes = 5000 };
	struct memory m;

	assert_int_equal(memory_init(&m, &o, 20000), 0);
	assert_int_equal(m.opts.chunk_bytes % touch_page_bytes(), 0);
	assert_true(m.max * m.opts.chunk_bytes >= 20000);
	grow_all(&m);
	memory_release(&m);
	assert_int_equal(m.held, 0);
	grow_all(&m);
	memory_clear(&m);
}

static void released_memory_is_zero_when_it_comes_back(void **state)
{
	const size_t ways[] = { index_of(memory_releases, "munmap"),
				index_of(memory_releases, "dontneed") };

	for (int i = 0; i < 2; i++) {
		const struct memory_opts o = { .chunk_bytes = 65536, .release = ways[i] };
		struct memory m;
		char *chunk;

		assert_int_equal(memory_init(&m, &o, 4 * 65536), 0);
		grow_all(&m);
		memory_release(&m);
		assert_int_equal(memory_grow(&m, &chunk), 0);
		assert_int_equal(chunk[0], 0);
		assert_int_equal(chunk[65535], 0);
		memory_clear(&m);
	}
}

static void advice_that_an_old_kernel_lacks_is_replaced(void **state)
{
	const struct memory_opts o = {
		.chunk_bytes = 65536,
		.populate = index_of(memory_populates, "write"),
		.release = index_of(memory_releases, "free"),
		.advice = index_of(memory_advices, "mergeable"),
	};
	struct memory m;

	assert_int_equal(memory_init(&m, &o, 4 * 65536), 0);
	old_kernel = true;
	grow_all(&m);
	assert_int_equal(m.opts.populate, 0);
	assert_int_equal(m.opts.advice, 0);
	memory_release(&m);
	assert_int_equal(m.opts.release, index_of(memory_releases, "dontneed"));
	assert_int_equal(m.fallbacks, 3);
	grow_all(&m);
	memory_release(&m);
	assert_int_equal(m.fallbacks, 3); /* each is met once */
	memory_clear(&m);
}

static void a_chunk_that_cannot_be_had_leaves_the_others_usable(void **state)
{
	const struct memory_opts o = { .chunk_bytes = 65536 };
	struct memory m;
	char *chunk;

	assert_int_equal(memory_init(&m, &o, 8 * 65536), 0);
	mmaps_left = 3;
	for (int i = 0; i < 3; i++)
		assert_int_equal(memory_grow(&m, &chunk), 0);
	assert_int_equal(memory_grow(&m, &chunk), -ENOMEM);
	assert_int_equal(m.held, 3);
	mmaps_left = 1000;
	assert_int_equal(memory_grow(&m, &chunk), 0);
	memory_clear(&m);
}

static void every_order_touches_every_page_once(void **state)
{
	enum { PAGES = 96 };
	size_t page = touch_page_bytes();
	struct stressor_run run = { .random = 1 };
	char *at = __real_mmap64(NULL, PAGES * page, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(at, MAP_FAILED);
	for (uint64_t order = TOUCH_SEQUENTIAL; order <= TOUCH_STRIDE; order++) {
		for (size_t pages = 1; pages <= PAGES; pages += 5) {
			const struct touch t = { .order = order, .stride_bytes = 7 * page };

			memset(at, 0, PAGES * page);
			touch_pages(&run, &t, at, pages * page);
			for (size_t i = 0; i < PAGES; i++)
				assert_int_equal(at[i * page] != 0, i < pages);
		}
	}
	munmap(at, PAGES * page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_grows_to_its_bytes_rounded_up_to_chunks, reset),
		cmocka_unit_test_setup(released_memory_is_zero_when_it_comes_back, reset),
		cmocka_unit_test_setup(advice_that_an_old_kernel_lacks_is_replaced, reset),
		cmocka_unit_test_setup(a_chunk_that_cannot_be_had_leaves_the_others_usable, reset),
		cmocka_unit_test_setup(every_order_touches_every_page_once, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
