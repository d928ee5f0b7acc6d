/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines recorded as folders in data/host, and the one that runs the test. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "scenario/host.h"

static struct host probe(const char *name)
{
	char root[200];
	struct host h;

	snprintf(root, sizeof(root), "%s/host/%s", getenv("HANGAR_TEST_DATA"), name);
	assert_int_equal(host_probe(root, &h), 0);
	return h;
}

static void el7_has_v1_controllers_and_no_pressure(void **state)
{
	struct host h = probe("el7-v1");

	assert_string_equal(h.release, "3.10.0-1160.el7.x86_64");
	assert_string_equal(h.distribution, "CentOS Linux 7 (Core)");
	assert_string_equal(h.cpu_model, "Intel(R) Xeon(R) CPU E5-2650 v4 @ 2.20GHz");
	assert_string_equal(h.hostname, "node7");
	assert_string_equal(h.clocksource, "tsc");
	assert_int_equal(h.cgroup, CGROUP_V1);
	assert_true(h.memory == 1 && h.cpu == 1 && h.cpuset == 1 && h.io == 1 && h.pids == 1);
	assert_true(h.swap_accounting && h.kmsg && h.sysrq && h.tracefs && h.thp);
	assert_false(h.psi || h.psi_triggers);
	assert_true(h.memory_bytes == 16266164ull * 1024 && h.swap_bytes == 8257532ull * 1024);
	assert_true(h.cpus == 2 && h.pid_max == 131072 && h.taint == 4096);
}

static void modules_that_mounting_would_load_count(void **state)
{
	struct host h = probe("el7-v1");

	assert_true(h.xfs);  /* in /proc/filesystems */
	assert_true(h.ext4); /* in modules.dep */
	assert_true(h.loop);
	assert_false(probe("debian12-v2").xfs);
}

static void a_root_without_all_capabilities_cannot_protect_from_the_oom_killer(void **state)
{
	assert_true(probe("debian12-v2").oom_protects);
	assert_false(probe("hybrid").oom_protects); /* a container's usual set */
	assert_false(probe("none").oom_protects);
}

static void debian_has_v2_and_pressure(void **state)
{
	struct host h = probe("debian12-v2");

	assert_int_equal(h.cgroup, CGROUP_V2);
	assert_true(h.memory == 2 && h.cpu == 2 && h.cpuset == 2 && h.io == 2 && h.pids == 2);
	assert_true(h.psi && h.swap_accounting && h.ext4 && h.loop && h.tracefs);
	assert_int_equal(h.cpus, 5); /* "0-3,6" */
	assert_int_equal(h.swap_bytes, 0);
}

static void hybrid_host_has_each_controller_on_one_side(void **state)
{
	struct host h = probe("hybrid");

	assert_int_equal(h.cgroup, CGROUP_HYBRID);
	assert_true(h.memory == 1 && h.cpu == 1 && h.pids == 2 && h.cpuset == 0 && h.io == 0);
	assert_false(h.swap_accounting); /* no memory.memsw.limit_in_bytes */
	assert_int_equal(h.cpus, 3);     /* from cpuinfo */
}

static void host_without_cgroups_has_none(void **state)
{
	struct host h = probe("none");

	assert_int_equal(h.cgroup, CGROUP_NONE);
	assert_false(h.memory || h.cpu || h.pids || h.kmsg || h.psi || h.ext4 || h.thp);
	assert_int_equal(h.cpus, 1);
	assert_int_equal(h.pid_max, 32768);
}

static void recorded_tree_is_not_written_to(void **state)
{
	char path[256], line[128] = "";
	FILE *f;

	probe("debian12-v2");
	snprintf(path, sizeof(path), "%s/host/debian12-v2/proc/pressure/memory",
		 getenv("HANGAR_TEST_DATA"));
	f = fopen(path, "re");
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	assert_string_equal(line, "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
}

static void place_without_proc_is_an_error(void **state)
{
	struct host h = { .cpus = 77 };

	assert_int_equal(host_probe("/nothing/here", &h), -ENOENT);
	assert_int_equal(h.cpus, 77);
}

static void this_machine_is_itself(void **state)
{
	struct utsname name;
	struct host h;

	assert_int_equal(host_probe("", &h), 0);
	assert_int_equal(uname(&name), 0);
	assert_string_equal(h.release, name.release);
	assert_string_equal(h.machine, name.machine);
	assert_int_equal(h.cpus, (unsigned int)sysconf(_SC_NPROCESSORS_ONLN));
	assert_true(h.memory_bytes > 1u << 20 && h.page_bytes >= 4096 && h.pid_max > 300);
	assert_int_equal(h.root_user, geteuid() == 0);
}

/* What glibc can do through a system call, the probe must find. */
static void system_calls_are_found_by_asking(void **state)
{
	struct host h;
	int fd;

	assert_int_equal(host_probe("", &h), 0);
	fd = memfd_create("hangar-test", 0);
	assert_int_equal(h.memfd, fd >= 0);
	if (fd >= 0)
		close(fd);
	if (h.clone3_cgroup)
		assert_true(h.pidfd && h.statx); /* 5.7 came after 5.3 and 4.11 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_root_without_all_capabilities_cannot_protect_from_the_oom_killer),
		cmocka_unit_test(el7_has_v1_controllers_and_no_pressure),
		cmocka_unit_test(modules_that_mounting_would_load_count),
		cmocka_unit_test(debian_has_v2_and_pressure),
		cmocka_unit_test(hybrid_host_has_each_controller_on_one_side),
		cmocka_unit_test(host_without_cgroups_has_none),
		cmocka_unit_test(recorded_tree_is_not_written_to),
		cmocka_unit_test(place_without_proc_is_an_error),
		cmocka_unit_test(this_machine_is_itself),
		cmocka_unit_test(system_calls_are_found_by_asking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
