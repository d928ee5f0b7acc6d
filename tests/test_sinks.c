/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The faces of a record, as expected and as others read them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/textfile.h"
#include "sink.h"
#include "sink_cases.h"
#include "tmpdir.h"

static const struct {
	const char *name;
	enum verdict verdict;
	bool ok;
	const char *outcome; /* of JUnit; NULL: passed */
} cases[] = {
	{ "survived", VERDICT_SURVIVED, true, NULL },
	{ "reproduced", VERDICT_REPRODUCED, false, "failure" },
	{ "other-fault", VERDICT_OTHER_FAULT, false, "error" },
	{ "skipped", VERDICT_SKIPPED, true, "skipped" },
	{ "torn", VERDICT_REPRODUCED, false, "failure" },
	{ "control", VERDICT_REPRODUCED, true, NULL },
	{ "control-missed", VERDICT_SURVIVED, false, "failure" },
	{ "hostile", VERDICT_REPRODUCED, false, "failure" },
	{ "blocked", VERDICT_REPRODUCED, false, "failure" },
	{ "deadlock", VERDICT_REPRODUCED, false, "failure" },
	{ "planted", VERDICT_REPRODUCED, false, "failure" },
	{ "vm-reproduced", VERDICT_REPRODUCED, true, NULL },
	{ "vm-silent", VERDICT_OTHER_FAULT, false, "error" },
	{ "vm-no-boot", VERDICT_BROKEN, false, "error" },
	{ "vm-hostile", VERDICT_OTHER_FAULT, false, "error" },
};

static char *make(const struct sink_ops *sink, const struct record *r)
{
	char *text = NULL;
	size_t size;

	assert_int_equal(sink_make(sink, r, &text, &size), 0);
	assert_int_equal(strlen(text), size);
	return text;
}

static void compare(const char *name, const struct sink_ops *sink, const char *text)
{
	_cleanup_free_ char *expected = NULL;
	char path[512], full[600];
	size_t size;

	snprintf(full, sizeof(full), "%s/expected/%s", data_path(path, name), sink->file);
	if (getenv("HANGAR_TEST_UPDATE")) {
		snprintf(path + strlen(path), 16, "/expected");
		mkdir(path, 0755);
		assert_int_equal(textfile_replace_at(AT_FDCWD, full, text, strlen(text)), 0);
	}
	assert_int_equal(textfile_load(full, 0, &expected, &size), 0);
	if (strcmp(expected, text))
		fail_msg("%s is not what was made:\n%s", full, text);
}

static void every_face_of_every_case_is_as_expected(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct record r = load(cases[i].name);

		assert_int_equal(r.verdict, cases[i].verdict);
		for (size_t k = 0; sinks[k]; k++) {
			_cleanup_free_ char *text = make(sinks[k], &r);

			compare(cases[i].name, sinks[k], text);
		}
		record_clear(&r);
	}
}

static void result_json_is_one_object_without_nulls(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct record r = load(cases[i].name);
		_cleanup_free_ char *text = make(&sink_json, &r);
		json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		const char *key;
		json_t *value;

		assert_true(json_is_object(o));
		json_object_foreach (o, key, value)
			assert_false(json_is_null(value));
		assert_string_equal(json_string_value(json_object_get(o, "verdict")),
				    verdict_name(cases[i].verdict));
		assert_int_equal(json_is_true(json_object_get(o, "ok")), cases[i].ok);
		json_decref(o);
		record_clear(&r);
	}
}

/*
 * Python, which the build itself needs, brings a real XML parser (expat). Prints what a reader of
 * JUnit counts.
 */
static void read_junit(const char *text, char *answer, size_t size)
{
	static const char script[] =
		"import sys, xml.etree.ElementTree as e\n"
		"suites = e.parse(sys.argv[1]).getroot()\n"
		"assert suites.tag == 'testsuites' and len(suites) == 1\n"
		"s = suites[0]; c = s.find('testcase')\n"
		"known = {'failure', 'error', 'skipped'}\n"
		"o = [x.tag for x in c if x.tag in known]\n"
		"assert len(o) <= 1 and [x.tag for x in s] == ['properties', 'testcase']\n"
		"assert {x.tag for x in c} <= known | {'system-out'} and len(c) == len(o) + 1\n"
		"assert all(set(p.keys()) == {'name', 'value'} for p in s.find('properties'))\n"
		"n = {k: int(s.get(k)) for k in ('tests', 'failures', 'errors', 'skipped')}\n"
		"w = {'failure': 'failures', 'error': 'errors', 'skipped': 'skipped'}\n"
		"assert n['tests'] == 1 and all(n[w[k]] == (k in o) for k in w)\n"
		"float(s.get('time')); float(c.get('time')); assert c.get('name') and "
		"c.get('classname')\n"
		"print(o[0] if o else 'passed')\n";
	char command[2600], path[] = "/tmp/hangar-junit.XXXXXX";
	int fd = mkstemp(path);
	FILE *p;

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_int_equal(setenv("READ_JUNIT", script, 1), 0);
	snprintf(command, sizeof(command), "python3 -c \"$READ_JUNIT\" %s", path);
	p = popen(command, "re");
	assert_non_null(p);
	if (!fgets(answer, (int)size, p))
		answer[0] = '\0';
	answer[strcspn(answer, "\n")] = '\0';
	assert_int_equal(pclose(p), 0);
	unlink(path);
}

static void an_xml_parser_reads_the_outcome_from_junit_xml(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct record r = load(cases[i].name);
		_cleanup_free_ char *text = make(&sink_junit, &r);
		char answer[64];

		read_junit(text, answer, sizeof(answer));
		assert_string_equal(answer, cases[i].outcome ? cases[i].outcome : "passed");
		record_clear(&r);
	}
}

struct ktap {
	unsigned int planned, results;
	bool ok;
	char directive[16];
};

/*
 * After the grammar of ktap.rst: version, plan, "# ..." lines, results. Anything else is refused.
 */
static void read_ktap(char *text, struct ktap *k)
{
	char *line = strtok(text, "\n");

	assert_string_equal(line, "KTAP version 1");
	line = strtok(NULL, "\n");
	assert_int_equal(sscanf(line, "1..%u", &k->planned), 1);
	while ((line = strtok(NULL, "\n"))) {
		char *hash, name[300];
		unsigned int number;

		if (line[0] == '#')
			continue;
		k->ok = !strncmp(line, "ok ", 3);
		assert_true(k->ok || !strncmp(line, "not ok ", 7));
		assert_int_equal(sscanf(line + (k->ok ? 3 : 7), "%u %299[^#]", &number, name), 2);
		assert_int_equal(number, ++k->results);
		hash = strstr(line, " # ");
		assert_non_null(hash);
		assert_int_equal(sscanf(hash, " # %15[A-Z_:]", k->directive), 1);
	}
}

static void ktap_keeps_its_plan(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct record r = load(cases[i].name);
		_cleanup_free_ char *text = make(&sink_ktap, &r);
		struct ktap k = { 0 };
		const char *directive;
		bool ok;

		read_ktap(text, &k);
		assert_int_equal(k.planned, 1);
		assert_int_equal(k.results, 1);
		assert_int_equal(k.ok, cases[i].ok);
		verdict_ktap(r.verdict, r.must_reproduce, &ok, &directive);
		if (directive)
			assert_string_equal(k.directive, directive);
		else /* "SURVIVED:" is no word that a reader of KTAP knows */
			assert_int_equal(k.directive[strlen(k.directive) - 1], ':');
		record_clear(&r);
	}
}

static void the_page_begins_with_the_verdict_and_obeys_no_control_character(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct record r = load(cases[i].name);
		_cleanup_free_ char *text = make(&sink_text, &r);
		size_t len = strlen(verdict_name(cases[i].verdict));

		assert_int_equal(strncmp(text, verdict_name(cases[i].verdict), len), 0);
		assert_int_equal(text[len], ':');
		for (const char *c = text; *c; c++)
			assert_true(*c == '\n' || (unsigned char)*c >= 0x20);
		assert_null(strstr(text, "\xc2\x9b"));
		record_clear(&r);
	}
}

static void escapes_leave_nothing_that_means_more(void **state)
{
	static const struct {
		void (*escape)(FILE *to, const char *text);
		const char *in, *out;
	} texts[] = {
		{ escape_plain, "a\tb\r\nc", "a b  c" },
		{ escape_plain, "\x1b[31m\x7f\xc2\x9b",
		  "\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd" },
		{ escape_plain, "\xc3\xa9\xff", "\xc3\xa9\xef\xbf\xbd" },
		{ escape_xml, "<a b=\"c\">&]]>", "&lt;a b=&quot;c&quot;&gt;&amp;]]&gt;" },
		{ escape_xml_text, "<\x01\n\t", "&lt;\xef\xbf\xbd\n&#9;" },
		{ escape_xml, "\x01\n\t\r", "\xef\xbf\xbd&#10;&#9;&#13;" },
		{ escape_xml, "\xef\xbf\xbe\xef\xbf\xbf\xf0\x9f\x90\xa7",
		  "\xef\xbf\xbd\xef\xbf\xbd\xf0\x9f\x90\xa7" },
		{ escape_shell, "scenarios/x-1.json", "scenarios/x-1.json" },
		{ escape_shell, "it's $(x)", "'it'\\''s $(x)'" },
		{ escape_shell, "", "''" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_free_ char *text = NULL;
		size_t size;
		FILE *f = open_memstream(&text, &size);

		texts[i].escape(f, texts[i].in);
		fclose(f);
		assert_string_equal(text, texts[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_face_of_every_case_is_as_expected),
		cmocka_unit_test(result_json_is_one_object_without_nulls),
		cmocka_unit_test(an_xml_parser_reads_the_outcome_from_junit_xml),
		cmocka_unit_test(ktap_keeps_its_plan),
		cmocka_unit_test(the_page_begins_with_the_verdict_and_obeys_no_control_character),
		cmocka_unit_test(escapes_leave_nothing_that_means_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
