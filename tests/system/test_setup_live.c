/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scratch file systems, hanging unmounts, and cleaning up after a runner that was killed. As root.
 */
#include "rig.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "setup/scratch_device.h"
#include "setup/unmount.h"

#define MIB (1024ull * 1024)

static char told[16384];

static void say(const char *line)
{
	strncat(told, line, sizeof(told) - strlen(told) - 2);
	strcat(told, "\n");
}

static int command(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static int command(const char *fmt, ...)
{
	char text[8300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return system(text);
}

static void scratch(enum scratch_on on, const char *filesystem, uint64_t size)
{
	rig.scenario.scratch = (struct scratch_spec){ .on = on, .size_bytes = size };
	memcpy(&rig.scenario.scratch.filesystem, &filesystem, sizeof(filesystem));
}

static void make_scratch(void)
{
	struct diag d = { 0 };

	if (scratch_make(&rig.scenario, &rig.dir, rig.undo, false, rig.plan.scratch_dir, &d))
		fail_msg("%s", d.message);
}

static bool has_loop(const char *file)
{
	return !command("losetup -j '%s' | grep -q .", file);
}

static void mounted_and_gone_again(const char *filesystem, uint64_t size)
{
	char image[4200];

	told[0] = '\0';
	scratch(SCRATCH_LOOP, filesystem, size);
	rig.scenario.scratch.mount = (char[]){ "noatime" };
	make_scratch();
	assert_true(is_mounted(rig.plan.scratch_dir));
	assert_int_equal(command("findmnt -n -t %s -O noatime '%s' >/dev/null", filesystem,
				 rig.plan.scratch_dir),
			 0);
	assert_int_equal(command("echo x > '%s/x'", rig.plan.scratch_dir), 0);
	snprintf(image, sizeof(image), "%s/scratch.img", rig.dir.path);
	assert_true(has_loop(image));
	assert_int_equal(undo_all(rig.undo, say), 0);
	assert_false(is_mounted(rig.plan.scratch_dir));
	assert_false(rig_exists(rig.plan.scratch_dir));
	assert_false(rig_exists(image));
	assert_false(has_loop(image));
	assert_non_null(strstr(told, "unmounted"));
}

static void ext4_on_a_loop_file_comes_and_goes(void **state)
{
	mounted_and_gone_again("ext4", 32 * MIB);
}

static void xfs_on_a_loop_file_comes_and_goes(void **state)
{
	mounted_and_gone_again("xfs", 320 * MIB); /* mkfs.xfs makes none below 300 MiB */
}

static void mkfs_has_its_own_words_in_the_error(void **state)
{
	char *args[] = { (char[]){ "-I" }, (char[]){ "77" }, NULL };
	struct diag d = { 0 };

	scratch(SCRATCH_LOOP, "ext4", 16 * MIB);
	rig.scenario.scratch.mkfs = args;
	assert_int_equal(
		scratch_make(&rig.scenario, &rig.dir, rig.undo, false, rig.plan.scratch_dir, &d),
		-EIO);
	assert_non_null(strstr(d.message, "mkfs.ext4"));
	assert_non_null(strstr(d.message, "inode size"));
}

static void mount_options_that_the_kernel_refuses_are_told(void **state)
{
	struct diag d = { 0 };

	scratch(SCRATCH_LOOP, "ext4", 16 * MIB);
	rig.scenario.scratch.mount = (char[]){ "data=nonsense" };
	assert_true(scratch_make(&rig.scenario, &rig.dir, rig.undo, false, rig.plan.scratch_dir,
				 &d) < 0);
	assert_non_null(strstr(d.message, "cannot mount"));
	assert_int_equal(undo_all(rig.undo, NULL), 0);
}

static void no_room_for_the_loop_file_is_told_before_anything_runs(void **state)
{
	struct diag d = { 0 };

	scratch(SCRATCH_LOOP, "ext4", 1ull << 45);
	assert_true(scratch_make(&rig.scenario, &rig.dir, rig.undo, false, rig.plan.scratch_dir,
				 &d) < 0);
	assert_non_null(strstr(d.message, "no room"));
}

static void a_given_folder_gets_a_private_one_inside(void **state)
{
	char where[128];

	snprintf(where, sizeof(where), "%s/given", rig.state_home);
	assert_int_equal(command("mkdir '%s' && echo x > '%s/precious'", where, where), 0);
	rig.scenario.scratch = (struct scratch_spec){ .on = SCRATCH_DIRECTORY, .where = where };
	make_scratch();
	assert_non_null(strstr(rig.plan.scratch_dir, "/given/hangar-"));
	assert_int_equal(command("mkdir -p '%s/a/b' && echo x > '%s/a/b/c'", rig.plan.scratch_dir,
				 rig.plan.scratch_dir),
			 0);
	assert_int_equal(undo_all(rig.undo, NULL), 0);
	assert_false(rig_exists(rig.plan.scratch_dir));
	assert_int_equal(command("test -f '%s/precious'", where), 0);
}

/* A loop device of our own stands for a disk; its name in @device. */
static void attach(const char *image, char *device, size_t size)
{
	char text[600];
	FILE *f;

	snprintf(text, sizeof(text), "losetup -f --show '%s'", image);
	f = popen(text, "r");
	assert_non_null(f);
	assert_non_null(fgets(device, (int)size, f));
	assert_int_equal(pclose(f), 0);
	device[strcspn(device, "\n")] = '\0';
}

/* A DOS partition table with one Linux partition, by hand: sfdisk is not everywhere. */
static void partition(const char *device)
{
	static const unsigned char entry[16] = { [4] = 0x83, [9] = 0x08, [13] = 0x10 };
	unsigned char sector[512] = { 0 };
	_cleanup_close_ int fd = open(device, O_WRONLY | O_CLOEXEC);

	memcpy(sector + 446, entry, sizeof(entry));
	sector[510] = 0x55;
	sector[511] = 0xaa;
	assert_int_equal(write(fd, sector, sizeof(sector)), sizeof(sector));
	assert_int_equal(fsync(fd), 0);
}

static void a_device_with_somebodys_data_is_not_formatted(void **state)
{
	char image[128], device[64];
	struct diag d = { 0 };

	snprintf(image, sizeof(image), "%s/disk.img", rig.state_home);
	assert_int_equal(command("truncate -s 32M '%s'", image), 0);
	attach(image, device, sizeof(device));
	assert_int_equal(scratch_device_check(device, false, &d), 0); /* blank */
	assert_int_equal(command("mkfs.ext4 -q -F -L precious %s", device), 0);
	assert_int_equal(scratch_device_check(device, false, &d), -EEXIST);
	assert_non_null(strstr(d.message, "ext4"));
	assert_non_null(strstr(d.message, "precious"));
	assert_int_equal(scratch_device_check(device, true, NULL), 0); /* forced */
	assert_int_equal(command("mkfs.ext4 -q -F -L hangar %s", device), 0);
	assert_int_equal(scratch_device_check(device, false, NULL), 0); /* our own */
	assert_int_equal(command("wipefs -qa %s 2>/dev/null", device), 0);
	partition(device);
	assert_int_equal(scratch_device_check(device, false, NULL), -EEXIST);
	assert_int_equal(scratch_device_check("/dev/null", true, NULL), -ENOTBLK);
	assert_int_equal(command("wipefs -qa %s && losetup -d %s", device, device), 0);
}

static void a_device_in_use_is_not_formatted_even_by_force(void **state)
{
	char image[128], device[64];
	struct diag d = { 0 };

	snprintf(image, sizeof(image), "%s/disk.img", rig.state_home);
	assert_int_equal(command("truncate -s 32M '%s'", image), 0);
	attach(image, device, sizeof(device));
	rig.scenario.scratch = (struct scratch_spec){ .on = SCRATCH_DEVICE,
						      .where = device,
						      .size_bytes = UNSET,
						      .filesystem = (char[]){ "ext4" } };
	make_scratch();
	assert_int_equal(scratch_device_check(device, true, &d), -EBUSY);
	assert_int_equal(undo_all(rig.undo, NULL), 0);
	assert_int_equal(command("losetup -d %s", device), 0);
}

static void a_busy_mount_is_waited_for_and_then_taken_away_lazily(void **state)
{
	uint64_t began;
	int fd;

	scratch(SCRATCH_LOOP, "ext4", 16 * MIB);
	make_scratch();
	fd = open(rig.plan.scratch_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	began = now_us();
	assert_int_equal(unmount_within(rig.plan.scratch_dir, 300000), UNMOUNT_LAZY);
	assert_true(now_us() - began >= 300000 && now_us() - began < 3000000);
	assert_false(is_mounted(rig.plan.scratch_dir));
	close(fd);
	assert_int_equal(undo_all(rig.undo, NULL), 0);
}

static void a_frozen_file_system_is_thawed_and_unmounted(void **state)
{
	_cleanup_close_ int fd = -1;

	scratch(SCRATCH_LOOP, "ext4", 16 * MIB);
	make_scratch();
	fd = open(rig.plan.scratch_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(ioctl(fd, FIFREEZE, 0), 0);
	fd = close_fd(fd);
	assert_int_equal(unmount_within(rig.plan.scratch_dir, 2000000), UNMOUNT_DONE);
	assert_int_equal(undo_all(rig.undo, NULL), 0);
}

/* A sysctl that matters to nobody for a second: how often vmstat counters are folded. */
#define HARMLESS "/proc/sys/vm/stat_interval"

/* What a runner does up to the storm; it is killed somewhere on the way. */
static void doomed_runner(const char *state_home, int ready_fd)
{
	struct setting setting = { .path = (char[]){ HARMLESS }, .value = (char[]){ "2" } };

	setenv("HANGAR_STATE_HOME", state_home, 1);
	if (rundir_create(&rig.dir, NULL, "doomed") || undo_open(&rig.dir, &rig.undo))
		_exit(1);
	rig.scenario.settings = &setting;
	rig.scenario.n_settings = 1;
	scratch(SCRATCH_LOOP, "ext4", 16 * MIB);
	rig_group("victims", -1)->knobs[KNOB_MEMORY] = 32 * MIB;
	rig_add(1, "sleep 61 & sleep 62 & wait");
	rig_add(0, "cd . && exec sleep 63 > file");
	if (settings_apply(&rig.scenario, &rig.host, rig.undo, NULL) ||
	    scratch_make(&rig.scenario, &rig.dir, rig.undo, false, rig.plan.scratch_dir, NULL) ||
	    cgroup_tree_make(&rig.plan, &rig.host, rig.dir.id, rig.undo, &rig.tree, NULL) ||
	    launcher_open(&rig.plan, rig.tree, &rig.dir, NULL, &rig.l, NULL) ||
	    launcher_spawn_phase(rig.l, 0, NULL))
		_exit(1);
	if (write(ready_fd, "r", 1) < 0)
		_exit(1);
	for (;;)
		pause();
}

static bool anything_left(const char *state_home)
{
	return !command("{ grep -q '%s' /proc/self/mountinfo || losetup | grep -q '%s' || "
			"ls -d /sys/fs/cgroup/memory/hangar/*-doomed-* || "
			"ls '%s'/runs/*-doomed-*/scratch* || "
			"pgrep -x -f 'sleep 6[123]'; } 2>/dev/null",
			state_home, state_home, state_home);
}

/* Kill it after @delay_us, or when all is up (UINT64_MAX). True when it was up. */
static bool kill_runner(const char *state_home, uint64_t delay_us)
{
	int ends[2], n = 0;
	pid_t pid;
	char c;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		close(ends[0]);
		rig.undo = NULL;
		doomed_runner(state_home, ends[1]);
	}
	close(ends[1]);
	if (delay_us != UINT64_MAX)
		usleep((useconds_t)delay_us);
	else
		n = (int)read(ends[0], &c, 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ends[0]);
	return n == 1;
}

static void clean_restores_all_after_a_sigkill(void **state)
{
	char before[256];
	char *args[] = { (char[]){ "clean" }, NULL };

	told[0] = '\0';
	snprintf(before, sizeof(before), "%s", rig_read(HARMLESS));
	assert_true(kill_runner(rig.state_home, UINT64_MAX));
	assert_string_equal(rig_read(HARMLESS), "2\n");
	assert_true(anything_left(rig.state_home)); /* or the rest would prove nothing */
	assert_int_equal(clean_runs(NULL, say), 0);
	assert_false(anything_left(rig.state_home));
	assert_string_equal(rig_read(HARMLESS), before);
	assert_non_null(strstr(told, "restored " HARMLESS));
	assert_non_null(strstr(told, "removed the cgroup"));
	assert_non_null(strstr(told, "left alone")); /* our own run, which lives */
	assert_int_equal(clean_main(1, args), 0);
}

static void clean_restores_all_whenever_the_sigkill_came(void **state)
{
	const char *asked = getenv("HANGAR_KILLS");
	int kills = asked ? atoi(asked) : 20;
	char before[256];

	snprintf(before, sizeof(before), "%s", rig_read(HARMLESS));
	srandom(20);
	for (int i = 0; i < kills; i++) {
		uint64_t delay = (uint64_t)random() % 120000;

		told[0] = '\0';
		kill_runner(rig.state_home, delay);
		if (clean_runs(NULL, say) || anything_left(rig.state_home) ||
		    strcmp(rig_read(HARMLESS), before))
			fail_msg("killed after %llu us: something is left\n%s",
				 (unsigned long long)delay, told);
	}
}

static void clean_refuses_bad_usage_and_names_what_it_cannot_find(void **state)
{
	char *bad[] = { (char[]){ "clean" }, (char[]){ "--nonsense" }, NULL };
	char *gone[] = { (char[]){ "clean" }, (char[]){ "/nonexistent/run" }, NULL };
	char *help[] = { (char[]){ "clean" }, (char[]){ "--help" }, NULL };

	assert_int_equal(clean_main(2, bad), 128);
	assert_int_equal(clean_main(2, gone), 128);
	assert_int_equal(clean_main(2, help), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_open, rig_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ext4_on_a_loop_file_comes_and_goes),
		TEST(xfs_on_a_loop_file_comes_and_goes),
		TEST(mkfs_has_its_own_words_in_the_error),
		TEST(mount_options_that_the_kernel_refuses_are_told),
		TEST(no_room_for_the_loop_file_is_told_before_anything_runs),
		TEST(a_given_folder_gets_a_private_one_inside),
		TEST(a_device_with_somebodys_data_is_not_formatted),
		TEST(a_device_in_use_is_not_formatted_even_by_force),
		TEST(a_busy_mount_is_waited_for_and_then_taken_away_lazily),
		TEST(a_frozen_file_system_is_thawed_and_unmounted),
		TEST(clean_restores_all_after_a_sigkill),
		TEST(clean_restores_all_whenever_the_sigkill_came),
		TEST(clean_refuses_bad_usage_and_names_what_it_cannot_find),
	};

	if (geteuid() != 0 || !rig_exists("/dev/loop-control") ||
	    !rig_exists("/sys/fs/cgroup/memory/memory.limit_in_bytes")) {
		fprintf(stderr, "SKIP: needs root, loop devices and the v1 memory controller\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
