/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tasks of evidence/stacks.txt by equal stacks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "blocked.h"

#define WAIT                                                                                       \
	"[<0>] percpu_rwsem_wait+0x1a/0x30\n[<0>] mnt_want_write+0x2a/0x90\n"                      \
	"[<0>] path_openat+0x10b2/0x1290\n\n"

/* "COUNT:frame,frame:comm pid role;..." of each class, with '\n' between. */
static char *show(const char *text)
{
	json_t *classes = blocked_parse(text), *class, *one;
	char *out = NULL;
	size_t size, i, k;
	FILE *to = open_memstream(&out, &size);

	assert_non_null(classes);
	json_array_foreach (classes, i, class) {
		const json_t *tasks = json_object_get(class, "tasks");

		assert_int_equal(json_integer_value(json_object_get(class, "count")),
				 json_array_size(tasks));
		fprintf(to, "%zu:", json_array_size(tasks));
		json_array_foreach (json_object_get(class, "stack"), k, one)
			fprintf(to, "%s%s", k ? "," : "", json_string_value(one));
		json_array_foreach (tasks, k, one) {
			const char *role = json_string_value(json_object_get(one, "role"));

			fprintf(to, "%c%s/%lld/%s", k ? ';' : ':',
				json_string_value(json_object_get(one, "comm")),
				(long long)json_integer_value(json_object_get(one, "pid")),
				role ? role : "");
		}
		fputc('\n', to);
	}
	fclose(to);
	json_decref(classes);
	return out;
}

static void expect(const char *text, const char *want)
{
	_cleanup_free_ char *got = show(text);

	assert_string_equal(got, want);
}

static void tasks_in_d_with_equal_functions_are_one_class(void **state)
{
	expect("==> creat:41 state D parent 1 copy creat#0 group victims.0 wchan percpu_rwsem_wait "
	       "<==\n" WAIT "==> sleep:50 state S parent 1 copy sleep#0 group outside wchan "
	       "do_nanosleep <==\n" WAIT
	       "==> creat:42 state D parent 1 copy creat#1 group victims.1 wchan percpu_rwsem_wait "
	       "<==\n"
	       "[<ffffffff81>] percpu_rwsem_wait.isra.0+0x99/0x300\n"
	       "[<ffffffff82>] ? stale+0x1/0x2\n"
	       "[<ffffffff82>] mnt_want_write+0x1/0x90 [mod]\n"
	       "[<ffffffff83>] path_openat+0x1/0x1290\n[<ffffffffffffffff>] 0xffffffffffffffff\n\n"
	       "4 tasks shown, 3 of all in D, 0 stacks could not be read in time\n",
	       "2:percpu_rwsem_wait,mnt_want_write,path_openat:creat/41/creat#0 in victims.0;"
	       "creat/42/creat#1 in victims.1\n");
}

static void what_a_class_waits_for_is_taken_from_the_evidence(void **state)
{
	static const char text[] = "==> sync:7 state D parent 1 wchan jbd2_log_wait_commit <==\n"
				   "(it waits for the journal thread to end a commit)\n"
				   "[<0>] jbd2_log_wait_commit+0xe7/0x140\n\n"
				   "==> cp:8 state D parent 1 wchan mnt_want_write <==\n"
				   "(no stack: Permission denied)\n" WAIT;
	json_t *classes = blocked_parse(text);

	assert_string_equal(json_string_value(json_object_get(json_array_get(classes, 0), "waits")),
			    "waits for the journal thread to end a commit");
	assert_int_equal(json_array_size(json_object_get(json_array_get(classes, 0), "stack")), 1);
	assert_null(json_object_get(json_array_get(classes, 1), "waits"));
	json_decref(classes);
}

static void the_largest_class_comes_first_then_the_one_seen_first(void **state)
{
	expect("==> a:1 state D parent 1 wchan x <==\n[<0>] one+0x1/0x2\n\n"
	       "==> b:2 state D parent 1 wchan x <==\n[<0>] two+0x1/0x2\n\n"
	       "==> c:3 state D parent 1 wchan x <==\n[<0>] three+0x1/0x2\n\n"
	       "==> d:4 state D parent 1 wchan x <==\n[<0>] three+0x1/0x2\n\n",
	       "2:three:c/3/;d/4/\n1:one:a/1/\n1:two:b/2/\n");
}

static void an_order_of_frames_that_differs_is_another_class(void **state)
{
	expect("==> a:1 state D parent 1 wchan x <==\n[<0>] one+0x1/0x2\n[<0>] two+0x1/0x2\n\n"
	       "==> b:2 state D parent 1 wchan x <==\n[<0>] two+0x1/0x2\n[<0>] one+0x1/0x2\n\n"
	       "==> c:3 state D parent 1 wchan x <==\n[<0>] one+0x1/0x2\n\n",
	       "1:one,two:a/1/\n1:two,one:b/2/\n1:one:c/3/\n");
}

static void tasks_without_a_stack_go_by_what_they_wait_in(void **state)
{
	expect("==> a:1 state D parent 1 wchan io_schedule <==\n(no stack: Operation not "
	       "permitted)\n\n"
	       "==> b:2 state D parent 1 wchan io_schedule <==\n\n"
	       "==> c:3 state D parent 1 wchan - <==\n(no stack: Operation not permitted)\n\n",
	       "2:(its stack could not be read; it waits in io_schedule):a/1/;b/2/\n"
	       "1:(its stack could not be read):c/3/\n");
}

static void names_with_blanks_and_colons_are_names(void **state)
{
	expect("==> kworker/u8:2+ev:7 state D parent 2 wchan x <==\n[<0>] f+0x1/0x2\n\n"
	       "==> a :7 state D pa:8 state D parent 2 wchan x <==\n[<0>] f+0x1/0x2\n\n"
	       "==> (sd pam) <==:9 state D parent 2 wchan x <==\n[<0>] f+0x1/0x2\n\n",
	       "3:f:kworker/u8:2+ev/7/;a :7 state D pa/8/;(sd pam) <==/9/\n");
}

static void what_is_no_evidence_yields_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"\n\n\n",
		"==> ",
		"==> a:1",
		"==> a:1 state D parent 1",
		"==> a:99999999999999999999 state D parent 1 wchan x <==\n",
		"==> a:1 state S parent 1 wchan x <==\n[<0>] f+0x1/0x2\n\n",
		"SysRq : Show Blocked State\n task PC stack pid father\n",
		"\xff\xfe==> \x80\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		expect(texts[i], "");
}

static void evidence_that_is_cut_gives_what_there_is(void **state)
{
	expect("==> a:1 state D parent 1 wchan x <==\n[<0>] f+0x1/0x2\n[<0>] g+0x", "1:f,g:a/1/\n");
	expect("==> a:1 state D parent 1 wchan x <==\n\xff\xfe+0x1\n",
	       "1:\xef\xbf\xbd\xef\xbf\xbd:a/1/\n");
}

static void long_lines_and_deep_stacks_are_cut(void **state)
{
	_cleanup_free_ char *text = NULL;
	char *got;
	size_t size, commas = 0;
	FILE *to = open_memstream(&text, &size);

	fputs("==> a:1 state D parent 1 wchan x <==\n", to);
	for (int i = 0; i < 500; i++)
		fprintf(to, "[<0>] f%d%0700d+0x1/0x2\n", i, 0);
	fclose(to);
	got = show(text);
	for (const char *c = got; *c; c++)
		commas += *c == ',';
	assert_int_equal(commas, 63);
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_in_d_with_equal_functions_are_one_class),
		cmocka_unit_test(what_a_class_waits_for_is_taken_from_the_evidence),
		cmocka_unit_test(the_largest_class_comes_first_then_the_one_seen_first),
		cmocka_unit_test(an_order_of_frames_that_differs_is_another_class),
		cmocka_unit_test(tasks_without_a_stack_go_by_what_they_wait_in),
		cmocka_unit_test(names_with_blanks_and_colons_are_names),
		cmocka_unit_test(what_is_no_evidence_yields_nothing),
		cmocka_unit_test(evidence_that_is_cut_gives_what_there_is),
		cmocka_unit_test(long_lines_and_deep_stacks_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
