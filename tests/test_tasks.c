/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watch/task_decide.h"
#include "watch/spool.h"
#include "watch/task_read.h"
#include "watch_world.h"

#define S 1000000ull
#define LIMIT (10 * S)

static const char *data(const char *path)
{
	static char buf[4096];
	const char *dir = getenv("HANGAR_TEST_DATA");

	snprintf(buf, sizeof(buf), "%s/%s", dir ? dir : "tests/data", path);
	return buf;
}

static void a_comm_that_forges_fields_does_not_mislead(void **state)
{
	struct task_stat s;

	assert_int_equal(
		task_stat_parse(
			"100 (ev) R 1 (il) S 7 0 0 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 24 0", &s),
		0);
	assert_int_equal(s.pid, 100);
	assert_int_equal(s.ppid, 7);
	assert_int_equal(s.state, 'S');
	assert_string_equal(s.comm, "ev) R 1 (il");
	assert_int_equal(s.flags, 4194304);
	assert_int_equal(s.start_ticks, 24);
}

static void what_is_no_stat_is_refused(void **state)
{
	static const char *const bad[] = { "",
					   "100",
					   "100 (x",
					   "100 x) S 1",
					   "100 (x) S",
					   ")(",
					   "x (y) S 1 0 0 0 -1 1 0 0 0 0 0 0 0 0 20 0 1 0 24" };
	struct task_stat s;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(task_stat_parse(bad[i], &s), -EINVAL);
}

static void switches_are_counted_from_either_file(void **state)
{
	uint64_t n = 0;

	assert_int_equal(task_schedstat_parse("5846829 6315013 58\n", &n), 0);
	assert_int_equal(n, 58);
	assert_int_equal(task_schedstat_parse("5846829 6315013\n", &n), -EINVAL);
	assert_int_equal(
		task_status_parse(
			"Name:\tx\nvoluntary_ctxt_switches:\t40\nnonvoluntary_ctxt_switches:\t2\n",
			&n),
		0);
	assert_int_equal(n, 42);
	assert_int_equal(task_status_parse("Name:\tx\n", &n), -EINVAL);
}

/* A look a second at a task with this state and switch count; what is said in which second. */
struct step {
	char state;
	uint64_t switches;
	enum task_event event;
};

static void walk(const struct step *steps, size_t n)
{
	struct task t = { .tid = 1 };
	uint64_t stuck;

	for (size_t i = 0; i < n; i++) {
		enum task_event e = task_decide(&t, steps[i].state, steps[i].switches,
						(100 + 5 * i) * S, LIMIT, &stuck);

		if (e != steps[i].event)
			fail_msg("look %zu: %d instead of %d", i, e, steps[i].event);
		if (e == TASK_SUSPECT)
			t.suspected = true;
		if (e == TASK_STUCK)
			t.told = true;
		if (e == TASK_RECOVERED)
			assert_int_equal(stuck, 15 * S);
	}
}

static void a_task_in_d_without_a_switch_is_told_once_and_cleared_once(void **state)
{
	static const struct step steps[] = {
		{ 'D', 7, TASK_NOTHING },   { 'D', 7, TASK_SUSPECT }, { 'D', 7, TASK_STUCK },
		{ 'S', 8, TASK_RECOVERED }, { 'S', 8, TASK_NOTHING },
	};
	static const struct step longer[] = { { 'D', 7, TASK_NOTHING },
					      { 'D', 7, TASK_SUSPECT },
					      { 'D', 7, TASK_STUCK },
					      { 'D', 7, TASK_NOTHING },
					      { 'D', 7, TASK_NOTHING } };

	walk(steps, 5);
	walk(longer, 5);
}

static void a_task_that_switches_in_d_is_busy_not_stuck(void **state)
{
	static const struct step steps[] = {
		{ 'D', 7, TASK_NOTHING },  { 'D', 8, TASK_NOTHING },  { 'D', 9, TASK_NOTHING },
		{ 'D', 10, TASK_NOTHING }, { 'D', 11, TASK_NOTHING },
	};
	static const struct step told[] = { { 'D', 7, TASK_NOTHING }, { 'D', 7, TASK_SUSPECT },
					    { 'D', 7, TASK_STUCK },   { 'D', 8, TASK_RECOVERED },
					    { 'D', 8, TASK_SUSPECT }, { 'D', 8, TASK_STUCK } };

	walk(steps, 5);
	walk(told, 6);
}

static void sleepers_idlers_and_runners_are_not_stuck(void **state)
{
	static const char states[] = "SRTIPtZ";

	for (const char *s = states; *s; s++) {
		const struct step steps[] = { { *s, 7, TASK_NOTHING },
					      { *s, 7, TASK_NOTHING },
					      { *s, 7, TASK_NOTHING },
					      { *s, 7, TASK_NOTHING } };

		walk(steps, 4);
	}
}

static void the_state_is_read_again_only_when_it_can_have_changed(void **state)
{
	struct task t = { .tid = 1 };
	uint64_t ignored;

	assert_true(task_needs_stat(&t, 7)); /* never looked at */
	task_decide(&t, 'S', 7, S, LIMIT, &ignored);
	assert_false(task_needs_stat(&t, 7));
	assert_true(task_needs_stat(&t, 8)); /* it ran */
	task_decide(&t, 'R', 8, 2 * S, LIMIT, &ignored);
	assert_true(task_needs_stat(&t, 8)); /* it was running, and may have gone to sleep since */
}

static void another_stack_begins_the_wait_anew(void **state)
{
	struct task t = { .tid = 1 };
	uint64_t ignored;

	task_decide(&t, 'D', 7, S, LIMIT, &ignored);
	t.suspected = true;
	t.stack_hash = task_stack_hash("foo+0x1/0x2\n");
	assert_true(task_stack_holds(&t, task_stack_hash("foo+0x1/0x2\n"), 11 * S));
	assert_true(task_stack_holds(&t, task_stack_hash(""), 11 * S)); /* unreadable */
	assert_int_equal(t.d_since_us, S);
	assert_false(task_stack_holds(&t, task_stack_hash("bar+0x1/0x2\n"), 11 * S));
	assert_int_equal(t.d_since_us, 11 * S);
}

static void known_resting_places_of_kernel_threads_are_excused(void **state)
{
	assert_true(task_idles_in_d("kworker/u9:1", "kthread"));
	assert_true(task_idles_in_d("cpuhp/3", "kthread_parkme"));
	assert_false(task_idles_in_d("jbd2/vda-8", "jbd2_journal_commit_transaction"));
	assert_false(task_idles_in_d("kworker/u9:1", ""));
}

static void the_table_finds_drops_and_refuses_when_full(void **state)
{
	struct task_table t;

	assert_int_equal(task_table_open(&t), 0);
	for (pid_t i = 1; i <= TASKS_MAX; i++)
		assert_non_null(task_table_add(&t, i * 3));
	assert_null(task_table_add(&t, 1));
	assert_int_equal(t.full, 1);
	assert_null(task_table_find(&t, 1));
	for (pid_t i = 1; i <= TASKS_MAX; i += 2)
		task_table_drop(&t, task_table_find(&t, i * 3));
	for (pid_t i = 1; i <= TASKS_MAX; i++)
		assert_true(!task_table_find(&t, i * 3) == (i % 2 == 1));
	assert_int_equal(t.used, TASKS_MAX / 2);
	assert_non_null(task_table_add(&t, 1));
	task_table_close(&t);
}

/* The watcher itself over a folder that looks like /proc. */

static char root[64];

static void put(const char *tid, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/%s", root, tid);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/proc/%s/%s", root, tid, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void put_task(const char *tid, const char *comm, char st, int ppid, unsigned int flags,
		     int switches, const char *wchan, const char *stack)
{
	char text[256];

	snprintf(text, sizeof(text), "%s (%s) %c %d 0 0 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 24 0 0\n",
		 tid, comm, st, ppid, flags);
	put(tid, "stat", text);
	snprintf(text, sizeof(text), "1 2 %d\n", switches);
	put(tid, "schedstat", text);
	put(tid, "wchan", wchan);
	put(tid, "stack", stack);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static int make_root(void **state)
{
	char path[128];

	snprintf(root, sizeof(root), "/tmp/hangar-test-tasks-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(path, sizeof(path), "%s/proc", root);
	mkdir(path, 0755);
	put_task("self", "self", 'R', 1, 0, 5, "0", "");
	return 0;
}

static int remove_root(void **state)
{
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#define KTHREAD TASK_FLAG_KTHREAD
#define JBD2_STACK                                                                                 \
	"[<0>] jbd2_journal_commit_transaction+0x22b/0x17d0\n[<0>] kjournald2+0xa7/0x270\n[<0>] "  \
	"kthread+0xaf/0xc0\n"

static void a_hung_journal_thread_and_a_vfork_parent_are_told_with_their_stacks(void **state)
{
	static struct world w;
	struct watcher *watcher = NULL;
	struct diag d = { 0 };
	char line[64] = "";

	world_init(&w, root);
	put_task("42", "jbd2/vda-8", 'S', 2, KTHREAD, 7, "kjournald2", "");
	put_task("43", "kworker/u9:1", 'D', 2, KTHREAD, 1, "somewhere_new", "");
	put_task("100", "alloc", 'S', 1, 0, 9, "do_sys_poll", "");
	put_task("200", "foreign", 'D', 1, 0, 9, "elsewhere", "");
	w.copies[0] = (struct copy){ .state = COPY_ALIVE, .pid = 100 };
	assert_int_equal(watch_tasks.open(&w.ctx, &watcher, &d), 0);
	put_task("42", "jbd2/vda-8", 'D', 2, KTHREAD, 8, "jbd2_journal_commit_transaction",
		 JBD2_STACK);
	put_task("100", "alloc", 'D', 1, 0, 10, "kernel_clone", "[<0>] kernel_clone+0x1/0x2\n");
	for (uint64_t now = 100; now <= 109; now++)
		watch_tasks.tick(watcher, now * S);
	assert_int_equal(w.count, 0);
	watch_tasks.status(watcher, line, sizeof(line));
	assert_string_equal(line, "2 in D"); /* 43 was there before the storm, 200 is not ours */
	for (uint64_t now = 110; now <= 120; now++)
		watch_tasks.tick(watcher, now * S);
	assert_int_equal(w.count, 2);
	for (unsigned int i = 0; i < 2; i++) {
		const struct finding *f = &w.told[i];

		assert_int_equal(f->kind, FINDING_STUCK_TASK);
		assert_int_equal(f->began_us, 100 * S);
		assert_float_equal(f->seconds, 10, 0.01);
		if (f->pid == 42) {
			assert_string_equal(f->comm, "jbd2/vda-8");
			assert_string_equal(
				f->signature,
				"stuck-task|jbd2_journal_commit_transaction|kjournald2");
			assert_string_equal(
				f->text,
				"kernel thread jbd2/vda-8:42 in D for 10 s without a context "
				"switch, in jbd2_journal_commit_transaction: it commits: it has "
				"locked the transaction and waits until every open handle of it is "
				"closed (t_updates is 0)");
			assert_true(finding_stack_has(f->stack, "kjournald2"));
		} else {
			assert_int_equal(f->pid, 100);
			assert_string_equal(f->group, "victims.0");
			assert_string_equal(f->function, "kernel_clone");
		}
	}
	watch_tasks.close(watcher);
	world_clear(&w);
}

/* Passes that come every 20 s: of a limit of 10 s each speaks for two. */
static void a_machine_that_gives_the_observer_no_cpu_is_slow_not_stuck(void **state)
{
	static struct world w;
	struct watcher *watcher = NULL;
	struct diag d = { 0 };
	uint64_t now = 100;
	struct unseen unseen = { 0 };

	world_init(&w, root);
	w.ctx.unseen = &unseen;
	put_task("42", "jbd2/vda-8", 'S', 2, KTHREAD, 7, "kjournald2", "");
	assert_int_equal(watch_tasks.open(&w.ctx, &watcher, &d), 0);
	put_task("42", "jbd2/vda-8", 'D', 2, KTHREAD, 8, "jbd2_journal_commit_transaction",
		 JBD2_STACK);
	for (; now <= 180; now += 20)
		watch_tasks.tick(watcher, now * S);
	assert_int_equal(w.count, 0); /* four gaps: 8 s */
	assert_int_equal(unseen.late_us, 72 * S);
	for (now = 181; now <= 184; now++)
		watch_tasks.tick(watcher, now * S);
	assert_int_equal(w.count, 1); /* it stands all the same when there is a CPU again */
	assert_int_equal(w.told[0].began_us, 100 * S);
	watch_tasks.close(watcher);
	world_clear(&w);
}

static void work_that_takes_longer_than_it_can_tells_how_much_time_is_missing(void **state)
{
	const struct unseen then = { 3 * S, 1 * S }, now = { 5 * S, 2 * S };

	assert_int_equal(pace_unseen(10 * S, 50, 50 * 300, 300), 0);
	assert_int_equal(pace_unseen(10 * S, 50, 100 * 300, 300), 0); /* twice as slow is usual */
	assert_int_equal(pace_unseen(10 * S, 50, 200 * 300, 300), 10 * S * 3 / 4);
	assert_int_equal(pace_unseen(10 * S, 50, 1000 * 300, 300), 10 * S * 19 / 20);
	assert_int_equal(pace_unseen(10 * S, 0, 0, 300), 0);
	assert_int_equal(pace_unseen(10 * S, 50, 200, 0), 0); /* no clock that fine */
	assert_int_equal(unseen_since(&now, &then), 2 * S);
	assert_int_equal(unseen_since(NULL, &then), 0);
}

static void a_look_speaks_for_a_tenth_of_the_limit_or_two_turns(void **state)
{
	assert_int_equal(task_unseen_us(1 * S, 1 * S, 30 * S), 0);
	assert_int_equal(task_unseen_us(3 * S, 1 * S, 30 * S), 0);
	assert_int_equal(task_unseen_us(31 * S, 1 * S, 30 * S), 28 * S);
	assert_int_equal(task_unseen_us(2 * S, 1 * S, 5 * S), 0);
	assert_int_equal(task_unseen_us(3 * S, 1 * S, 5 * S), 1 * S);
}

static void a_task_that_was_woken_but_has_not_run_is_not_told(void **state)
{
	static struct world w;
	struct watcher *watcher = NULL;
	struct diag d = { 0 };

	world_init(&w, root);
	put_task("100", "alloc", 'S', 1, 0, 9, "do_sys_poll", "");
	w.copies[0] = (struct copy){ .state = COPY_ALIVE, .pid = 100 };
	assert_int_equal(watch_tasks.open(&w.ctx, &watcher, &d), 0);
	put_task("100", "alloc", 'D', 1, 0, 10, "io", "");
	for (uint64_t now = 100; now <= 108; now++)
		watch_tasks.tick(watcher, now * S);
	put_task("100", "alloc", 'R', 1, 0, 10, "0", "");
	for (uint64_t now = 109; now <= 130; now++)
		watch_tasks.tick(watcher, now * S);
	assert_int_equal(w.count, 0);
	watch_tasks.close(watcher);
	world_clear(&w);
}

static void a_task_of_the_fixture_is_seen_whole(void **state)
{
	struct task_view v;
	struct prober *p = NULL;
	int fd = open(data("proc/proc"), O_PATH | O_DIRECTORY);

	assert_true(fd >= 0);
	assert_int_equal(prober_open(&p), 0);
	assert_int_equal(task_view_read(fd, 42, p, &v), 0);
	assert_int_equal(v.stat.state, 'D');
	assert_string_equal(v.wchan, "jbd2_journal_commit_transaction");
	assert_string_equal(v.stack, "jbd2_journal_commit_transaction+0x22b/"
				     "0x17d0\nkjournald2+0xa7/0x270\nkthread+0xaf/0xc0\n");
	assert_int_equal(v.stack_error, 0);
	assert_int_equal(task_view_read(fd, 4711, p, &v), -EBADF);
	prober_close(p);
	close(fd);
}

static ssize_t read_once(int fd, char *buf, size_t size)
{
	return read(fd, buf, size);
}

static void a_read_that_hangs_is_given_up_and_the_next_goes_on(void **state)
{
	struct prober *p = NULL;
	int hangs = eventfd(0, EFD_CLOEXEC); /* a read of it waits until somebody writes */
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char buf[16];

	assert_int_equal(prober_open_with(read_once, &p), 0);
	assert_int_equal(prober_read(p, hangs, buf, sizeof(buf), 20000), -ETIMEDOUT);
	assert_int_equal(prober_lost(p), 1);
	assert_int_equal(prober_read(p, fd, buf, sizeof(buf), 1000000), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(prober_read(p, hangs, buf, sizeof(buf), 1000), -ETIMEDOUT);
	assert_int_equal(prober_read(p, fd, buf, sizeof(buf), 1000), -EBUSY);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(eventfd_write(hangs, 1), 0);
		usleep(20000);
	}
	assert_int_equal(prober_lost(p), 0);
	assert_int_equal(prober_read(p, fd, buf, sizeof(buf), 1000000), 0);
	prober_close(p);
	close(hangs);
	close(fd);
}

static void a_spool_writes_in_order_and_drops_what_does_not_fit(void **state)
{
	struct spool *s = NULL;
	char buf[8192] = "", name[] = "/tmp/hangar-test-spool-XXXXXX";
	int fd = mkstemp(name), full[2];

	assert_int_equal(spool_open(dup(fd), 4096, &s), 0);
	for (int i = 0; i < 600; i++) {
		while (!spool_put(s, "0123456789", 10))
			usleep(1000);
	}
	assert_int_equal(spool_error(s), 0);
	spool_close(s, 1000000);
	assert_int_equal(pread(fd, buf, sizeof(buf), 0), 6000);
	for (int i = 0; i < 600; i++)
		assert_memory_equal(buf + 10 * i, "0123456789", 10);
	close(fd);
	unlink(name);
	/* a pipe that nobody empties: a file system that hangs */
	assert_int_equal(pipe(full), 0);
	assert_int_equal(spool_open(dup(full[1]), 4096, &s), 0);
	for (int i = 0; i < 40; i++) {
		spool_put(s, buf, 4000);
		usleep(500);
	}
	assert_true(spool_dropped(s) > 0);
	while (read(full[0], buf, sizeof(buf)) == (ssize_t)sizeof(buf))
		;
	spool_close(s, 1000000);
	close(full[0]);
	close(full[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_comm_that_forges_fields_does_not_mislead),
		cmocka_unit_test(what_is_no_stat_is_refused),
		cmocka_unit_test(switches_are_counted_from_either_file),
		cmocka_unit_test(a_task_in_d_without_a_switch_is_told_once_and_cleared_once),
		cmocka_unit_test(a_task_that_switches_in_d_is_busy_not_stuck),
		cmocka_unit_test(sleepers_idlers_and_runners_are_not_stuck),
		cmocka_unit_test(the_state_is_read_again_only_when_it_can_have_changed),
		cmocka_unit_test(another_stack_begins_the_wait_anew),
		cmocka_unit_test(known_resting_places_of_kernel_threads_are_excused),
		cmocka_unit_test(the_table_finds_drops_and_refuses_when_full),
		cmocka_unit_test_setup_teardown(
			a_hung_journal_thread_and_a_vfork_parent_are_told_with_their_stacks,
			make_root, remove_root),
		cmocka_unit_test_setup_teardown(
			a_machine_that_gives_the_observer_no_cpu_is_slow_not_stuck, make_root,
			remove_root),
		cmocka_unit_test(work_that_takes_longer_than_it_can_tells_how_much_time_is_missing),
		cmocka_unit_test(a_look_speaks_for_a_tenth_of_the_limit_or_two_turns),
		cmocka_unit_test_setup_teardown(a_task_that_was_woken_but_has_not_run_is_not_told,
						make_root, remove_root),
		cmocka_unit_test(a_task_of_the_fixture_is_seen_whole),
		cmocka_unit_test(a_read_that_hangs_is_given_up_and_the_next_goes_on),
		cmocka_unit_test(a_spool_writes_in_order_and_drops_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
