/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Analysers that are right, wrong, slow and mad, played by scripts; and who was who in the run. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "outside.h"
#include "tmpdir.h"
#include "vmcore/classes.h"
#include "vmcore/crash_text.h"
#include "vmcore/roles.h"
#include "vmcore/run_facts.h"
#include "vmcore/vmcore.h"
#include "vmcore_files.h"

static struct made made;
static const uint8_t build[4] = { 0xbb, 0x60, 0x3a, 0x91 };

/* What a good drgn says of the made kernel, with a place for changes. */
#define ANSWER(tasks, release)                                                                     \
	"{\"reader\":\"drgn 0.0.22\",\"release\":\"" release "\",\"tasks\":[" tasks "],"           \
	"\"cpus\":[{\"cpu\":0,\"pid\":7,\"comm\":\"spin\",\"mode\":\"user\",\"stack\":[]},"        \
	"{\"cpu\":1,\"pid\":1,\"comm\":\"init\",\"stack\":[\"panic\"]}],"                          \
	"\"blocked\":[{\"pid\":9,\"tgid\":9,\"comm\":\"alloc-and-write\",\"stack\":[\"schedule\"]" \
	"},"                                                                                       \
	"{\"pid\":10,\"comm\":\"other\",\"stack\":[\"io_schedule\"]},"                             \
	"{\"pid\":11,\"comm\":\"alloc-and-write\",\"ppid\":9,\"stack\":[\"schedule\"]}],"          \
	"\"panicked\":true,\"taint\":0,\"memory\":{\"total_bytes\":4096},\"memcgs\":[],\"notes\":" \
	"[]}"
#define TASKS "[1,1,\"init\"],[2,2,\"kthreadd\"],[7,7,\"spin\"],[9,9,\"alloc-and-write\"]"
#define SAYS(answer) "#!/bin/sh\ncat >/dev/null\ncat <<'END'\n" answer "\nEND\n"

struct world {
	char *dir, *vmcore, *vmlinux, *out;
	int fd;
};

static struct world w;

static void drgn_is(const char *script)
{
	_cleanup_free_ char *path = made_program(w.dir, "python", script);

	setenv("HANGAR_DRGN_PYTHON", path, 1);
}

static void crash_is(const char *script)
{
	_cleanup_free_ char *path = made_program(w.dir, "crash", script);

	setenv("HANGAR_CRASH", path, 1);
}

static int begin(void **state)
{
	if (tmpdir_make(state))
		return -1;
	w.dir = *state;
	made_makedumpfile(w.dir, MAKEDUMPFILE_LOG("[    1.0] Kernel panic - not syncing: test"));
	made_kdump(&made, made_info);
	w.vmcore = made_file(w.dir, "vmcore", &made);
	made_vmlinux(&made, MADE_RELEASE, build);
	w.vmlinux = made_file(w.dir, "vmlinux", &made);
	free(made_write(w.dir, "drgn_reader.py", "", 0, 0600));
	setenv("HANGAR_VMCORE", w.dir, 1);
	w.fd = open(w.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	drgn_is(SAYS(ANSWER(TASKS, MADE_RELEASE)));
	crash_is("#!/bin/sh\nexit 1\n");
	return w.fd < 0;
}

static int end(void **state)
{
	close(w.fd);
	free(w.vmcore);
	free(w.vmlinux);
	return tmpdir_remove(state);
}

static json_t *result(void)
{
	char path[4096];
	json_t *j;

	snprintf(path, sizeof(path), "%s/" VMCORE_READING_FILE, w.dir);
	j = json_load_file(path, 0, NULL);
	assert_non_null(j);
	return j;
}

static const char *text_at(const json_t *j, const char *key)
{
	const char *text = json_string_value(json_object_get(j, key));

	return text ? text : "";
}

static const char *refusal(const json_t *j, size_t i)
{
	return text_at(json_array_get(json_object_get(j, "refused"), i), "reason");
}

/* A reading by notes alone, after @first was refused for a reason with @reason in it. */
static void refused(const struct vmcore_facts *facts, const char *reason)
{
	struct diag d = { 0 };
	json_t *j;

	assert_int_equal(vmcore_read(w.vmcore, w.vmlinux, facts, w.fd, &d), 1);
	j = result();
	assert_string_equal(text_at(j, "reader"), "notes");
	if (!strstr(refusal(j, 0), reason))
		fail_msg("refused because: %s", refusal(j, 0));
	assert_non_null(strstr(d.message, refusal(j, 0)));
	assert_string_equal(text_at(j, "panic"), "Kernel panic - not syncing: test");
	assert_true(json_is_null(json_object_get(j, "tasks")));
	assert_int_equal(json_array_size(json_object_get(j, "cpus")), 2);
	json_decref(j);
}

static void a_good_answer_is_taken(void **state)
{
	const struct vmcore_facts facts = { .release = MADE_RELEASE, .tasks_min = 4 };
	struct diag d = { 0 };
	char path[4096];
	json_t *j, *class;

	assert_int_equal(vmcore_read(w.vmcore, w.vmlinux, &facts, w.fd, &d), 0);
	j = result();
	assert_string_equal(text_at(j, "reader"), "drgn 0.0.22");
	assert_string_equal(text_at(j, "release"), MADE_RELEASE);
	assert_string_equal(text_at(j, "panic"), "Kernel panic - not syncing: test");
	assert_int_equal(json_integer_value(json_object_get(j, "tasks")), 4);
	assert_int_equal(json_array_size(json_object_get(j, "refused")), 0);
	class = json_array_get(json_object_get(j, "blocked"), 0);
	assert_int_equal(json_integer_value(json_object_get(class, "count")), 2);
	json_decref(j);
	snprintf(path, sizeof(path), "%s/" VMCORE_DMESG_FILE, w.dir);
	assert_int_equal(access(path, R_OK), 0);
}

static void an_answer_that_cannot_be_is_refused(void **state)
{
	const struct vmcore_facts many = { .tasks_min = 300 };

	refused(&many, "lists 4 tasks, 300 at least were alive");
	drgn_is(SAYS(ANSWER("[1,1,\"init\"],[7,7,\"spin\"]", MADE_RELEASE)));
	refused(NULL, "kthreadd");
	drgn_is(SAYS(ANSWER("[1,1,\"init\"],[2,2,\"kthreadd\"]", MADE_RELEASE)));
	refused(NULL, "a CPU runs task 7");
	drgn_is(SAYS(ANSWER("", MADE_RELEASE)));
	refused(NULL, "no task at all");
	drgn_is(SAYS(ANSWER(TASKS, "6.1.0")));
	refused(NULL, "the vmcore's notes say " MADE_RELEASE);
}

static void garbage_is_refused(void **state)
{
	drgn_is("#!/bin/sh\necho garbage\n");
	refused(NULL, "no JSON");
	drgn_is("#!/bin/sh\necho '{}'\n");
	refused(NULL, "no proper \"reader\"");
	drgn_is(SAYS(ANSWER("[1,1]", MADE_RELEASE)));
	refused(NULL, "no proper task at place 0");
	drgn_is(SAYS(ANSWER("[-1,1,\"x\"]", MADE_RELEASE)));
	refused(NULL, "no proper task at place 0");
	drgn_is("#!/bin/sh\nexit 0\n");
	refused(NULL, "no JSON");
	drgn_is("#!/bin/sh\necho 'ModuleNotFoundError: No module named drgn' >&2\nexit 1\n");
	refused(NULL, "No module named drgn");
	drgn_is("#!/bin/sh\nkill -SEGV $$\n");
	refused(NULL, "signal 11");
	setenv("HANGAR_DRGN_PYTHON", "/nonexistent/python", 1);
	refused(NULL, "there is no /nonexistent/python");
}

static void a_vmlinux_of_another_build_is_refused(void **state)
{
	static const uint8_t another[4] = { 1, 2, 3, 4 };

	made_vmlinux(&made, MADE_RELEASE, another);
	free(made_file(w.dir, "vmlinux", &made));
	refused(NULL, "another build");
	made_vmlinux(&made, "6.1.0-47-cloud-amd64", build);
	free(made_file(w.dir, "vmlinux", &made));
	refused(NULL, "6.1.0-47-cloud-amd64");
	free(made_write(w.dir, "vmlinux", "x", 1, 0600));
	refused(NULL, "vmlinux");
}

static void a_vmcore_of_another_kernel_is_not_read(void **state)
{
	const struct vmcore_facts facts = { .release = "6.1.0-47-cloud-amd64" };
	struct diag d = { 0 };

	assert_int_equal(vmcore_read(w.vmcore, w.vmlinux, &facts, w.fd, &d), -ESTALE);
	assert_non_null(strstr(d.message, MADE_RELEASE));
	assert_non_null(strstr(d.message, "6.1.0-47-cloud-amd64"));
}

static const char crash_said[] =
	"      KERNEL: vmlinux\n     RELEASE: " MADE_RELEASE "\n       PANIC: \"Kernel panic\"\n"
	"PID: 7        TASK: ffff8c653e818000  CPU: 0    COMMAND: \"spin\"\n"
	" #0 [ffffd01180473f08] crash_nmi_callback at ffffffff8c26048c\n    RIP: "
	"000000000040165b\n\n"
	"PID: 1        TASK: ffff8c65011fa0c0  CPU: 1    COMMAND: \"init\"\n"
	" #0 [ffffd011800139b8] panic at ffffffff8c26c53f\n"
	"      KERNEL: vmlinux\n"
	"PID: 9        TASK: ffff8c650269c180  CPU: 1    COMMAND: \"a\"b\"\n"
	" #0 [ffffd0118042bb50] __schedule at ffffffff8cc06a3d\n"
	" #1 [ffffd0118042bb58] xfs_wait at ffffffff8cc06a3d [xfs]\n"
	"      KERNEL: vmlinux\n"
	"      PID    PPID  CPU       TASK        ST  %MEM      VSZ      RSS  COMM\n"
	"        0       0   0  ffffffff8dc1aa40  RU   0.0        0        0  [swapper/0]\n"
	">       1       0   1  ffff8c65011fa0c0  RU   0.1      984      692  init\n"
	"        2       0   0  ffff8c65011fc180  IN   0.0        0        0  [kthreadd]\n"
	">       7       1   0  ffff8c653e818000  RU   0.1      984      692  spin\n"
	"        9       1   0  ffff8c653e818000  UN   0.1      984      692  a\"b\n"
	"      KERNEL: vmlinux\n"
	"    TOTAL MEM   216322       845 MB         ----\n         FREE   168908     659.8 MB   "
	"78% of\n"
	"TAINTED_MASK: 200  W\n";

static void crash_is_asked_when_drgn_is_refused(void **state)
{
	_cleanup_free_ char *script = NULL;
	struct diag d = { 0 };
	json_t *j, *class;

	assert_true(asprintf(&script, "#!/bin/sh\ncat >/dev/null\ncat <<'END'\n%s\nEND\n",
			     crash_said) > 0);
	crash_is(script);
	drgn_is("#!/bin/sh\nexit 3\n");
	assert_int_equal(vmcore_read(w.vmcore, w.vmlinux, NULL, w.fd, &d), 0);
	j = result();
	assert_string_equal(text_at(j, "reader"), "crash");
	assert_int_equal(json_array_size(json_object_get(j, "refused")), 1);
	assert_int_equal(json_integer_value(json_object_get(j, "tasks")), 4);
	assert_int_equal(json_integer_value(json_object_get(j, "taint")), 0x200);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(j, "memory"), "total_bytes")),
		216322 * 4096);
	class = json_array_get(json_object_get(j, "blocked"), 0);
	assert_string_equal(json_string_value(json_array_get(json_object_get(class, "stack"), 1)),
			    "xfs_wait [xfs]");
	assert_string_equal(text_at(json_array_get(json_object_get(class, "tasks"), 0), "comm"),
			    "a\"b");
	json_decref(j);
}

static void crash_that_stops_half_way_is_refused(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct diag d = { 0 };

	assert_int_equal(crash_text_parse("      KERNEL: vmlinux\n", 4096, &text, &d), -EBADMSG);
	assert_non_null(strstr(d.message, "part 1 of 4"));
}

static void write_journal(const char *more)
{
	_cleanup_free_ char *text = NULL;

	assert_true(asprintf(&text,
			     "{\"seq\":1,\"event\":\"spawn\",\"copy\":0,\"pid\":9,\"name\":\"alloc-"
			     "and-write#0\",\"group\":\"victims.3\"}\n"
			     "{\"seq\":2,\"event\":\"spawn\",\"copy\":1,\"pid\":12,\"name\":"
			     "\"fsync-writer#1\",\"group\":\"outside\"}\n"
			     "{\"seq\":3,\"event\":\"exit\",\"copy\":1,\"pid\":12,\"name\":\"fsync-"
			     "writer#1\",\"kind\":\"done\"}\n"
			     "not a line\n{\"event\":\"spawn\",\"copy\":-5,\"pid\":1}\n"
			     "{\"event\":\"spawn\",\"copy\":99999999,\"pid\":1}\n%s",
			     more) > 0);
	free(made_write(w.dir, "journal.jsonl", text, strlen(text), 0600));
}

static void tasks_of_the_run_are_named_by_their_role(void **state)
{
	const struct vmcore_facts facts = { .run_dir = w.dir };
	struct diag d = { 0 };
	json_t *j, *tasks;

	write_journal("");
	assert_int_equal(vmcore_read(w.vmcore, w.vmlinux, &facts, w.fd, &d), 0);
	j = result();
	tasks = json_object_get(json_array_get(json_object_get(j, "blocked"), 0), "tasks");
	assert_string_equal(text_at(json_array_get(tasks, 0), "role"),
			    "alloc-and-write in victims.3");
	assert_string_equal(text_at(json_array_get(tasks, 1), "role"),
			    "alloc-and-write in victims.3");
	tasks = json_object_get(json_array_get(json_object_get(j, "blocked"), 1), "tasks");
	assert_true(json_is_null(json_object_get(json_array_get(tasks, 0), "role")));
	json_decref(j);
}

static void an_answer_without_the_run_is_refused(void **state)
{
	const struct vmcore_facts facts = { .run_dir = w.dir };
	struct diag d = { 0 };

	write_journal("{\"event\":\"spawn\",\"copy\":2,\"pid\":500,\"name\":\"a#2\"}\n"
		      "{\"event\":\"spawn\",\"copy\":3,\"pid\":501,\"name\":\"a#3\"}\n");
	refused(&facts, "1 of the 3 processes");
	/* A journal that leaves lives out proves nothing. */
	write_journal("{\"event\":\"spawn\",\"copy\":2,\"pid\":500,\"name\":\"a#2\"}\n"
		      "{\"event\":\"spawn\",\"copy\":3,\"pid\":501,\"name\":\"a#3\"}\n"
		      "{\"event\":\"note\",\"text\":\"7 lines about exits and restarts were left "
		      "out\"}\n");
	assert_int_equal(vmcore_read(w.vmcore, w.vmlinux, &facts, w.fd, &d), 0);
}

static void a_pid_counts_with_its_name_when_lives_are_left_out(void **state)
{
	struct roles *r = NULL;
	char role[128];

	write_journal("{\"event\":\"note\",\"text\":\"7 lines about exits and restarts were left "
		      "out\"}\n");
	assert_int_equal(roles_load(w.dir, &r, NULL), 0);
	assert_int_equal(roles_alive(r), 1);
	assert_false(roles_name(r, &(struct roles_task){ .pid = 9, .comm = "bash" }, role,
				sizeof(role)));
	assert_true(roles_name(r, &(struct roles_task){ .pid = 9, .comm = "alloc-and-write" }, role,
			       sizeof(role)));
	assert_true(roles_name(r,
			       &(struct roles_task){ .pid = 77,
						     .comm = "fsync-writer",
						     .cgroup = "/x/hangar/2026-id/victims.5" },
			       role, sizeof(role)));
	assert_string_equal(role, "fsync-writer in victims.5");
	assert_false(roles_name(r,
				&(struct roles_task){ .pid = 77,
						      .comm = "cron",
						      .cgroup = "/x/hangar/2026-id/victims.5" },
				role, sizeof(role)));
	roles_free(r);
	assert_int_equal(roles_load("/nonexistent", &r, NULL), -ENOENT);
}

static void the_release_comes_from_the_run(void **state)
{
	static const char outside[] = "{\"event\":\"note\"}\nx\n"
				      "{\"event\":\"outside-begin\",\"release\":\"6.12.1\"}\n";
	static const char manifest[] = "{\"host\":{\"kernel\":\"5.10.0\"}}";
	char release[64];

	assert_int_equal(run_release(w.dir, release, sizeof(release), NULL), -ENOENT);
	free(made_write(w.dir, OUTSIDE_FILE, outside, strlen(outside), 0600));
	assert_int_equal(run_release(w.dir, release, sizeof(release), NULL), 0);
	assert_string_equal(release, "6.12.1");
	free(made_write(w.dir, "manifest.json", manifest, strlen(manifest), 0600));
	assert_int_equal(run_release(w.dir, release, sizeof(release), NULL), 0);
	assert_string_equal(release, "5.10.0");
}

int main(void)
{
#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		IN_WORLD(a_good_answer_is_taken),
		IN_WORLD(an_answer_that_cannot_be_is_refused),
		IN_WORLD(garbage_is_refused),
		IN_WORLD(a_vmlinux_of_another_build_is_refused),
		IN_WORLD(a_vmcore_of_another_kernel_is_not_read),
		IN_WORLD(crash_is_asked_when_drgn_is_refused),
		IN_WORLD(crash_that_stops_half_way_is_refused),
		IN_WORLD(tasks_of_the_run_are_named_by_their_role),
		IN_WORLD(an_answer_without_the_run_is_refused),
		IN_WORLD(a_pid_counts_with_its_name_when_lives_are_left_out),
		IN_WORLD(the_release_comes_from_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
