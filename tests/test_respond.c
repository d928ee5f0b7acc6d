/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "respond/respond.h"
#include "rundir.h"
#include "watch_world.h"

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
	static const char *const files[] = { "evidence/stacks.txt", "evidence/vmstat.txt" };

	for (size_t i = 0; i < 2; i++)
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
	assert_int_equal(responder_open(&w.ctx, &r, &d), 0);
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
	assert_int_equal(responder_open(&w.ctx, &r, &d), 0);
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
	assert_int_equal(responder_open(&w.ctx, &r, &d), 0);
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

		if (rungs[i]->check(&w.ctx, &why))
			assert_true(strstr(why.message, "root") != NULL);
	}
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
