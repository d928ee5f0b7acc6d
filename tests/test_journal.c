/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal on a disk that is full, slow, cut short or gone. The linker puts the functions below
 * between the journal and the C library (-Wl,--wrap), so that a plain user's test decides what the
 * disk does.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "journal.h"
#include "tmpdir.h"

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

static struct journal *open_in(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct journal *j = NULL;

	disk_reset();
	assert_int_equal(journal_open(fd, now_us(), &j), 0);
	return j;
}

static char *load(const char *folder)
{
	char path[256], *text = NULL;
	size_t size;

	snprintf(path, sizeof(path), "%s/" JOURNAL_FILE, folder);
	assert_int_equal(textfile_load(path, 0, &text, &size), 0);
	assert_int_equal(strlen(text), size);
	return text;
}

struct count {
	unsigned int whole, broken;
	bool torn;     /* the last line has no end */
	json_t *lines; /* array */
};

/* Every whole line parses and seq has no holes: what each test of a failing disk comes down to. */
static struct count check(const char *folder)
{
	_cleanup_free_ char *text = load(folder);
	struct count c = { .lines = json_array() };
	char *line = text, *end;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		json_t *o = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, NULL);

		if (!o) {
			c.broken++;
			continue;
		}
		assert_int_equal(json_integer_value(json_object_get(o, "seq")), ++c.whole);
		assert_true(json_is_real(json_object_get(o, "t")));
		assert_true(json_is_string(json_object_get(o, "event")));
		json_array_append_new(c.lines, o);
	}
	c.torn = *line != '\0';
	return c;
}

static void check_whole(const char *folder, unsigned int want)
{
	struct count c = check(folder);

	assert_int_equal(c.whole, want);
	assert_int_equal(c.broken, 0);
	assert_false(c.torn);
	json_decref(c.lines);
}

static void lines_are_on_disk_when_wait_returns(void **state)
{
	struct journal *j = open_in(*state);
	uint64_t seq = 0;
	struct count c;

	for (int i = 0; i < 100; i++) {
		struct jline *l = journal_begin(j, "exit");

		jline_int(l, "copy", i);
		seq = journal_commit(j);
		assert_int_equal(seq, i + 1);
	}
	assert_int_equal(journal_wait(j, seq, 10000000), 0);
	assert_true(journal_synced(j) >= seq);
	assert_int_equal(journal_error(j), 0);
	c = check(*state);
	assert_int_equal(c.whole, 100);
	assert_non_null(json_object_get(json_array_get(c.lines, 0), "epoch_us"));
	assert_null(json_object_get(json_array_get(c.lines, 1), "epoch_us"));
	json_decref(c.lines);
	assert_null(journal_close(j));
	assert_null(journal_close(NULL));
}

static void a_second_journal_in_the_same_folder_is_refused(void **state)
{
	_cleanup_close_ int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct journal *j = open_in(*state), *second = NULL;

	journal_note(j, "the %s", "first");
	assert_int_equal(journal_open(fd, 0, &second), -EEXIST);
	assert_null(second);
	journal_close(j);
	check_whole(*state, 1);
}

static void a_full_finding_fits_and_keeps_its_field_names(void **state)
{
	struct journal *j = open_in(*state);
	struct finding f;
	struct count c;
	json_t *o;

	finding_init(&f, FINDING_HUNG_TASK, "kmsg", 5000000);
	f.id = 3;
	f.more_of = 1;
	f.judged = JUDGED_EXPECTED;
	f.began_us = 3500000;
	f.kernel_us = 77;
	f.seconds = 120;
	f.pid = 42;
	f.cpu = 0;
	strcpy(f.comm, "jbd2/\"loop0\"-8");
	memset(f.text, 't', sizeof(f.text) - 1);
	for (size_t i = 0; i + 32 < sizeof(f.stack); i += 32)
		memcpy(f.stack + i, "jbd2_journal_commit+0x24f/0x19a\n", 33);
	journal_finding(j, &f);
	finding_init(&f, FINDING_STALL, "progress", 1);
	journal_finding(j, &f);
	journal_close(j);

	c = check(*state);
	o = json_array_get(c.lines, 0);
	assert_null(json_object_get(o, "cut"));
	assert_string_equal(json_string_value(json_object_get(o, "kind")), "hung-task");
	assert_string_equal(json_string_value(json_object_get(o, "judged")), "expected");
	assert_int_equal(json_integer_value(json_object_get(o, "more_of")), 1);
	assert_int_equal(json_integer_value(json_object_get(o, "noticed_us")), 5000000);
	assert_true(json_real_value(json_object_get(o, "after_seconds")) == 1.5);
	assert_true(json_is_integer(json_object_get(o, "cpu")));
	assert_int_equal(json_array_size(json_object_get(o, "stack")), 95);
	o = json_array_get(c.lines, 1);
	assert_null(json_object_get(o, "cpu"));
	assert_null(json_object_get(o, "stack"));
	assert_null(json_object_get(o, "comm"));
	json_decref(c.lines);
}

/* A task that hung for 120 s was told just now: the record is not 120 s late. */
static void latency_counts_from_when_the_kernel_said_it(void **state)
{
	struct journal *j = open_in(*state);
	struct latency_summary l;
	struct finding f;

	finding_init(&f, FINDING_HUNG_TASK, "kmsg", now_us());
	f.kernel_us = 77;
	f.seconds = 120;
	f.began_us = f.noticed_us - 120000000;
	assert_int_equal(journal_wait(j, journal_finding(j, &f), 5000000), 0);
	journal_latency(j, &l);
	assert_int_equal(l.count, 1);
	assert_true(l.worst_us < 60000000);
	journal_close(j);
}

static void a_line_too_long_is_cut_and_says_so(void **state)
{
	_cleanup_free_ char *text = malloc(2 * JOURNAL_LINE_MAX);
	struct journal *j = open_in(*state);
	struct count c;

	memset(text, '\x01', 2 * JOURNAL_LINE_MAX);
	text[2 * JOURNAL_LINE_MAX - 1] = '\0';
	jline_str(journal_begin(j, "note"), "text", text);
	journal_commit(j);
	journal_close(j);
	c = check(*state);
	assert_int_equal(c.whole, 1);
	assert_true(json_is_true(json_object_get(json_array_get(c.lines, 0), "cut")));
	json_decref(c.lines);
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

static void the_writer_takes_no_signals(void **state)
{
	struct journal *j = open_in(*state);
	_cleanup_closedir_ DIR *tasks = opendir("/proc/self/task");
	unsigned int seen = 0;
	struct dirent *e;

	while ((e = readdir(tasks))) {
		char path[64], status[4096], *mask;

		if (e->d_name[0] == '.' || atoi(e->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%.20s/status", e->d_name);
		assert_true(textfile_read_at(AT_FDCWD, path, status, sizeof(status)) > 0);
		mask = strstr(status, "SigBlk:\t");
		assert_non_null(mask);
		/* All but SIGKILL, SIGSTOP and the two that the C library keeps for itself. */
		assert_true((strtoull(mask + 8, NULL, 16) | 0x180040100ull) == UINT64_MAX);
		seen++;
	}
	assert_true(seen >= 1);
	journal_close(j);
}

static void a_killed_runner_leaves_readable_lines(void **state)
{
	int status;

	for (int round = 0; round < 5; round++) {
		char path[300];
		struct count c;
		pid_t pid;

		snprintf(path, sizeof(path), "%s/%d", (char *)*state, round);
		assert_int_equal(mkdir(path, 0700), 0);
		pid = fork();
		if (pid == 0) {
			struct journal *j = open_in(path);

			for (int i = 0;; i++)
				journal_wait(j, journal_note(j, "line %d", i),
					     i % 7 ? 0 : 10000000);
		}
		usleep((useconds_t)(20000 + 7000 * round));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		c = check(path);
		assert_int_equal(c.broken, 0);
		json_decref(c.lines);
	}
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		in_folder(lines_are_on_disk_when_wait_returns),
		in_folder(a_second_journal_in_the_same_folder_is_refused),
		in_folder(a_full_finding_fits_and_keeps_its_field_names),
		in_folder(latency_counts_from_when_the_kernel_said_it),
		in_folder(a_line_too_long_is_cut_and_says_so),
		in_folder(nothing_is_allocated_or_opened_after_open),
		in_folder(a_full_disk_gives_back_the_ballast_and_keeps_the_error),
		in_folder(a_disk_that_stays_full_keeps_whole_lines_only),
		in_folder(a_torn_line_that_cannot_be_cut_is_ended),
		in_folder(a_failed_sync_is_told),
		in_folder(a_disk_that_stands_still_never_holds_the_caller),
		in_folder(a_size_limit_of_the_process_is_an_error_like_a_full_disk),
		in_folder(the_writer_takes_no_signals),
		in_folder(a_killed_runner_leaves_readable_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
