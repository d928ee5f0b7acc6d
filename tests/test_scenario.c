/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenario files in data/scenario: good/ load; bad/ (refused by schema.json too), bad-semantic/
 * (only the loader can know) and bad-text/ (no JSON) are refused with the place and the sentence in
 * NAME.err.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "scenario/catalogue.h"
#include "scenario/scenario.h"
#include "tmpdir.h"

static struct catalogue *catalogue;

static const char *data(const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s", getenv("HANGAR_TEST_DATA"), name);
	return buf;
}

static int load_catalogue(void **state)
{
	struct diag d = { 0 };
	char dir[512];

	return catalogue_load_dir(data("stressors", dir, sizeof(dir)), &catalogue, &d);
}

static int free_catalogue(void **state)
{
	catalogue = catalogue_free(catalogue);
	return 0;
}

static int is_json(const struct dirent *e)
{
	size_t length = strlen(e->d_name);

	return length > 5 && !strcmp(e->d_name + length - 5, ".json");
}

/* Call @test with each JSON file of folder @name; returns how many there were. */
static int each(const char *name, void (*test)(const char *path))
{
	struct dirent **names;
	char dir[512], path[1024];
	int n = scandir(data(name, dir, sizeof(dir)), &names, is_json, alphasort);

	assert_true(n >= 0);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		test(path);
		free(names[i]);
	}
	free(names);
	return n;
}

static void must_load(const char *path)
{
	struct scenario *s = NULL;
	struct diag d = { 0 };

	if (scenario_load(path, catalogue, &s, &d))
		fail_msg("%s:%u:%u: %s", d.file, d.line, d.column, d.message);
	assert_true(s->text_size > 0);
	scenario_free(s);
}

static void good_files_load(void **state)
{
	assert_true(each("scenario/good", must_load) >= 10);
}

static void must_be_refused(const char *path)
{
	_cleanup_free_ char *golden = NULL;
	struct scenario *s = NULL;
	struct diag d = { 0 };
	char expected[1024], is[1024];
	size_t size;

	snprintf(expected, sizeof(expected), "%.*s.err", (int)(strlen(path) - 5), path);
	if (textfile_load(expected, 0, &golden, &size) < 0)
		fail_msg("%s is missing", expected);
	if (!scenario_load(path, catalogue, &s, &d))
		fail_msg("%s: loads, but must not", path);
	assert_null(s);
	assert_string_equal(d.file, path);
	snprintf(is, sizeof(is), "%u:%u: %s\n", d.line, d.column, d.message);
	if (strcmp(is, golden))
		fail_msg("%s:\nis       %sexpected %s", path, is, golden);
}

static void bad_files_are_refused_with_place_and_reason(void **state)
{
	assert_true(each("scenario/bad", must_be_refused) >= 70);
	assert_true(each("scenario/bad-semantic", must_be_refused) >= 50);
	assert_true(each("scenario/bad-text", must_be_refused) >= 10);
}

static const char start[] = "{\"name\":\"x\",\"phases\":[{\"name\":\"a\",\"for\":\"1s\"}],";

static struct scenario *parse_or_fail(const char *text)
{
	struct scenario *s = NULL;
	struct diag d = { 0 };

	if (scenario_parse(text, strlen(text), NULL, NULL, &s, &d))
		fail_msg("%u:%u: %s", d.line, d.column, d.message);
	return s;
}

/* @start and one more member. */
static struct scenario *parse_with(const char *member)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s}", start, member);
	return parse_or_fail(text);
}

static void defaults_are_those_of_the_table(void **state)
{
	struct scenario *s = parse_with("\"groups\":{\"g\":{}}");
	const struct watch_spec *w = &s->watch;

	assert_int_equal(s->repeat, 1);
	assert_true(s->seed == UNSET && s->for_us == UNSET && s->needs.memory_bytes == UNSET);
	assert_false(s->needs.throwaway);
	assert_true(s->vm.memory_bytes == UNSET && s->vm.disk_bytes == UNSET &&
		    s->vm.silent_after_us == UNSET);
	assert_true(!s->vm.cpus && !s->vm.cache && !s->vm.kernel_args && !s->vm.modules &&
		    !s->vm.plant);
	assert_int_equal(s->scratch.on, SCRATCH_NONE);
	assert_int_equal(s->groups[0].count, 1);
	for (int k = 0; k < KNOB_COUNT; k++)
		assert_true(s->groups[0].knobs[k] == UNSET);
	assert_string_equal(s->groups[0].io_device, "scratch");
	assert_true(w->kmsg && w->tasks && w->progress && w->oom && w->pressure && w->exits &&
		    w->taint && w->deadlock && w->clock && w->samples && !w->tasks_all);
	assert_int_equal(w->stuck_for_us, 30000000);
	assert_int_equal(w->deadlock_for_us, 10000000);
	assert_int_equal(w->quiet_for_us, 60000000);
	assert_int_equal(s->on_match.settle_us, 2000000);
	assert_string_equal(s->on_match.dump, "none");
	assert_string_equal(s->on_match.evidence[0], "stacks");
	assert_string_equal(s->on_match.evidence[2], "vmstat");
	assert_null(s->on_match.evidence[3]);
	scenario_free(s);
}

static void runs_have_defaults_too(void **state)
{
	struct scenario *s =
		parse_or_fail("{\"name\":\"x\",\"phases\":[{\"name\":\"a\",\"for\":\"1s\","
			      "\"run\":[{\"use\":\"alloc\"}]}]}");
	const struct run_spec *run = &s->phases[0].runs[0];

	assert_string_equal(run->in, "outside");
	assert_int_equal(run->copies, 1);
	assert_int_equal(run->restart.policy, RESTART_NEVER);
	assert_int_equal(run->restart.backoff_us, 100000);
	assert_int_equal(run->restart.backoff_max_us, 5000000);
	assert_non_null(run->args);
	assert_null(run->args[0]);
	assert_int_equal(run->line, 1);
	assert_int_equal(run->column, 53);
	scenario_free(s);
}

static struct scenario *load_every_key(void)
{
	struct scenario *s = NULL;
	struct diag d = { 0 };
	char path[512];

	if (scenario_load(data("scenario/good/every-key.json", path, sizeof(path)), catalogue, &s,
			  &d))
		fail_msg("%s", d.message);
	return s;
}

static void needs_and_settings_reach_their_fields(void **state)
{
	struct scenario *s = load_every_key();

	assert_int_equal(s->seed, 42);
	assert_int_equal(s->repeat, 2);
	assert_true(s->for_us == 3600000000);
	assert_true(s->needs.root && s->needs.memory_bytes == 1u << 30 && s->needs.cpus == 2);
	assert_string_equal(s->needs.controllers[4], "pids");
	assert_string_equal(s->needs.kernel_max, "99.0.1");
	assert_int_equal(s->needs.cgroup, 0);
	assert_int_equal(s->n_settings, 4);
	assert_string_equal(s->settings[0].path, "/proc/sys/vm/dirty_ratio");
	assert_string_equal(s->settings[1].path, "/proc/sys/net/ipv4/conf/eth0.100/rp_filter");
	assert_string_equal(s->settings[1].value, "1");
	assert_string_equal(s->settings[3].path, "/sys/kernel/mm/transparent_hugepage/khugepaged/"
						 "scan_sleep_millisecs");
	assert_int_equal(s->settings[0].line, 32);
	assert_int_equal(s->scratch.on, SCRATCH_LOOP);
	assert_string_equal(s->scratch.mkfs[1], "^metadata_csum");
	scenario_free(s);
}

static void the_guest_reaches_its_fields(void **state)
{
	struct scenario *s = parse_with(
		"\"needs\":{\"throwaway\":true},\"vm\":{\"memory\":\"1G\",\"cpus\":2,"
		"\"disk\":\"256M\",\"cache\":\"none\",\"kernel-args\":[\"a=1\",\"quiet\"],"
		"\"files\":[\"/etc/x\",\"y..z/"
		"...\"],\"modules\":[\"hangar_fault\",\"lzo-rle|lzo\"],"
		"\"plant\":\"ext4-oom,thp-deferred:10\",\"silent-after\":\"10s\"}");

	assert_true(s->needs.throwaway);
	assert_int_equal(s->vm.memory_bytes, 1u << 30);
	assert_int_equal(s->vm.cpus, 2);
	assert_int_equal(s->vm.disk_bytes, 256u << 20);
	assert_string_equal(s->vm.cache, "none");
	assert_string_equal(s->vm.kernel_args[1], "quiet");
	assert_null(s->vm.kernel_args[2]);
	assert_string_equal(s->vm.files[1], "y..z/...");
	assert_string_equal(s->vm.modules[0], "hangar_fault");
	assert_string_equal(s->vm.plant, "ext4-oom,thp-deferred:10");
	assert_int_equal(s->vm.silent_after_us, 10000000);
	scenario_free(s);
}

static void limits_reach_their_knobs(void **state)
{
	struct scenario *s = load_every_key();
	const struct group_spec *g = &s->groups[0];

	assert_true(g->optional && g->count == 2 && g->knobs[KNOB_MEMORY] == 512u << 20);
	assert_true(g->knobs[KNOB_CPU] == 150 && g->knobs[KNOB_SWAPPINESS] == 0);
	assert_true(g->knobs[KNOB_OOM_GROUP] == 1 && g->knobs[KNOB_OOM_KILL_DISABLE] == 0);
	assert_true(g->knobs[KNOB_IO_WRITE_IOPS] == 100 && g->knobs[KNOB_CPUSET] != UNSET);
	assert_string_equal(g->cpuset, "0-1");
	assert_string_equal(g->children[0].name, "inner");
	for (int k = 0; k < KNOB_COUNT; k++)
		assert_true(g->knobs[k] != UNSET);
	scenario_free(s);
}

static void conditions_reach_their_fields(void **state)
{
	struct scenario *s = load_every_key();
	const struct condition *c = s->phases[0].until;

	assert_true(s->phases[0].until_is_needed);
	assert_true(c->kind == COND_ANY && c->n_parts == 5);
	assert_true(c->parts[0].kind == COND_PSI && c->parts[0].full && c->parts[0].value == 2050);
	assert_true(c->parts[1].parts[0].is_percent && c->parts[1].parts[0].value == 90);
	assert_true(c->parts[1].parts[1].below && c->parts[1].parts[1].value == 80u << 20);
	assert_true(c->parts[2].kind == COND_STEPS && c->parts[2].value == 1000);
	assert_true(c->parts[3].kind == COND_OOM_KILLS && c->parts[3].value == 5);
	assert_true(c->parts[4].below && !c->parts[4].full);
	scenario_free(s);
}

static void runs_and_judgement_reach_their_fields(void **state)
{
	struct scenario *s = load_every_key();

	assert_string_equal(s->phases[0].runs[0].args[1], "--threads=2");
	assert_string_equal(s->phases[0].runs[0].args[2], "--lock=true");
	assert_int_equal(s->phases[0].runs[1].restart.limit, 3);
	assert_true(s->phases[1].for_us == UNSET && !s->phases[1].until);
	assert_int_equal(s->watch.tasks_every_us, 500000);
	assert_int_equal(s->expect.n_reproduce, 2);
	assert_int_equal(s->expect.reproduce[1].kind, FINDING_SOFT_LOCKUP);
	assert_int_equal(s->expect.allow[1].kind, FINDING_WARNING);
	assert_int_equal(s->on_match.then, AFTER_STOP);
	scenario_free(s);
}

static void a_present_watch_is_the_whole_list(void **state)
{
	struct scenario *s = parse_with("\"watch\":{\"kmsg\":{},\"tasks\":false,\"oom\":true}");

	assert_true(s->watch.kmsg && s->watch.oom);
	assert_false(s->watch.tasks || s->watch.progress || s->watch.exits || s->watch.clock);
	assert_int_equal(s->watch.stuck_for_us, 30000000);
	scenario_free(s);
}

static void must_reproduce_alone_is_a_control(void **state)
{
	struct scenario *s = parse_with("\"expect\":\"must-reproduce\"");

	assert_true(s->expect.must_reproduce && !s->expect.n_reproduce);
	scenario_free(s);
}

static void the_text_is_kept_byte_for_byte(void **state)
{
	static const char text[] =
		" { \"name\" : \"x\",\r\n\"phases\":[{\"name\":\"a\",\"for\":\"1s\"}]}\n\n";
	struct scenario *s = parse_or_fail(text);

	assert_int_equal(s->text_size, strlen(text));
	assert_memory_equal(s->text, text, strlen(text));
	scenario_free(s);
}

static void wrong_encodings_are_named(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *message;
		unsigned int line, column;
	} cases[] = {
		{ "\xef\xbb\xbf{}", 5,
		  "begins with a byte-order mark; save it as UTF-8 without one", 1, 1 },
		{ "\xff\xfe{\0}\0", 6, "is UTF-16 or UTF-32; save it as UTF-8", 1, 1 },
		{ "\xfe\xff\0{\0}", 6, "is UTF-16 or UTF-32; save it as UTF-8", 1, 1 },
		{ "{\0}\0", 4, "is UTF-16 or UTF-32; save it as UTF-8", 1, 1 },
		{ "{\n \0}", 5, "holds a NUL byte, so it is no text", 2, 2 },
		{ "{\n\"caf\xe9\":1}", 11, "is not valid UTF-8 from here on", 2, 5 },
		{ "\"\xc0\xaf\"", 4, "is not valid UTF-8 from here on", 1, 2 },
		{ "\"\xed\xa0\x80\"", 5, "is not valid UTF-8 from here on", 1, 2 },
		{ "\"\xf4\x90\x80\x80\"", 6, "is not valid UTF-8 from here on", 1, 2 },
		{ "\"\xe2\x82", 3, "is not valid UTF-8 from here on", 1, 2 },
		{ "", 0, "is empty; a scenario is a JSON object", 0, 0 },
		{ " \n\t", 3, "is empty; a scenario is a JSON object", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scenario *s = NULL;
		struct diag d = { 0 };

		assert_int_equal(scenario_parse(cases[i].text, cases[i].size, NULL, NULL, &s, &d),
				 -EINVAL);
		assert_string_equal(d.message, cases[i].message);
		assert_int_equal(d.line, cases[i].line);
		assert_int_equal(d.column, cases[i].column);
	}
}

static void refused_file(const char *path, int err, const char *part)
{
	struct scenario *s = NULL;
	struct diag d = { 0 };

	assert_int_equal(scenario_load(path, catalogue, &s, &d), err);
	assert_string_equal(d.file, path);
	if (!strstr(d.message, part))
		fail_msg("\"%s\" is not in \"%s\"", part, d.message);
}

static void what_is_no_regular_file_is_refused_at_once(void **state)
{
	char path[512];

	refused_file(*state, -EISDIR, "is a directory");
	refused_file("/dev/zero", -EINVAL, "is a character device");
	snprintf(path, sizeof(path), "%s/fifo", (char *)*state);
	assert_int_equal(mkfifo(path, 0600), 0);
	refused_file(path, -EINVAL, "is a fifo");
	snprintf(path, sizeof(path), "%s/nothing", (char *)*state);
	refused_file(path, -ENOENT, "cannot be opened: No such file");
}

static void files_past_the_limit_are_not_read(void **state)
{
	_cleanup_close_ int fd = -1;
	char path[512];

	snprintf(path, sizeof(path), "%s/huge.json", (char *)*state);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(fd, 100 << 20), 0);
	refused_file(path, -EFBIG, "has 104857600 bytes; a scenario has at most 1M");
	assert_int_equal(ftruncate(fd, SCENARIO_BYTES_MAX), 0);
	refused_file(path, -EINVAL, "NUL"); /* at the limit it is read */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_files_load),
		cmocka_unit_test(bad_files_are_refused_with_place_and_reason),
		cmocka_unit_test(defaults_are_those_of_the_table),
		cmocka_unit_test(runs_have_defaults_too),
		cmocka_unit_test(needs_and_settings_reach_their_fields),
		cmocka_unit_test(the_guest_reaches_its_fields),
		cmocka_unit_test(limits_reach_their_knobs),
		cmocka_unit_test(conditions_reach_their_fields),
		cmocka_unit_test(runs_and_judgement_reach_their_fields),
		cmocka_unit_test(a_present_watch_is_the_whole_list),
		cmocka_unit_test(must_reproduce_alone_is_a_control),
		cmocka_unit_test(the_text_is_kept_byte_for_byte),
		cmocka_unit_test(wrong_encodings_are_named),
		cmocka_unit_test_setup_teardown(what_is_no_regular_file_is_refused_at_once,
						tmpdir_make, tmpdir_remove),
		cmocka_unit_test_setup_teardown(files_past_the_limit_are_not_read, tmpdir_make,
						tmpdir_remove),
	};

	return cmocka_run_group_tests(tests, load_catalogue, free_catalogue);
}
