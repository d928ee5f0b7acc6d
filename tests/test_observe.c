/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The observer's judgement: whose heart beats, what silence means, what a console tells, and when a
 * trigger is pulled. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hostport.h"
#include "observe/console.h"
#include "observe/console_text.h"
#include "observe/errand.h"
#include "observe/options.h"
#include "observe/pull.h"
#include "observe/vital.h"
#include "tmpdir.h"

#define SECOND 1000000u
#define SILENT (10 * SECOND)
#define STUCK (20 * SECOND)

static struct heartbeat beat(const char *run, uint64_t n, uint64_t ticks, const char *phase)
{
	struct heartbeat h = { .beat = n, .ticks = ticks };

	snprintf(h.run, sizeof(h.run), "%s", run);
	snprintf(h.phase, sizeof(h.phase), "%s", phase);
	return h;
}

static enum vital_news take(struct vital *v, const char *run, uint64_t n, uint64_t ticks,
			    const char *phase, uint64_t now)
{
	struct heartbeat h = beat(run, n, ticks, phase);

	return vital_take(v, &h, "192.0.2.1", now);
}

static void the_first_run_that_is_heard_is_watched(void **state)
{
	struct vital v;

	vital_init(&v, NULL);
	assert_int_equal(take(&v, "a", 5, 1, "", SECOND), VITAL_FIRST);
	assert_int_equal(take(&v, "b", 1, 1, "", SECOND), VITAL_FOREIGN);
	assert_int_equal(take(&v, "a", 6, 2, "", 2 * SECOND), VITAL_BEAT);
	assert_int_equal(take(&v, "a", 7, 3, "storm", 3 * SECOND), VITAL_PHASE);
	assert_string_equal(v.run, "a");
	assert_int_equal(v.beats, 3);
	assert_int_equal(v.foreign, 1);
}

static void a_run_that_was_asked_for_is_waited_for(void **state)
{
	struct vital v;

	vital_init(&v, "b");
	assert_int_equal(take(&v, "a", 1, 1, "", SECOND), VITAL_FOREIGN);
	assert_int_equal(vital_judge(&v, 1000 * SECOND, SILENT, STUCK), HEART_BEATS);
	assert_int_equal(take(&v, "b", 1, 1, "", 2 * SECOND), VITAL_FIRST);
}

/* Kept beats that are sent again must not keep a dead machine alive. */
static void beats_that_are_played_back_are_stale(void **state)
{
	struct vital v;

	vital_init(&v, NULL);
	take(&v, "a", 5, 1, "p", SECOND);
	assert_int_equal(take(&v, "a", 5, 9, "p", 8 * SECOND), VITAL_STALE);
	assert_int_equal(take(&v, "a", 4, 9, "p", 9 * SECOND), VITAL_STALE);
	assert_int_equal(v.heard_us, SECOND);
	assert_int_equal(vital_judge(&v, 12 * SECOND, SILENT, STUCK), HEART_SILENT);
	assert_int_equal(take(&v, "a", 6, 9, "p", 12 * SECOND), VITAL_BEAT);
	assert_int_equal(vital_judge(&v, 12 * SECOND, SILENT, STUCK), HEART_BEATS);
}

static void silence_begins_past_its_limit(void **state)
{
	struct vital v;

	vital_init(&v, NULL);
	assert_int_equal(vital_judge(&v, 1000 * SECOND, SILENT, STUCK), HEART_BEATS);
	take(&v, "a", 1, 1, "p", SECOND);
	assert_int_equal(vital_judge(&v, SECOND + SILENT, SILENT, STUCK), HEART_BEATS);
	assert_int_equal(vital_judge(&v, SECOND + SILENT + 1, SILENT, STUCK), HEART_SILENT);
	assert_int_equal(vital_judge(&v, 0, SILENT, STUCK), HEART_BEATS);
}

static void ticks_that_stand_are_a_stuck_runner_within_a_phase_alone(void **state)
{
	static const struct {
		const char *phase;
		enum heart_state state;
	} cases[] = { { "storm", HEART_STUCK }, { "", HEART_BEATS } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vital v;

		vital_init(&v, NULL);
		for (uint64_t n = 1; n <= 25; n++)
			take(&v, "a", n, 7, cases[i].phase, n * SECOND);
		assert_int_equal(vital_judge(&v, 25 * SECOND, SILENT, STUCK), cases[i].state);
		take(&v, "a", 26, 8, cases[i].phase, 26 * SECOND);
		assert_int_equal(vital_judge(&v, 26 * SECOND, SILENT, STUCK), HEART_BEATS);
	}
}

static void after_a_farewell_silence_means_nothing(void **state)
{
	struct heartbeat h = beat("a", 2, 1, "");
	struct vital v;

	vital_init(&v, NULL);
	take(&v, "a", 1, 1, "p", SECOND);
	h.over = true;
	assert_int_equal(vital_take(&v, &h, "192.0.2.1", 2 * SECOND), VITAL_FAREWELL);
	assert_int_equal(vital_judge(&v, 1000 * SECOND, SILENT, STUCK), HEART_BEATS);
}

static void another_run_on_the_same_machine_shows_that_it_lives(void **state)
{
	struct heartbeat h = beat("b", 1, 1, "");
	struct vital v;

	vital_init(&v, NULL);
	take(&v, "a", 1, 1, "p", SECOND);
	vital_take(&v, &h, "192.0.2.99", 2 * SECOND);
	assert_false(vital_superseded(&v));
	vital_take(&v, &h, "192.0.2.1", 3 * SECOND);
	assert_true(vital_superseded(&v));
	take(&v, "a", 2, 2, "p", 4 * SECOND);
	assert_false(vital_superseded(&v));
}

struct heard {
	struct finding list[8];
	unsigned int count;
};

static void hear(void *ctx, const struct finding *f)
{
	struct heard *h = ctx;

	assert_true(h->count < ARRAY_SIZE(h->list));
	h->list[h->count++] = *f;
}

static void feed(struct console_text *c, const char *text, uint64_t now)
{
	console_text_feed(c, text, strlen(text), now);
}

static void a_console_is_read_through_colours_and_pieces(void **state)
{
	static const char text[] =
		"\033[0;32m[  OK  ]\033[0m Started x.\r\r\n"
		"[   12.000000] \033[1mKernel panic - not syncing: NMI: Not continuing\r\n";
	struct heard heard = { .count = 0 };
	struct console_text c;

	assert_int_equal(console_text_init(&c, hear, &heard), 0);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		console_text_feed(&c, text + i, 1, 5 * SECOND);
	assert_int_equal(heard.count, 1);
	assert_int_equal(heard.list[0].kind, FINDING_PANIC);
	assert_int_equal(c.panicked_us, 5 * SECOND);
	assert_int_equal(c.booted_us, 0);
	feed(&c, "[    0.000000] Linux version 6.1.0\n", 6 * SECOND);
	assert_int_equal(c.booted_us, 6 * SECOND);
	assert_int_equal(c.lines, 3);
	console_text_clear(&c);
}

static void a_healthy_console_tells_nothing(void **state)
{
	struct heard heard = { .count = 0 };
	struct console_text c;

	assert_int_equal(console_text_init(&c, hear, &heard), 0);
	feed(&c, "host login: root\r\nls: cannot open /panic: Kernel panic? no\r\n\033", 1);
	feed(&c, "[31m\nuser wrote: Kernel panic - not syncing\n", 1);
	console_text_flush(&c, 2, true);
	assert_int_equal(heard.count, 0);
	assert_int_equal(c.panicked_us, 0);
	console_text_clear(&c);
}

/* Bytes of any kind, lines of any length. */
static void a_hostile_console_does_no_harm(void **state)
{
	struct heard heard = { .count = 0 };
	struct console_text c;
	char junk[5000];
	unsigned int x = 1;

	assert_int_equal(console_text_init(&c, hear, &heard), 0);
	for (int round = 0; round < 50; round++) {
		for (size_t i = 0; i < sizeof(junk); i++) {
			x = x * 1103515245 + 12345;
			junk[i] = (char)(x >> 16);
		}
		console_text_feed(&c, junk, sizeof(junk), 1);
		assert_true(c.len < CONSOLE_LINE_MAX);
	}
	memset(junk, 'a', sizeof(junk));
	console_text_feed(&c, junk, sizeof(junk), 1);
	assert_int_equal(c.len, CONSOLE_LINE_MAX - 1);
	console_text_flush(&c, 2, true);
	console_text_clear(&c);
}

static void silence_and_the_scenarios_bug_are_reasons_to_pull(void **state)
{
	static const struct {
		enum finding_kind kind;
		enum finding_judged judged;
		bool any, due;
	} cases[] = {
		{ FINDING_SILENCE, JUDGED_OTHER, false, true },
		{ FINDING_SILENCE, JUDGED_EXPECTED, false, true },
		{ FINDING_SILENCE, JUDGED_ALLOWED, false, false },
		{ FINDING_OOPS, JUDGED_OTHER, false, false },
		{ FINDING_OOPS, JUDGED_OTHER, true, true },
		{ FINDING_OOPS, JUDGED_EXPECTED, false, true },
		{ FINDING_OOM_KILL, JUDGED_ALLOWED, true, false },
		{ FINDING_PRESSURE, JUDGED_NOTE, true, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct finding f = { .kind = cases[i].kind, .judged = cases[i].judged };

		assert_int_equal(pull_is_due(&f, cases[i].any), cases[i].due);
	}
}

static void a_machine_that_dumps_or_lives_is_spared(void **state)
{
	static const struct {
		struct pull_facts facts;
		enum pull pull;
	} cases[] = {
		{ { .has_trigger = true, .armed = true }, PULL_FIRE },
		{ { .has_trigger = true }, PULL_WOULD },
		{ { .armed = true }, PULL_NOTHING },
		{ { .has_trigger = true, .armed = true, .panicked = true }, PULL_SPARE },
		{ { .has_trigger = true, .armed = true, .booted = true }, PULL_SPARE },
		{ { .has_trigger = true, .armed = true, .superseded = true }, PULL_SPARE },
		{ { .has_trigger = true, .panicked = true }, PULL_SPARE },
	};
	const char *why;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(pull_decide(&cases[i].facts, &why), cases[i].pull);
		assert_int_equal(why[0] != 0, cases[i].pull != PULL_FIRE);
	}
}

static void a_board_controller_is_named_by_its_parts(void **state)
{
	static const struct {
		const char *text, *host, *port, *user, *file, *interface;
	} cases[] = {
		{ "bmc7,admin,/etc/pass", "bmc7", "623", "admin", "/etc/pass", "lanplus" },
		{ "192.0.2.1:9001,a,b,lan", "192.0.2.1", "9001", "a", "b", "lan" },
		{ "[2001:db8::1]:623,a,b", "2001:db8::1", "623", "a", "b", "lanplus" },
		{ "2001:db8::1,a,b", "2001:db8::1", "623", "a", "b", "lanplus" },
	};
	static const char *const refused[] = { "",     ",",    "h",      "h,u",       "h,u,",
					       "h,,p", ",u,p", "h,u,p,", "h,u,p,i,x", ":1,u,p" };
	struct diag d = { 0 };
	struct bmc b;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(bmc_parse(cases[i].text, &b, &d), 0);
		assert_string_equal(b.host, cases[i].host);
		assert_string_equal(b.port, cases[i].port);
		assert_string_equal(b.user, cases[i].user);
		assert_string_equal(b.passfile, cases[i].file);
		assert_string_equal(b.interface, cases[i].interface);
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_int_equal(bmc_parse(refused[i], &b, &d), -EINVAL);
}

static void the_trigger_is_ipmitool_with_the_password_in_its_file(void **state)
{
	struct remote r = { .ops = &remote_ipmi };
	const char *words[ERRAND_WORDS_MAX];
	struct diag d = { 0 };
	char text[512];

	assert_int_equal(bmc_parse("bmc7,admin,/etc/pass", &r.bmc, &d), 0);
	r.ops->fire(&r, NULL, words);
	assert_string_equal(
		errand_words(words, text, sizeof(text)),
		"ipmitool -I lanplus -H bmc7 -p 623 -U admin -f /etc/pass chassis power diag");
	r.ops->check(&r, words);
	assert_string_equal(
		errand_words(words, text, sizeof(text)),
		"ipmitool -I lanplus -H bmc7 -p 623 -U admin -f /etc/pass chassis power status");
}

static void a_password_that_others_may_read_is_refused(void **state)
{
	struct remote r = { .ops = &remote_ipmi };
	struct diag d = { 0 };
	FILE *f;

	snprintf(r.bmc.passfile, sizeof(r.bmc.passfile), "%.200s/pass", (char *)*state);
	assert_int_equal(r.ops->look(&r, &d), -ENOENT);
	f = fopen(r.bmc.passfile, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(chmod(r.bmc.passfile, 0644), 0);
	assert_int_equal(r.ops->look(&r, &d), -EPERM);
	assert_int_equal(chmod(r.bmc.passfile, 0600), 0);
	assert_int_equal(r.ops->look(&r, &d), 0);
}

static void an_errand_tells_how_it_ended(void **state)
{
	static const struct {
		const char *script, *told;
		uint64_t limit_us;
		bool well;
	} cases[] = {
		{ "echo all; echo is well", "exit code 0: all is well", 20 * SECOND, true },
		{ "echo no >&2; exit 3", "exit code 3: no", 20 * SECOND, false },
		{ "kill -9 $$", "signal 9", 20 * SECOND, false },
		{ "sleep 60 & wait", "killed at its time limit", SECOND / 20, false },
		{ "yes | head -c 300000; exit 4", "exit code 4: y y", 20 * SECOND, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *words[ERRAND_WORDS_MAX] = { "sh", "-c", cases[i].script };
		struct errand e;
		char said[480];

		assert_int_equal(errand_start(&e, words, now_us(), cases[i].limit_us), 0);
		errand_wait(&e);
		assert_int_equal(errand_went_well(&e), cases[i].well);
		errand_tell(&e, said, sizeof(said));
		if (strncmp(said, cases[i].told, strlen(cases[i].told)) != 0)
			fail_msg("%s: %s", cases[i].script, said);
	}
	{
		const char *words[ERRAND_WORDS_MAX] = { "/nowhere/at/all" };
		struct errand e;

		assert_int_equal(errand_start(&e, words, now_us(), SECOND), -ENOENT);
	}
}

static void where_a_console_is_found_is_parsed(void **state)
{
	static const struct {
		const char *text;
		enum console_kind kind;
		const char *where, *port;
	} cases[] = {
		{ "/var/log/con", CONSOLE_PATH, "/var/log/con", "" },
		{ "sol", CONSOLE_SOL, "", "" },
		{ "unix:/run/con", CONSOLE_UNIX, "/run/con", "" },
		{ "./sol", CONSOLE_PATH, "./sol", "" },
		{ "tcp:lab7:4001", CONSOLE_TCP, "lab7", "4001" },
		{ "tcp:[::1]:4001", CONSOLE_TCP, "::1", "4001" },
	};
	static const char *const refused[] = { "",          "unix:",        "tcp:",     "tcp:lab7",
					       "tcp::4001", "tcp:::1:4001", "tcp:lab7:" };
	struct console_spec s;
	struct diag d = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(console_spec_parse(cases[i].text, &s, &d), 0);
		assert_int_equal(s.kind, cases[i].kind);
		assert_string_equal(s.where, cases[i].where);
		assert_string_equal(s.port, cases[i].port);
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_int_equal(console_spec_parse(refused[i], &s, &d), -EINVAL);
}

static void append(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Turns until something is read, or the try for it is over. */
static const char *read_console(struct console *c, uint64_t *now)
{
	static char buf[256];
	size_t n = 0;

	for (int i = 0; i < 4 && !n; i++) {
		*now += SECOND;
		console_tend(c, *now);
		n = console_read(c, buf, sizeof(buf) - 1, *now);
	}
	buf[n] = '\0';
	return buf;
}

static void a_file_is_followed_from_its_end_and_through_rotation(void **state)
{
	struct console_spec spec = { .kind = CONSOLE_PATH };
	struct console c;
	uint64_t now = 0;
	char aside[300];

	snprintf(spec.where, sizeof(spec.where), "%.200s/con", (char *)*state);
	snprintf(aside, sizeof(aside), "%s.1", spec.where);
	append(spec.where, "old\n");
	console_init(&c, &spec, NULL);
	assert_string_equal(read_console(&c, &now), "");
	append(spec.where, "new\n");
	assert_string_equal(read_console(&c, &now), "new\n");
	assert_int_equal(truncate(spec.where, 0), 0);
	append(spec.where, "t\n");
	assert_string_equal(read_console(&c, &now), "t\n");
	assert_int_equal(rename(spec.where, aside), 0);
	append(spec.where, "rotated\n");
	assert_string_equal(read_console(&c, &now), "rotated\n");
	console_close(&c);
}

/* A file that comes later is read from its begin: it is all news. */
static void a_file_that_comes_later_is_read_whole(void **state)
{
	struct console_spec spec = { .kind = CONSOLE_PATH };
	struct console c;
	uint64_t now = SECOND;

	snprintf(spec.where, sizeof(spec.where), "%.200s/con", (char *)*state);
	console_init(&c, &spec, NULL);
	assert_int_equal(console_tend(&c, now), -ENOENT);
	assert_int_equal(console_tend(&c, now + 2 * SECOND), 0);
	append(spec.where, "first\n");
	now += 2 * SECOND;
	assert_string_equal(read_console(&c, &now), "first\n");
	console_close(&c);
}

static void a_socket_is_opened_again_when_it_ends(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct console_spec spec = { .kind = CONSOLE_UNIX };
	_cleanup_close_ int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	struct console c;
	uint64_t now = SECOND;

	snprintf(spec.where, sizeof(spec.where), "%.80s/con", (char *)*state);
	snprintf(at.sun_path, sizeof(at.sun_path), "%.100s", spec.where);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 1), 0);
	console_init(&c, &spec, NULL);
	for (int i = 0; i < 2; i++) {
		int other;

		assert_int_equal(console_tend(&c, now), 1);
		other = accept(listener, NULL, NULL);
		assert_int_equal(write(other, "hi\n", 3), 3);
		assert_string_equal(read_console(&c, &now), "hi\n");
		close(other);
		assert_int_equal(console_read(&c, (char[8]){ 0 }, 8, now), 0);
		assert_int_equal(c.fd, -1);
		now += 2 * SECOND;
	}
	console_close(&c);
}

static void the_command_line_says_what_to_watch_and_what_to_pull(void **state)
{
	static const struct {
		const char *words[8];
		int result;
	} cases[] = {
		{ { "observe", "-l", ":9909" }, 0 },
		{ { "observe", "-c", "/x" }, 0 },
		{ { "observe" }, -EINVAL },
		{ { "observe", "-c", "sol" }, -EINVAL },
		{ { "observe", "-c", "sol", "--ipmi", "h,u,p" }, 0 },
		{ { "observe", "-l", ":1", "--arm" }, -EINVAL },
		{ { "observe", "-l", ":1", "--arm", "--exec", "x" }, 0 },
		{ { "observe", "-l", ":1", "--exec", "x", "--ipmi", "h,u,p" }, -EINVAL },
		{ { "observe", "-l", ":1", "--silent-after", "10" }, -EINVAL },
		{ { "observe", "-l", ":1", "--silent-after", "0" }, -EINVAL },
		{ { "observe", "-l", ":1", "a", "b" }, -EINVAL },
	};
	FILE *quiet = freopen("/dev/null", "w", stderr);

	assert_non_null(quiet);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct observe_options o;
		char *argv[9] = { NULL };
		int argc = 0;

		while (argc < 8 && cases[i].words[argc]) {
			argv[argc] = strdup(cases[i].words[argc]);
			argc++;
		}
		assert_int_equal(observe_options_parse(argc, argv, &o), cases[i].result);
		while (argc--)
			free(argv[argc]);
	}
}

/* Until it is open or not; -ETIMEDOUT: neither. */
static int tend_until_told(struct console *c)
{
	for (int i = 0; i < 2000; i++) {
		int r = console_tend(c, now_us());

		if (r)
			return r;
		usleep(1000);
	}
	return -ETIMEDOUT;
}

static void a_console_that_takes_no_call_is_not_open(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct console_spec s = { .kind = CONSOLE_TCP, .where = "127.0.0.1" };
	struct console c;

	assert_int_equal(bind(server, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&at, &size), 0);
	snprintf(s.port, sizeof(s.port), "%d", ntohs(at.sin_port));
	console_init(&c, &s, NULL);
	assert_int_equal(tend_until_told(&c), -ECONNREFUSED);
	assert_false(c.opened);
	assert_int_equal(c.fd, -1);
	assert_int_equal(listen(server, 1), 0); /* from now on it does */
	c.retry_us = 0;
	assert_int_equal(tend_until_told(&c), 1);
	assert_true(c.opened);
	console_close(&c);
	close(server);
}

static void a_port_is_split_from_its_host(void **state)
{
	static const struct {
		const char *text, *host, *port;
	} cases[] = {
		{ "a:1", "a", "1" },
		{ ":1", "", "1" },
		{ "[::1]:2", "::1", "2" },
		{ "192.0.2.1:x", "192.0.2.1", "x" },
	};
	static const char *const refused[] = {
		"",       "a",      "a:",          ":",   "::1:2",   "[::1]",
		"[::1:2", "::1]:2", "toolong89:1", "a:0", "a:65536", ":99999"
	};
	const char *port;
	char host[8 + 4];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(hostport_split(cases[i].text, host, sizeof(host), &port), 0);
		assert_string_equal(host, cases[i].host);
		assert_string_equal(port, cases[i].port);
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_int_equal(hostport_split(refused[i], host, 8, &port), -EINVAL);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_run_that_is_heard_is_watched),
		cmocka_unit_test(a_run_that_was_asked_for_is_waited_for),
		cmocka_unit_test(beats_that_are_played_back_are_stale),
		cmocka_unit_test(silence_begins_past_its_limit),
		cmocka_unit_test(ticks_that_stand_are_a_stuck_runner_within_a_phase_alone),
		cmocka_unit_test(after_a_farewell_silence_means_nothing),
		cmocka_unit_test(another_run_on_the_same_machine_shows_that_it_lives),
		cmocka_unit_test(a_console_is_read_through_colours_and_pieces),
		cmocka_unit_test(a_healthy_console_tells_nothing),
		cmocka_unit_test(a_hostile_console_does_no_harm),
		cmocka_unit_test(silence_and_the_scenarios_bug_are_reasons_to_pull),
		cmocka_unit_test(a_machine_that_dumps_or_lives_is_spared),
		cmocka_unit_test(a_board_controller_is_named_by_its_parts),
		cmocka_unit_test(the_trigger_is_ipmitool_with_the_password_in_its_file),
		FACT(a_password_that_others_may_read_is_refused),
		cmocka_unit_test(an_errand_tells_how_it_ended),
		cmocka_unit_test(where_a_console_is_found_is_parsed),
		FACT(a_file_is_followed_from_its_end_and_through_rotation),
		FACT(a_file_that_comes_later_is_read_whole),
		FACT(a_socket_is_opened_again_when_it_ends),
		cmocka_unit_test(a_port_is_split_from_its_host),
		cmocka_unit_test(a_console_that_takes_no_call_is_not_open),
		cmocka_unit_test(the_command_line_says_what_to_watch_and_what_to_pull),
	};

	return cmocka_run_group_tests_name("observe", tests, NULL, NULL);
}
