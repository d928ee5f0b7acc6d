/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is fired for a dump: asked of the host of a guest, or armed on the machine itself. */
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
#include "respond/triggers.h"
#include "respond/watchdog_times.h"
#include "respond_world.h"
#include "watch_world.h"
#include "wire.h"

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
		cmocka_unit_test(an_armed_run_needs_a_doctor_that_agrees),
		cmocka_unit_test(a_watchdog_is_asked_for_less_but_never_for_less_than_a_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
