/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's command line, and its life, played by shell scripts that speak as QEMU does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/textfile.h"
#include "program_maker.h"
#include "tmpdir.h"
#include "vm/qemu/accel.h"
#include "vm/qemu/machine.h"

#define SURELY_US 10000000u

static const unsigned int recent[2] = { 10, 0 };

static const struct machine_spec plain = { .kernel = "/boot/vmlinuz",
					   .initrd_fd = -1,
					   .cmdline = "quiet",
					   .memory_bytes = 1ull << 30,
					   .cpus = 2,
					   .console_fd = -1,
					   .errors_fd = -1 };

/* All arguments, each with a blank around it. */
static void line_of(const struct machine_spec *s, char *buf, size_t size)
{
	struct diag d = { 0 };
	char **argv = NULL;
	size_t n = 0;

	assert_int_equal(machine_arguments(s, "qemu", recent, &argv, &d), 0);
	n += (size_t)snprintf(buf, size, " ");
	for (char **a = argv; *a; a++)
		n += (size_t)snprintf(buf + n, size - n, "%s ", *a);
	assert_true(n < size);
	machine_arguments_free(argv);
}

static void assert_has(const char *line, const char *part)
{
	if (!strstr(line, part))
		fail_msg("no \"%s\" in%s", part, line);
}

static void assert_has_not(const char *line, const char *part)
{
	if (strstr(line, part))
		fail_msg("there is \"%s\" in%s", part, line);
}

static void arguments_of_a_plain_guest_name_no_device_that_was_not_asked_for(void **state)
{
	char line[8192];

	line_of(&plain, line, sizeof(line));
	assert_has(line, " -nodefaults ");
	assert_has(line, " -display none ");
	assert_has(line, " -no-reboot ");
	assert_has(line, " -accel tcg,thread=multi -cpu max,la57=off,erms=off,fsrm=off ");
	assert_has(line, " -m 1024M ");
	assert_has(line, " -smp 2 ");
	assert_has(line, " -kernel /boot/vmlinuz -append quiet ");
	assert_has(line, " -chardev socket,id=qmp,fd=5 -mon chardev=qmp,mode=control ");
	assert_has(line, " -device virtserialport,chardev=journal,name=hangar.journal ");
	assert_has(line, " -device virtserialport,chardev=files,name=hangar.files ");
	assert_has(line, " -chardev null,id=console ");
	for (size_t i = 0; i < 6; i++)
		assert_has_not(line, (const char *const[]){ "-initrd", "vmcoreinfo", "pvpanic",
							    "ib700", "virtio-blk", "-action" }[i]);
}

static void assert_accel(bool kvm, unsigned int major, unsigned int minor, const char *accel)
{
	const unsigned int version[2] = { major, minor };
	struct machine_spec s = plain;
	char line[8192] = " ";
	struct diag d = { 0 };
	char **argv = NULL;

	s.kvm = kvm;
	assert_int_equal(machine_arguments(&s, "qemu", version, &argv, &d), 0);
	for (char **a = argv; *a && strcmp(*a, "-smp") != 0; a++) {
		strcat(line, *a);
		strcat(line, " ");
	}
	assert_has(line, accel);
	machine_arguments_free(argv);
}

static void an_old_qemu_gives_no_cmpxchg16b_and_one_cpu_at_a_time(void **state)
{
	static const char cpu[] = " -cpu max,la57=off,erms=off,fsrm=off";
	char old[128], newer[128], recent_one[128];

	snprintf(old, sizeof(old), " -accel tcg,thread=single%s,cx16=off ", cpu);
	snprintf(newer, sizeof(newer), " -accel tcg,thread=single%s ", cpu);
	snprintf(recent_one, sizeof(recent_one), " -accel tcg,thread=multi%s ", cpu);
	assert_accel(false, 6, 0, old);
	assert_accel(false, 7, 2, old);
	assert_accel(false, 8, 0, newer);
	assert_accel(false, 9, 2, newer);
	assert_accel(false, 10, 0, recent_one);
	assert_accel(false, 11, 1, recent_one);
	assert_accel(true, 7, 2, " -accel kvm -cpu host ");
}

static void arguments_of_a_full_guest_name_everything(void **state)
{
	char *extra[] = { (char[]){ "-rtc" }, (char[]){ "base=utc" }, NULL };
	struct machine_spec s = plain;
	char line[8192];

	s.kvm = s.vmcoreinfo = s.pvpanic = s.watchdog = s.reboots = true;
	s.initrd_fd = 40;
	s.console_fd = 50;
	s.cmdline = NULL;
	s.extra = extra;
	s.n_disks = 2;
	s.disks[0] = (struct machine_disk){ "/run/a,b.img", "hangar-scratch", "none", false };
	s.disks[1] = (struct machine_disk){ "nbd:cargo", "hangar-cargo", NULL, true };
	line_of(&s, line, sizeof(line));
	assert_has_not(line, "-no-reboot");
	assert_has(line, " -accel kvm -cpu host ");
	assert_has(line, " -initrd /dev/fd/3 -append " DEFAULT_CMDLINE_KVM " ");
	assert_has(line, " -chardev file,id=console,path=/dev/fd/4,append=on ");
	assert_has(line, "cache=none,readonly=off,file=/run/a,,b.img "
			 "-device virtio-blk-pci,drive=disk0,serial=hangar-scratch ");
	assert_has(line, "cache=unsafe,readonly=on,file=./nbd:cargo "
			 "-device virtio-blk-pci,drive=disk1,serial=hangar-cargo ");
	assert_has(line, " -device vmcoreinfo ");
	assert_has(line, " -device pvpanic -device pvpanic-pci -action panic=none ");
	assert_has(line, " -device ib700 -action watchdog=inject-nmi ");
	assert_has(line, " -rtc base=utc ");
}

static void arguments_refuse_what_no_guest_can_have(void **state)
{
	static const struct {
		uint64_t memory;
		unsigned int cpus, n_disks;
		const char *kernel;
		struct machine_disk disk;
		const char *said;
	} cases[] = {
		{ 127u << 20, 1, 0, "/k", { 0 }, "memory of the guest" },
		{ (128u << 20) + 1, 1, 0, "/k", { 0 }, "memory of the guest" },
		{ 0, 1, 0, "/k", { 0 }, "memory of the guest" },
		{ 1ull << 41, 1, 0, "/k", { 0 }, "memory of the guest" },
		{ 128u << 20, 0, 0, "/k", { 0 }, "CPUs of the guest: 0" },
		{ 128u << 20, 256, 0, "/k", { 0 }, "CPUs of the guest: 256" },
		{ 128u << 20, 1, 0, NULL, { 0 }, "no kernel" },
		{ 128u << 20, 1, 0, "", { 0 }, "no kernel" },
		{ 128u << 20, 1, 9, "/k", { 0 }, "9 disks" },
		{ 128u << 20, 1, 1, "/k", { 0 }, "no file" },
		{ 128u << 20, 1, 1, "/k", { "/d", NULL }, "serial" },
		{ 128u << 20, 1, 1, "/k", { "/d", "twenty-one-characters" }, "serial" },
		{ 128u << 20, 1, 1, "/k", { "/d", "a,b" }, "serial" },
		{ 128u << 20, 1, 1, "/k", { "/d", "s", "fast" }, "cache \"fast\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct machine_spec s = plain;
		struct diag d = { 0 };
		char **argv = NULL;

		s.memory_bytes = cases[i].memory;
		s.cpus = cases[i].cpus;
		s.n_disks = cases[i].n_disks;
		s.kernel = cases[i].kernel;
		s.disks[0] = cases[i].disk;
		assert_int_equal(machine_arguments(&s, "qemu", recent, &argv, &d), -EINVAL);
		assert_null(argv);
		assert_has(d.message, cases[i].said);
	}
}

#define SPEAKS_LIKE_QEMU "[ \"$1\" = --version ] && { echo QEMU emulator version 7.2; exit; }\n"
#define GREETS                                                                                     \
	SPEAKS_LIKE_QEMU "echo '{\"QMP\": {}}' >&5\nread line <&5\n"                               \
			 "echo '{\"return\": {}, \"id\": 1}' >&5\n"

static int start(void **state, const char *script, const struct machine_spec *s, struct machine *m,
		 struct qmp **q, struct diag *d)
{
	memset(d, 0, sizeof(*d));
	make_program(*state, "qemu-system-x86_64", script);
	return machine_start(s, m, q, d);
}

static void start_waits_for_the_first_answer(void **state)
{
	struct machine m;
	struct diag d;
	struct qmp *q;
	char text[64];

	assert_int_equal(
		start(state, GREETS "read more <&5; printf bye >&6; exit 7", &plain, &m, &q, &d),
		0);
	assert_false(machine_ended(&m));
	assert_string_equal(machine_how_ended(&m, text, sizeof(text)), "is running");
	assert_int_equal(qmp_call(q, "quit", NULL, SURELY_US, NULL, NULL, 0), -EPIPE);
	while (!machine_ended(&m))
		;
	assert_string_equal(machine_how_ended(&m, text, sizeof(text)), "ended with exit code 7");
	assert_int_equal(read(m.journal_fd, text, sizeof(text)), 3);
	qmp_close(q);
	machine_stop(&m, SURELY_US);
	machine_stop(&m, SURELY_US);
	assert_int_equal(m.qmp_fd, -1);
}

static void start_tells_the_last_words_of_one_that_ends_at_once(void **state)
{
	static const struct {
		const char *script, *said;
	} cases[] = {
		{ SPEAKS_LIKE_QEMU "echo 'qemu: bad option' >&2; exit 1",
		  "QEMU did not start: qemu: bad option" },
		{ SPEAKS_LIKE_QEMU "printf 'first\\n\\nlast, unended' >&2; exit 1",
		  "QEMU did not start: last, unended" },
		{ SPEAKS_LIKE_QEMU "printf 'last\\r\\n\\n' >&2; exit 1",
		  "QEMU did not start: last" },
		{ SPEAKS_LIKE_QEMU "exit 3",
		  "QEMU did not start: it ended with exit code 3, without a word" },
		{ SPEAKS_LIKE_QEMU "kill -9 $$",
		  "QEMU did not start: it was killed by signal 9 (Killed), without a word" },
		{ SPEAKS_LIKE_QEMU "echo '{\"QMP\": {}}' >&5; echo no such kernel >&2; exit 1",
		  "QEMU did not start: no such kernel" },
		{ SPEAKS_LIKE_QEMU "yes far too long | head -c 100000 | tr '\\n' ' ' >&2; exit 1",
		  "far too long" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct machine m = { 0 };
		struct qmp *q = NULL;
		struct diag d;

		assert_int_equal(start(state, cases[i].script, &plain, &m, &q, &d), -ECHILD);
		assert_has(d.message, cases[i].said);
		assert_null(q);
		assert_int_equal(m.pid, 0);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
}

static void start_leaves_earlier_words_in_the_log_alone(void **state)
{
	struct machine_spec s = plain;
	struct machine m;
	struct diag d;
	struct qmp *q;
	char path[4200], text[256];

	snprintf(path, sizeof(path), "%s/qemu.log", (char *)*state);
	s.errors_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	assert_int_equal(write(s.errors_fd, "of an earlier one\n", 18), 18);
	assert_int_equal(start(state, SPEAKS_LIKE_QEMU "exit 1", &s, &m, &q, &d), -ECHILD);
	assert_has(d.message, "without a word");
	assert_int_equal(start(state, SPEAKS_LIKE_QEMU "echo mine >&2; exit 1", &s, &m, &q, &d),
			 -ECHILD);
	assert_string_equal(d.message, "QEMU did not start: mine");
	assert_true(textfile_read_at(AT_FDCWD, path, text, sizeof(text)) > 0);
	assert_string_equal(text, "of an earlier one\nmine\n");
	close(s.errors_fd);
}

static void start_refuses_a_peer_that_is_no_qmp(void **state)
{
	struct machine m;
	struct diag d;
	struct qmp *q;

	assert_int_equal(
		start(state, SPEAKS_LIKE_QEMU "echo hello >&5; read line <&5", &plain, &m, &q, &d),
		-EPROTO);
	assert_has(d.message, "QMP socket");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void qemu_inherits_what_it_needs_and_nothing_else(void **state)
{
	int leak = open("/dev/null", O_RDONLY), high = fcntl(leak, F_DUPFD, 500);
	struct machine_spec s = plain;
	struct machine m;
	struct diag d;
	struct qmp *q;
	char path[4200], text[512];

	s.initrd_fd = memfd_create("initrd", MFD_CLOEXEC);
	snprintf(path, sizeof(path), "%s/console", (char *)*state);
	s.console_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(write(s.initrd_fd, "pieces", 6), 6);
	assert_int_equal(start(state,
			       GREETS "cat /dev/fd/3 >>/dev/fd/4\n"
				      "ls -m /proc/self/fd >>/dev/fd/4\n"
				      "cut -d' ' -f1,6 /proc/$$/stat >>/dev/fd/4\n"
				      "grep SigBlk /proc/self/status >>/dev/fd/4\n"
				      "echo $$ >>/dev/fd/4; echo x >&6; read line <&5",
			       &s, &m, &q, &d),
			 0);
	while (read(m.journal_fd, text, 1) < 0 && errno == EAGAIN)
		;
	assert_true(textfile_read_at(AT_FDCWD, path, text, sizeof(text)) > 0);
	/* 8: what ls itself has opened */
	assert_has(text, "pieces0, 1, 2, 3, 4, 5, 6, 7, 8\n");
	snprintf(path, sizeof(path), "\n%d %d\n", (int)m.pid, (int)m.pid);
	assert_has(text, path); /* a session of its own */
	assert_has(text, "SigBlk:\t0000000000000000\n");
	qmp_close(q);
	machine_stop(&m, SURELY_US);
	close(s.initrd_fd);
	close(s.console_fd);
	close(leak);
	close(high);
}

static void stop_kills_one_that_ignores_the_asking(void **state)
{
	struct machine m;
	struct diag d;
	struct qmp *q;
	char text[64];

	assert_int_equal(start(state,
			       GREETS "trap '' TERM; echo x >&6; while :; do read x <&5; done",
			       &plain, &m, &q, &d),
			 0);
	while (read(m.journal_fd, text, 1) < 0 && errno == EAGAIN)
		;
	qmp_close(q);
	machine_stop(&m, 20000);
	assert_int_equal(m.pid, 0);
	assert_string_equal(machine_how_ended(&m, text, sizeof(text)),
			    "was killed by signal 9 (Killed)");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void stop_asks_first(void **state)
{
	struct machine m;
	struct diag d;
	struct qmp *q;
	char text[64];

	assert_int_equal(start(state, GREETS "read x <&5", &plain, &m, &q, &d), 0);
	machine_stop(&m, SURELY_US);
	qmp_close(q);
	assert_string_equal(machine_how_ended(&m, text, sizeof(text)),
			    "was killed by signal 15 (Terminated)");
}

/* Orphans become ours, so their end can be waited for. */
static void qemu_dies_with_a_parent_that_was_killed(void **state)
{
	int status;
	pid_t parent, orphan;

	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	parent = fork();
	if (!parent) {
		struct machine m;
		struct diag d;
		struct qmp *q;

		if (start(state, GREETS "trap '' TERM; while :; do read x <&5; done", &plain, &m,
			  &q, &d))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	orphan = waitpid(-1, &status, 0);
	assert_true(orphan > 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

static void pace_is_the_boot_over_the_usual_one(void **state)
{
	static const struct {
		uint64_t boot_us;
		double factor;
	} cases[] = { { 0, 1 },          { 900000, 1 },    { 3000000, 1 },    { 6000000, 2 },
		      { 13500000, 4.5 }, { 60000000, 20 }, { UINT64_MAX, 20 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(pace_factor(cases[i].boot_us) == cases[i].factor);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_of_a_plain_guest_name_no_device_that_was_not_asked_for),
		cmocka_unit_test(an_old_qemu_gives_no_cmpxchg16b_and_one_cpu_at_a_time),
		cmocka_unit_test(arguments_of_a_full_guest_name_everything),
		cmocka_unit_test(arguments_refuse_what_no_guest_can_have),
		IN_A_FOLDER(start_waits_for_the_first_answer),
		IN_A_FOLDER(start_tells_the_last_words_of_one_that_ends_at_once),
		IN_A_FOLDER(start_leaves_earlier_words_in_the_log_alone),
		IN_A_FOLDER(start_refuses_a_peer_that_is_no_qmp),
		IN_A_FOLDER(qemu_inherits_what_it_needs_and_nothing_else),
		IN_A_FOLDER(stop_kills_one_that_ignores_the_asking),
		IN_A_FOLDER(stop_asks_first),
		IN_A_FOLDER(qemu_dies_with_a_parent_that_was_killed),
		cmocka_unit_test(pace_is_the_boot_over_the_usual_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
