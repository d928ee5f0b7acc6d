/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal when there is no more to be had: a disk that is full, slow, cut short or gone, no
 * memory, no descriptors. The linker puts the functions below between the journal and the C library
 * (-Wl,--wrap), so that a plain user's test decides what the disk does.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "journal_lines.h"

ssize_t __real_writev(int fd, const struct iovec *piece, int n);
ssize_t __wrap_writev(int fd, const struct iovec *piece, int n);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_ftruncate64(int fd, off_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static struct {
	_Atomic long room;          /* bytes that the disk still takes; -1: no limit */
	_Atomic bool cut_fails;     /* ftruncate of the journal fails */
	_Atomic bool ballast_taken; /* what is given back is used up by others at once */
	_Atomic bool sync_stands;   /* fdatasync does not return */
	_Atomic int sync_error;
	_Atomic unsigned int cuts; /* ballast given back */
	_Atomic unsigned int allocations;
} disk;

static void disk_reset(void)
{
	memset(&disk, 0, sizeof(disk));
	disk.room = -1;
}

ssize_t __wrap_writev(int fd, const struct iovec *piece, int n)
{
	long room = disk.room;
	size_t first = piece[0].iov_len;

	if (room < 0)
		return __real_writev(fd, piece, n);
	if (room == 0) {
		errno = ENOSPC;
		return -1;
	}
	if (first > (size_t)room)
		first = (size_t)room;
	disk.room -= (long)first;
	return write(fd, piece[0].iov_base, first);
}

int __wrap_fdatasync(int fd)
{
	while (disk.sync_stands)
		usleep(1000);
	if (disk.sync_error) {
		errno = disk.sync_error;
		return -1;
	}
	return __real_fdatasync(fd);
}

/* The ballast is the one that is cut to nothing while it holds something. */
int __wrap_ftruncate(int fd, off_t size)
{
	struct stat st;

	if (!fstat(fd, &st) && st.st_nlink == 0) {
		disk.cuts++;
		if (disk.room == 0 && !disk.ballast_taken)
			disk.room = st.st_size;
	} else if (disk.cut_fails) {
		errno = EIO;
		return -1;
	}
	return __real_ftruncate(fd, size);
}

/* The name that -D_FILE_OFFSET_BITS=64 gives it. */
int __wrap_ftruncate64(int fd, off_t size)
{
	return __wrap_ftruncate(fd, size);
}

void *__wrap_malloc(size_t size)
{
	disk.allocations++;
	return __real_malloc(size);
}

/* The disk is sound when a test begins. */
static int fresh(void **state)
{
	disk_reset();
	return tmpdir_make(state);
}

static void a_full_disk_gives_back_the_ballast_and_keeps_the_error(void **state)
{
	struct journal *j = open_in(*state);
	uint64_t seq;

	assert_int_equal(journal_wait(j, journal_note(j, "while there is room"), 10000000), 0);
	disk.room = 100;
	journal_note(j, "the first part of this line is taken, the rest is not: %0100d", 0);
	seq = journal_note(j, "the verdict");
	while (journal_wait(j, seq, 10000000) == -ENOSPC)
		usleep(1000);
	assert_true(journal_synced(j) >= seq);
	assert_int_equal(disk.cuts, 1);
	assert_int_equal(journal_error(j), -ENOSPC);
	journal_close(j);
	check_whole(*state, 3);
}

static void a_disk_that_stays_full_keeps_whole_lines_only(void **state)
{
	struct journal *j = open_in(*state);
	uint64_t seq = journal_note(j, "before");

	assert_int_equal(journal_wait(j, seq, 10000000), 0);
	disk.ballast_taken = true;
	disk.room = 40;
	for (int i = 0; i < 3; i++)
		seq = journal_note(j, "a line that is longer than the forty bytes that are left");
	while (!disk.cuts || !journal_error(j))
		usleep(1000);
	assert_int_equal(journal_wait(j, seq, 100000), -ENOSPC);
	check_whole(*state, 1);
	disk.room = -1;
	while (journal_wait(j, seq, 10000000))
		usleep(1000);
	check_whole(*state, 4);
	assert_int_equal(journal_error(j), -ENOSPC);
	journal_close(j);
}

static void a_torn_line_that_cannot_be_cut_is_ended(void **state)
{
	struct journal *j = open_in(*state);
	uint64_t seq = journal_note(j, "before");
	struct count c;

	assert_int_equal(journal_wait(j, seq, 10000000), 0);
	disk.cut_fails = true;
	disk.room = 40;
	seq = journal_note(j, "a line that is longer than the forty bytes that are left");
	while (!journal_error(j))
		usleep(1000);
	disk.room = -1;
	while (journal_wait(j, seq, 10000000))
		usleep(1000);
	journal_note(j, "after");
	journal_close(j);
	c = check(*state);
	assert_int_equal(c.whole, 3);
	assert_int_equal(c.broken, 1);
	assert_false(c.torn);
	json_decref(c.lines);
}

static void a_failed_sync_is_told(void **state)
{
	struct journal *j = open_in(*state);

	disk.sync_error = EIO;
	assert_int_equal(journal_wait(j, journal_note(j, "x"), 10000000), -EIO);
	assert_int_equal(journal_error(j), -EIO);
	assert_int_equal(journal_synced(j), 0);
	disk.sync_error = 0;
	journal_close(j);
	check_whole(*state, 1);
}

static void a_disk_that_stands_still_never_holds_the_caller(void **state)
{
	struct journal *j = open_in(*state);
	uint64_t until, lost = 0, kept = 0, worst = 0, seq;
	struct count c;
	json_t *note;

	disk.sync_stands = true;
	for (int i = 0; i < 100000 && lost < 10; i++) {
		uint64_t began = now_us();

		if (journal_note(
			    j,
			    "a hundred bytes of text or so, to fill the ring a little faster %050d",
			    i))
			kept++;
		else
			lost++;
		if (now_us() - began > worst)
			worst = now_us() - began;
	}
	assert_int_equal(lost, 10);
	assert_true(worst < 1000000);
	assert_int_equal(journal_lost(j), 10);
	assert_int_equal(journal_wait(j, kept, 20000), -ETIMEDOUT);
	until = now_us() + 5000000; /* the writer may have come to the disk only just now */
	while (journal_stuck_us(j, now_us()) < 20000 && now_us() < until)
		usleep(1000);
	assert_true(journal_stuck_us(j, now_us()) >= 20000);
	disk.sync_stands = false;
	assert_int_equal(journal_wait(j, kept, 10000000), 0);
	seq = journal_note(j, "and on");
	assert_int_equal(seq, kept + 2);
	assert_int_equal(journal_wait(j, seq, 10000000), 0);
	c = check(*state);
	assert_int_equal(c.whole, kept + 2);
	note = json_array_get(c.lines, kept);
	assert_int_equal(json_integer_value(json_object_get(note, "lost")), 10);
	json_decref(c.lines);
	assert_int_equal(journal_error(j), 0);
	journal_close(j);
}

static void a_size_limit_of_the_process_is_an_error_like_a_full_disk(void **state)
{
	struct rlimit old, small;
	struct journal *j = open_in(*state);
	uint64_t seq = journal_note(j, "before");

	assert_int_equal(journal_wait(j, seq, 10000000), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = (struct rlimit){ 150, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &small);
	seq = journal_note(j, "a line that does not end before the limit: %0200d", 0);
	while (!journal_error(j))
		usleep(1000);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(journal_error(j), -EFBIG);
	check_whole(*state, 1);
	while (journal_wait(j, seq, 10000000))
		usleep(1000);
	journal_close(j);
	check_whole(*state, 2);
}

static void nothing_is_allocated_or_opened_after_open(void **state)
{
	struct journal *j = open_in(*state);
	struct rlimit old, none = { 0, 0 };
	struct finding f;
	int r;

	finding_init(&f, FINDING_STALL, "progress", now_us());
	strcpy(f.stack, "schedule+0x1/0x2\n");
	getrlimit(RLIMIT_NOFILE, &old);
	none.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NOFILE, &none);
	disk.allocations = 0;
	journal_note(j, "%d of %s", 1, "each");
	r = journal_wait(j, journal_finding(j, &f), 10000000);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(disk.allocations, 0);
	assert_int_equal(r, 0);
	journal_close(j);
	check_whole(*state, 2);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, fresh, tmpdir_remove)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		in_folder(a_full_disk_gives_back_the_ballast_and_keeps_the_error),
		in_folder(a_disk_that_stays_full_keeps_whole_lines_only),
		in_folder(a_torn_line_that_cannot_be_cut_is_ended),
		in_folder(a_failed_sync_is_told),
		in_folder(a_disk_that_stands_still_never_holds_the_caller),
		in_folder(a_size_limit_of_the_process_is_an_error_like_a_full_disk),
		in_folder(nothing_is_allocated_or_opened_after_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
