/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection to QEMU opened, a command sent, its answer taken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "qmp_line.h"

static void open_greets_and_asks_for_capabilities(void **state)
{
	struct line *l = *state;
	json_t *sent = json_loads(l->asked, 0, NULL);

	assert_int_equal(l->asked[strlen(l->asked) - 1], '\n');
	assert_string_equal(json_string_value(json_object_get(sent, "execute")),
			    "qmp_capabilities");
	assert_int_equal(json_integer_value(json_object_get(sent, "id")), 1);
	json_decref(sent);
}

static void open_refuses_what_is_no_qmp(void **state)
{
	static const struct {
		const char *greeting, *answer; /* NULL: hangs up */
		int error;
	} cases[] = {
		{ "", "", -ETIMEDOUT },
		{ "", NULL, -EPIPE },
		{ "{\"QMP\": {}", NULL, -EPIPE },
		{ "SSH-2.0-OpenSSH_9.2\r\n", "", -EPROTO },
		{ "[1, 2]\n", "", -EPROTO },
		{ "{}\n", "", -EPROTO },
		{ "{\"return\": {}, \"id\": 0}\n", "", -EPROTO },
		{ "{\"QMP\": 7}\n", "", -EPROTO },
		{ "{\"error\": {\"desc\": \"busy\"}}\n", "", -EPROTO },
		{ GREETING, "{\"error\": {\"desc\": \"no\"}, \"id\": 1}\n", -EPROTO },
		{ GREETING, "", -ETIMEDOUT },
		{ GREETING, GREETING, -EPROTO },
		{ GREETING, "\xff\xfe\n", -EPROTO },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line *l;

		assert_int_equal(bare(state), 0);
		l = *state;
		say(l, cases[i].greeting);
		if (!cases[i].answer)
			hang_up(l);
		assert_int_equal(cases[i].answer ? open_with(l, "", cases[i].answer, SOON_US)
						 : qmp_open(l->ours, SOON_US, &l->q),
				 cases[i].error);
		assert_null(l->q);
		clear(state);
	}
	assert_int_equal(greeted(state), 0);
}

static void call_returns_the_value(void **state)
{
	struct line *l = *state;
	json_t *value = NULL;

	say(l, "\r\n{\"id\": 2, \"return\": {\"status\": \"running\"}}\r\n");
	assert_int_equal(qmp_call(l->q, "query-status", NULL, SURELY_US, &value, NULL, 0), 0);
	assert_string_equal(json_string_value(json_object_get(value, "status")), "running");
	json_decref(value);
}

static void call_sends_its_arguments(void **state)
{
	struct line *l = *state;
	char text[512];
	json_t *sent;
	ssize_t n;

	say(l, "{\"id\": 2, \"return\": {}}\n");
	assert_int_equal(qmp_call(l->q, "dump-guest-memory",
				  json_pack("{s:b, s:s}", "paging", 0, "protocol", "fd:vmcore"),
				  SURELY_US, NULL, NULL, 0),
			 0);
	n = read(l->peers, text, sizeof(text));
	sent = json_loadb(text, (size_t)n, 0, NULL);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(sent, "arguments"), "protocol")),
		"fd:vmcore");
	json_decref(sent);
}

static void call_tells_qemus_own_words(void **state)
{
	static const struct {
		const char *answer, *why;
	} cases[] = {
		{ "{\"id\": 2, \"error\": {\"class\": \"GenericError\", \"desc\": \"disk "
		  "full\"}}\n",
		  "QEMU refuses dump: disk full" },
		{ "{\"error\": {\"desc\": \"JSON parse error\"}}\n",
		  "QEMU refuses dump: JSON parse error" },
		{ "{\"id\": 2, \"error\": 7}\n", "QEMU refuses dump: no reason given" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line *l = *state;
		json_t *value = NULL;
		char why[128] = "";

		say(l, cases[i].answer);
		assert_int_equal(qmp_call(l->q, "dump", NULL, SURELY_US, &value, why, sizeof(why)),
				 -EREMOTEIO);
		assert_string_equal(why, cases[i].why);
		assert_null(value);
		clear(state);
		assert_int_equal(greeted(state), 0);
	}
}

static void call_passes_over_the_late_answer_of_another(void **state)
{
	struct line *l = *state;
	json_t *value = NULL;
	char why[128];

	assert_int_equal(qmp_call(l->q, "slow", NULL, SOON_US, &value, why, sizeof(why)),
			 -ETIMEDOUT);
	assert_string_equal(why, "QEMU did not answer slow within 0.0 s");
	say(l, "{\"id\": 2, \"return\": \"late\"}\n{\"id\": \"3\", \"return\": \"text id\"}\n"
	       "{\"id\": 3, \"return\": \"in time\"}\n{\"id\": 3, \"return\": \"twice\"}\n");
	assert_int_equal(qmp_call(l->q, "next", NULL, SURELY_US, &value, NULL, 0), 0);
	assert_string_equal(json_string_value(value), "in time");
	json_decref(value);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_A_LINE(open_greets_and_asks_for_capabilities),
		cmocka_unit_test_setup_teardown(open_refuses_what_is_no_qmp, NULL, clear),
		ON_A_LINE(call_returns_the_value),
		ON_A_LINE(call_sends_its_arguments),
		ON_A_LINE(call_tells_qemus_own_words),
		ON_A_LINE(call_passes_over_the_late_answer_of_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
