/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "journal.h"
#include "respond/ladder.h"
#include "respond/log_copy.h"
#include "respond/triggers.h"
#include "respond/watchdog_times.h"
#include "rundir.h"
#include "scenario/keys.h"
#include "wire.h"
#include "watch_world.h"

static const struct respond_options no_host = { .wire_fd = -1 };
static struct world w;
static struct rundir dir;

static int make_dir(void **state)
{
	snprintf(dir.path, sizeof(dir.path), "/tmp/hangar-test-respond-XXXXXX");
	if (!mkdtemp(dir.path))
		return -1;
	dir.fd = open(dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	world_init(&w, "");
	w.ctx.rundir = &dir;
	return 0;
}

static int remove_dir(void **state)
{
	static const char *const files[] = { "evidence/stacks.txt", "evidence/vmstat.txt",
					     "evidence/hangs.txt", "evidence/quick.txt",
					     "journal.jsonl" };

	for (size_t i = 0; i < 5; i++)
		unlinkat(dir.fd, files[i], 0);
	unlinkat(dir.fd, "evidence", AT_REMOVEDIR);
	close(dir.fd);
	world_clear(&w);
	return rmdir(dir.path);
}

static size_t read_file(const char *name, char *buf, size_t size)
{
	int fd = openat(dir.fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = 0;
	return n > 0 ? (size_t)n : 0;
}

static void the_ladder_is_climbed_once_into_files_of_its_own(void **state)
{
	char *names[] = { (char[]){ "stacks" }, (char[]){ "vmstat" }, NULL };
	static char buf[1 << 20];
	struct responder *r = NULL;
	struct diag d = { 0 };
	struct finding f;
	char line[64];

	w.scenario.on_match.evidence = names;
	w.copies[0] = (struct copy){ .state = COPY_ALIVE, .pid = getpid() };
	assert_int_equal(responder_open(&w.ctx, &no_host, &r, &d), 0);
	finding_init(&f, FINDING_HUNG_TASK, "test", 1);
	responder_fire(r, &f);
	responder_fire(r, &f);
	assert_true(responder_poll(r));
	responder_close(r);
	assert_true(read_file("evidence/stacks.txt", buf, sizeof(buf)) > 0);
	snprintf(line, sizeof(line), ":%d state ", (int)getpid());
	assert_non_null(strstr(buf, line));
	assert_non_null(strstr(buf, "copy alloc#0 group victims.0"));
	assert_non_null(strstr(buf, "tasks shown"));
	assert_true(read_file("evidence/vmstat.txt", buf, sizeof(buf)) > 0);
	assert_non_null(strstr(buf, "==> /proc/vmstat <=="));
	assert_non_null(strstr(buf, "nr_free_pages"));
	assert_ptr_equal(strstr(strstr(buf, "==> /proc/vmstat <==") + 1, "==> /proc/vmstat <=="),
			 NULL);
}

static void a_quiet_run_leaves_no_files(void **state)
{
	char *names[] = { (char[]){ "stacks" }, (char[]){ "vmstat" }, NULL };
	struct responder *r = NULL;
	struct diag d = { 0 };
	char buf[64];

	w.scenario.on_match.evidence = names;
	assert_int_equal(responder_open(&w.ctx, &no_host, &r, &d), 0);
	assert_true(responder_poll(r));
	responder_close(r);
	assert_int_equal(read_file("evidence/stacks.txt", buf, sizeof(buf)), 0);
	assert_int_equal(faccessat(dir.fd, "evidence/stacks.txt", F_OK, 0), -1);
}

static void a_rung_that_cannot_work_here_is_passed_over(void **state)
{
	char *names[] = { (char[]){ "sysrq-w" }, (char[]){ "memcg" }, (char[]){ "trace" }, NULL };
	struct responder *r = NULL;
	struct diag d = { 0 };
	struct finding f;

	snprintf(w.host.root, sizeof(w.host.root), "/nonexistent");
	w.scenario.on_match.evidence = names;
	assert_int_equal(responder_open(&w.ctx, &no_host, &r, &d), 0);
	finding_init(&f, FINDING_HUNG_TASK, "test", 1);
	responder_fire(r, &f);
	assert_true(responder_poll(r));
	responder_close(r);
}

static void every_check_that_refuses_names_a_remedy(void **state)
{
	snprintf(w.host.root, sizeof(w.host.root), "/nonexistent");
	for (unsigned int i = 0; rungs[i]; i++) {
		struct diag why = { 0 };

		if (rungs[i]->check(&w.ctx, rungs[i]->with, &why))
			assert_true(strstr(why.message, "root") != NULL);
	}
}

/* A rung that sleeps until the test lets it go, as one that waits for a kernel lock does. */
static int hang_fd[2];

static int rung_open_nothing(const struct watch_ctx *ctx, const void *with, void **ret)
{
	*ret = NULL;
	return 0;
}

static int rung_hang(void *own, const struct finding *f, int out_fd)
{
	char c;

	return read(hang_fd[0], &c, 1) == 1 ? 0 : -EIO;
}

static int rung_quick(void *own, const struct finding *f, int out_fd)
{
	return write(out_fd, "quick", 5) == 5 ? 0 : -EIO;
}

static void rung_close_nothing(void *own)
{
}

static const struct rung_ops hangs = { "hangs",           20000,     NULL,
				       rung_open_nothing, rung_hang, rung_close_nothing };
static const struct rung_ops quick = { "quick",           1000000,    NULL,
				       rung_open_nothing, rung_quick, rung_close_nothing };

static void wait_for_ladder(struct ladder *l)
{
	struct pollfd done = { l->rungs[1].done_fd, POLLIN, 0 };

	assert_int_equal(poll(&done, 1, 10000), 1);
}

static void a_rung_that_hangs_does_not_stop_the_next(void **state)
{
	static struct ladder l;
	struct diag d = { 0 };
	struct finding f;
	char buf[16];

	assert_int_equal(pipe(hang_fd), 0);
	mkdirat(dir.fd, "evidence", 0755);
	assert_int_equal(ladder_init(&l, dir.fd), 0);
	assert_int_equal(ladder_add(&l, &hangs, &w.ctx, &d), 0);
	assert_int_equal(ladder_add(&l, &quick, &w.ctx, &d), 0);
	assert_int_equal(ladder_ready(&l), 0);
	finding_init(&f, FINDING_HUNG_TASK, "test", 1);
	ladder_go(&l, &f);
	wait_for_ladder(&l);
	assert_true(atomic_load(&l.rungs[0].late));
	assert_false(atomic_load(&l.rungs[0].done));
	assert_false(atomic_load(&l.rungs[1].late));
	assert_int_equal(read_file("evidence/quick.txt", buf, sizeof(buf)), 5);
	assert_false(ladder_close(&l)); /* it says that it must not be freed */
	assert_int_equal(write(hang_fd[1], "x", 1), 1);
	assert_int_equal(poll(&(struct pollfd){ l.rungs[0].done_fd, POLLIN, 0 }, 1, 10000), 1);
	close(hang_fd[0]);
	close(hang_fd[1]);
}

/* A guest with a host at the other end of the wire. */
struct guest {
	int host_fd, wire_fd;
	struct journal *journal;
	struct responder *responder;
	struct respond_options options;
};

static void guest_open(struct guest *g)
{
	static char vmstat[] = "vmstat", *names[] = { vmstat, NULL };
	struct diag d = { 0 };
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	g->host_fd = fds[0];
	g->options = (struct respond_options){ .wire_fd = g->wire_fd = fds[1] };
	assert_int_equal(journal_open(dir.fd, now_us(), &g->journal), 0);
	w.ctx.journal = g->journal;
	w.scenario.on_match.evidence = names;
	assert_int_equal(responder_open(&w.ctx, &g->options, &g->responder, &d), 0);
}

static void guest_close(struct guest *g)
{
	responder_close(g->responder);
	journal_close(g->journal);
	w.ctx.journal = NULL;
	close(g->host_fd);
	close(g->wire_fd);
}

static bool journal_has(const char *text)
{
	static char buf[65536];

	read_file("journal.jsonl", buf, sizeof(buf));
	return strstr(buf, text) != NULL;
}

static void turn_until(struct guest *g, const char *text)
{
	uint64_t until = now_us() + 10000000;

	while (!journal_has(text) && now_us() < until)
		responder_poll(g->responder);
	assert_true(journal_has(text));
}

static void fire(struct guest *g)
{
	struct finding f;

	finding_init(&f, FINDING_HUNG_TASK, "test", 1);
	responder_fire(g->responder, &f);
	turn_until(g, "\"name\":\"vm\",\"result\":\"asked\"");
}

static void the_host_is_asked_behind_the_evidence_and_answers(void **state)
{
	struct guest g;

	guest_open(&g);
	assert_true(journal_has("\"event\":\"rung\",\"name\":\"vm\",\"result\":\"usable\"") ||
		    journal_wait(g.journal, 2, 1000000) == 0);
	assert_false(responder_holds(g.responder));
	fire(&g);
	assert_true(journal_has("\"event\":\"evidence\",\"name\":\"vmstat\""));
	assert_true(responder_holds(g.responder));
	assert_true(responder_asked(g.responder));
	assert_false(responder_poll(g.responder));
	assert_int_equal(wire_send(g.host_fd, WIRE_DO, 1, "resume", 6), 0);
	turn_until(&g, "\"result\":\"done\",\"detail\":\"the dump is taken from outside\"");
	assert_false(responder_holds(g.responder));
	guest_close(&g);
}

static void a_torn_frame_and_a_foreign_word_are_no_answer(void **state)
{
	struct guest g;

	guest_open(&g);
	fire(&g);
	assert_int_equal(write(g.host_fd, "HGR1resume", 10), 10);
	assert_int_equal(wire_send(g.host_fd, WIRE_DO, 1, "resume!", 7), 0);
	assert_int_equal(wire_send(g.host_fd, WIRE_LINE, 2, "resume", 6), 0);
	assert_true(responder_holds(g.responder));
	assert_int_equal(wire_send(g.host_fd, WIRE_DO, 3, "resume", 6), 0);
	turn_until(&g, "\"result\":\"done\"");
	guest_close(&g);
}

static void a_host_that_hangs_up_ends_the_wait(void **state)
{
	struct guest g;

	guest_open(&g);
	fire(&g);
	shutdown(g.host_fd, SHUT_RDWR);
	turn_until(&g, "the wire to the host is down");
	assert_false(responder_holds(g.responder));
	guest_close(&g);
}

static void a_host_that_never_answers_ends_the_wait_in_time(void **state)
{
	uint64_t before = trigger_vm_patience_us;
	struct guest g;

	trigger_vm_patience_us = 20000;
	guest_open(&g);
	fire(&g);
	turn_until(&g, "the host did not answer");
	assert_false(responder_holds(g.responder));
	guest_close(&g);
	trigger_vm_patience_us = before;
}

static void a_user_who_wants_to_go_is_not_kept_waiting(void **state)
{
	struct guest g;

	guest_open(&g);
	fire(&g);
	responder_give_up(g.responder);
	turn_until(&g, "Operation canceled");
	assert_false(responder_holds(g.responder));
	guest_close(&g);
}

/* The root of the test has a file in the place of /proc/sysrq-trigger. */
static void the_host_may_have_the_guest_crash_itself(void **state)
{
	char path[512], buf[16];
	struct guest g;

	snprintf(path, sizeof(path), "%s/proc", dir.path);
	mkdir(path, 0755);
	close(openat(dir.fd, "proc/sysrq-trigger", O_WRONLY | O_CREAT, 0600));
	snprintf(w.host.root, sizeof(w.host.root), "%s", dir.path);
	guest_open(&g);
	fire(&g);
	assert_int_equal(wire_send(g.host_fd, WIRE_DO, 1, "sysrq-c", 7), 0);
	assert_int_equal(wire_send(g.host_fd, WIRE_DO, 2, "resume", 6), 0);
	turn_until(&g, "this kernel lives on");
	assert_int_equal(read_file("proc/sysrq-trigger", buf, sizeof(buf)), 1);
	assert_int_equal(buf[0], 'c');
	guest_close(&g);
	unlinkat(dir.fd, "proc/sysrq-trigger", 0);
	unlinkat(dir.fd, "proc", AT_REMOVEDIR);
}

static void a_run_takes_the_trigger_that_the_user_allows(void **state)
{
	static const struct {
		const char *dump, *arm;
		int wire_fd;
		const char *trigger; /* NULL: refused */
	} cases[] = {
		{ "none", NULL, -1, "none" },
		{ "vmcore", NULL, -1, "none" },
		{ "none", NULL, 3, "vm" },
		{ "vmcore", NULL, 3, "vm" },
		{ "vmcore", "", -1, "sysrq-c" },
		{ "vmcore", "sysrq-c", -1, "sysrq-c" },
		{ "vmcore", "watchdog", -1, "watchdog" },
		{ "vmcore", "", 3, NULL },
		{ "none", "", -1, NULL },
		{ "vmcore", "nothing-like-it", -1, NULL },
		{ "vmcore", "vm", -1, NULL },
		{ "vmcore", "none", -1, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char dump[8];
		struct on_match_spec spec = { .dump = dump };
		struct respond_options o = { cases[i].wire_fd, cases[i].arm };
		const struct trigger_ops *t = NULL;
		struct diag d = { 0 };

		snprintf(dump, sizeof(dump), "%s", cases[i].dump);
		assert_int_equal(trigger_choose(&spec, &o, &t, &d), cases[i].trigger ? 0 : -EINVAL);
		if (cases[i].trigger)
			assert_string_equal(t->name, cases[i].trigger);
		if (cases[i].trigger)
			assert_int_equal(t->harms, cases[i].arm != NULL);
		else
			assert_non_null(strstr(d.message, "--arm"));
	}
}

static size_t copied(const char *record, char *buf, size_t size)
{
	int fds[2];
	ssize_t n;

	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	assert_int_equal(log_copy_record(record, strlen(record), fds[1]), 0);
	n = read(fds[0], buf, size - 1);
	buf[n > 0 ? n : 0] = 0;
	close(fds[0]);
	close(fds[1]);
	return n > 0 ? (size_t)n : 0;
}

static void a_record_of_the_log_is_copied_as_dmesg_shows_it(void **state)
{
	char buf[256];

	copied("6,341,12000345,-;sysrq: Show Blocked State\n SUBSYSTEM=x\n", buf, sizeof(buf));
	assert_string_equal(buf, "[   12.000345] sysrq: Show Blocked State\n");
	copied("4,1,7,c;a;b, c", buf, sizeof(buf)); /* no newline, and the text has separators */
	assert_string_equal(buf, "[    0.000007] a;b, c\n");
	assert_int_equal(copied("", buf, sizeof(buf)), 0);
	assert_int_equal(copied("no record", buf, sizeof(buf)), 0);
	assert_int_equal(copied("6,1;2,3", buf, sizeof(buf)), 0);
}

/* Fake files in the place of /proc/sysrq-trigger and /dev/kmsg: the letter, and where it goes. */
static void each_sysrq_rung_writes_its_own_letter_and_no_other(void **state)
{
	static const char *const names[] = { "sysrq-w", "sysrq-l", "sysrq-m", "sysrq-t" };
	char path[512], buf[64];

	snprintf(path, sizeof(path), "%s/proc", dir.path);
	mkdir(path, 0755);
	snprintf(w.host.root, sizeof(w.host.root), "%s", dir.path);
	for (unsigned int i = 0, k = 0; rungs[i]; i++) {
		void *own = NULL;
		int out;

		if (strncmp(rungs[i]->name, "sysrq-", 6) != 0)
			continue;
		assert_string_equal(rungs[i]->name, names[k++]);
		close(openat(dir.fd, "proc/sysrq-trigger", O_WRONLY | O_CREAT | O_TRUNC, 0600));
		out = openat(dir.fd, "evidence-of-it", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(rungs[i]->check(&w.ctx, rungs[i]->with, NULL), 0);
		assert_int_equal(rungs[i]->open(&w.ctx, rungs[i]->with, &own), 0);
		assert_int_equal(rungs[i]->fire(own, NULL, out), 0);
		rungs[i]->close(own);
		close(out);
		assert_int_equal(read_file("proc/sysrq-trigger", buf, sizeof(buf)), 1);
		assert_int_equal(buf[0], rungs[i]->name[6]);
		assert_true(read_file("evidence-of-it", buf, sizeof(buf)) > 0);
	}
	unlinkat(dir.fd, "evidence-of-it", 0);
	unlinkat(dir.fd, "proc/sysrq-trigger", 0);
	unlinkat(dir.fd, "proc", AT_REMOVEDIR);
}

static void a_scenario_can_name_each_rung(void **state)
{
	const struct key *k = key_find(&on_match_object, "evidence");
	unsigned int words = 0, count = 0;

	while (rungs[count])
		count++;
	for (; k->words[words]; words++) {
		unsigned int i = 0;

		while (rungs[i] && strcmp(rungs[i]->name, k->words[words]) != 0)
			i++;
		assert_non_null(rungs[i]);
	}
	assert_int_equal(words, count);
}

/* Nothing is opened or fired here: only the doctor of a fake machine is asked. */
static void an_armed_run_needs_a_doctor_that_agrees(void **state)
{
	static const char *const arms[] = { "", "sysrq-c", "watchdog" };
	struct on_match_spec spec = { .dump = (char[]){ "vmcore" } };
	struct host host = { 0 };

	for (size_t i = 0; i < sizeof(arms) / sizeof(arms[0]); i++) {
		struct respond_options o = { -1, arms[i] };
		struct diag d = { 0 };

		snprintf(host.root, sizeof(host.root), "%s/doctor/good-metal",
			 getenv("HANGAR_TEST_DATA"));
		assert_int_equal(trigger_check_arm(&spec, &host, &o, &d), 0);
		snprintf(host.root, sizeof(host.root), "%s/doctor/bad-metal",
			 getenv("HANGAR_TEST_DATA"));
		assert_int_equal(trigger_check_arm(&spec, &host, &o, &d), 1);
		assert_non_null(strstr(d.message, "crash-kernel: no crash kernel is loaded"));
	}
	snprintf(host.root, sizeof(host.root), "/nonexistent");
	assert_int_equal(trigger_check_arm(&spec, &host, &no_host, NULL), 0);
}

static void a_watchdog_is_asked_for_less_but_never_for_less_than_a_dump(void **state)
{
	struct watchdog_times t = { 0, 0 };
	int before = 1 << 20;
	unsigned int try;

	for (try = 0; watchdog_times(try, 28, true, &t); try++) {
		assert_true(t.pretimeout >= 28);
		assert_true(t.timeout - t.pretimeout >= 10);
		assert_true(t.timeout < before);
		before = t.timeout;
	}
	assert_int_equal(try, WATCHDOG_TRIES);
	assert_true(watchdog_times(0, 28, false, &t));
	assert_int_equal(t.pretimeout, 0);
	assert_true(t.timeout >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_ladder_is_climbed_once_into_files_of_its_own,
						make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_quiet_run_leaves_no_files, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_rung_that_cannot_work_here_is_passed_over,
						make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(every_check_that_refuses_names_a_remedy, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(a_rung_that_hangs_does_not_stop_the_next, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(the_host_is_asked_behind_the_evidence_and_answers,
						make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_torn_frame_and_a_foreign_word_are_no_answer,
						make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_host_that_hangs_up_ends_the_wait, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(a_host_that_never_answers_ends_the_wait_in_time,
						make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_user_who_wants_to_go_is_not_kept_waiting,
						make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(the_host_may_have_the_guest_crash_itself, make_dir,
						remove_dir),
		cmocka_unit_test(a_run_takes_the_trigger_that_the_user_allows),
		cmocka_unit_test(a_record_of_the_log_is_copied_as_dmesg_shows_it),
		cmocka_unit_test_setup_teardown(each_sysrq_rung_writes_its_own_letter_and_no_other,
						make_dir, remove_dir),
		cmocka_unit_test(a_scenario_can_name_each_rung),
		cmocka_unit_test(an_armed_run_needs_a_doctor_that_agrees),
		cmocka_unit_test(a_watchdog_is_asked_for_less_but_never_for_less_than_a_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
