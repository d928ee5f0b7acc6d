/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watcher of stuck tasks over a folder that looks like /proc: who is told, and with what. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <sys/stat.h>

#include "fake_proc.h"
#include "watch/task_read.h"
#include "watch_world.h"

static int make_root(void **state)
{
	if (root_make())
		return -1;
	put_task("self", "self", 'R', 1, 0, 5, "0", "");
	return 0;
}

#define KTHREAD TASK_FLAG_KTHREAD
#define JBD2_STACK                                                                                 \
	"[<0>] jbd2_journal_commit_transaction+0x22b/0x17d0\n[<0>] kjournald2+0xa7/0x270\n[<0>] "  \
	"kthread+0xaf/0xc0\n"

static void assert_journal_and_parent(const struct finding *told)
{
	for (unsigned int i = 0; i < 2; i++) {
		const struct finding *f = &told[i];

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
}

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
	assert_journal_and_parent(w.told);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SCENE(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)
		SCENE(a_hung_journal_thread_and_a_vfork_parent_are_told_with_their_stacks),
		SCENE(a_machine_that_gives_the_observer_no_cpu_is_slow_not_stuck),
		SCENE(a_task_that_was_woken_but_has_not_run_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
