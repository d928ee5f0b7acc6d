/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A real QEMU, and guests of a few instructions: a boot sector with a program behind it is all that
 * QEMU asks of a kernel of the oldest boot protocol. No kernel package, no privilege, a second
 * each.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tmpdir.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "vm/qemu/machine.h"

#define SURELY_US 60000000u
#define SECTOR 512
#define SETUP SECTOR /* entry of the setup code, CS:IP 9020:0000 */
#define KERNEL_BYTES (16 * SECTOR)
#define MEMORY (128ull << 20)

/* 16-bit code that ends by waiting for ever. */
#define WAIT 0xf4, 0xeb, 0xfd /* hlt; jmp -3 */
#define OUT(port, byte)                                                                            \
	0xba, (port)&0xff, (port) >> 8, 0xb0, (byte), 0xee /* mov dx; mov al; out dx, al */

static const unsigned char idles[] = { WAIT };
static const unsigned char speaks[] = { OUT(0x3f8, 'h'), OUT(0x3f8, 'i'), OUT(0x3f8, '\n'), WAIT };
static const unsigned char panics[] = { OUT(0x505, 1), WAIT };
static const unsigned char starves_its_watchdog[] = { OUT(0x443, 0x0f), WAIT };
static const unsigned char resets[] = { OUT(0x64, 0xfe), WAIT };

struct world {
	char *folder;
	char kernel[4200], errors[4200], console[4200];
	struct machine_spec spec;
	struct machine machine;
	struct qmp *qmp;
};

static void write_kernel(const char *path, const unsigned char *code, size_t size)
{
	unsigned char image[KERNEL_BYTES] = { 0 };

	memcpy(image + SETUP, code, size);
	assert_int_equal(textfile_replace_at(AT_FDCWD, path, (const char *)image, sizeof(image)),
			 0);
}

static int make_world(void **state)
{
	static struct world w;
	void *folder;

	memset(&w, 0, sizeof(w));
	if (tmpdir_make(&folder))
		return -1;
	w.folder = folder;
	snprintf(w.kernel, sizeof(w.kernel), "%s/kernel", w.folder);
	snprintf(w.errors, sizeof(w.errors), "%s/qemu.log", w.folder);
	snprintf(w.console, sizeof(w.console), "%s/console.log", w.folder);
	w.spec = (struct machine_spec){
		.kernel = w.kernel,
		.initrd_fd = -1,
		.cmdline = "",
		.memory_bytes = MEMORY,
		.cpus = 1,
		.console_fd = open(w.console, O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
		.errors_fd = open(w.errors, O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
		.vmcoreinfo = true,
		.pvpanic = true,
		.watchdog = true,
	};
	w.machine = (struct machine){ .qmp_fd = -1, .journal_fd = -1, .files_fd = -1 };
	*state = &w;
	return 0;
}

static int remove_world(void **state)
{
	struct world *w = *state;
	void *folder = w->folder;

	qmp_close(w->qmp);
	machine_stop(&w->machine, 0);
	close(w->spec.console_fd);
	close(w->spec.errors_fd);
	return tmpdir_remove(&folder);
}

static void start(struct world *w, const unsigned char *code, size_t size)
{
	struct diag d = { 0 };

	write_kernel(w->kernel, code, size);
	if (machine_start(&w->spec, &w->machine, &w->qmp, &d))
		fail_msg("%s", d.message);
}

static json_t *ask(struct world *w, const char *command, json_t *arguments)
{
	json_t *value = NULL;
	char why[256];

	if (qmp_call(w->qmp, command, arguments, SURELY_US, &value, why, sizeof(why)))
		fail_msg("%s", why);
	return value;
}

static void tell(struct world *w, const char *command, json_t *arguments)
{
	json_decref(ask(w, command, arguments));
}

static void is_status(struct world *w, const char *wanted)
{
	json_t *value = ask(w, "query-status", NULL);

	assert_string_equal(json_string_value(json_object_get(value, "status")), wanted);
	json_decref(value);
}

/* Wait for an event; what else comes is passed over. The caller's. */
static json_t *await(struct world *w, const char *name)
{
	uint64_t until = now_us() + SURELY_US;

	while (now_us() < until) {
		struct pollfd p = { .fd = w->machine.qmp_fd, .events = POLLIN };
		json_t *event = NULL;
		int r = qmp_event(w->qmp, &event);

		if (r < 0)
			fail_msg("QEMU ended before %s", name);
		if (r == 0)
			poll(&p, 1, 1000);
		else if (!strcmp(json_string_value(json_object_get(event, "event")), name))
			return event;
		json_decref(event);
	}
	fail_msg("no %s", name);
	return NULL;
}

static const char *member(const json_t *event, const char *name)
{
	const char *text = json_string_value(json_object_get(json_object_get(event, "data"), name));

	return text ? text : "";
}

static unsigned int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void a_guest_runs_stops_and_goes_on(void **state)
{
	struct world *w = *state;

	start(w, idles, sizeof(idles));
	is_status(w, "running");
	tell(w, "stop", NULL);
	is_status(w, "paused");
	tell(w, "cont", NULL);
	is_status(w, "running");
	json_decref(await(w, "STOP"));
	json_decref(await(w, "RESUME"));
	assert_false(machine_ended(&w->machine));
}

static void memory_is_dumped_whole(void **state)
{
	struct world *w = *state;
	char path[4200], protocol[4300], magic[4] = "";
	struct stat st;
	json_t *value;
	int fd;

	start(w, idles, sizeof(idles));
	snprintf(path, sizeof(path), "%s/core", w->folder);
	snprintf(protocol, sizeof(protocol), "file:%s", path);
	tell(w, "dump-guest-memory",
	     json_pack("{s:b, s:s, s:b}", "paging", 0, "protocol", protocol, "detach", 1));
	value = await(w, "DUMP_COMPLETED");
	assert_null(json_object_get(json_object_get(value, "data"), "error"));
	json_decref(value);
	json_decref(await(w, "RESUME")); /* it comes behind DUMP_COMPLETED */
	assert_int_equal(stat(path, &st), 0);
	assert_true((uint64_t)st.st_size >= MEMORY);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, magic, 4), 4);
	assert_memory_equal(magic, "\177ELF", 4);
	close(fd);
	is_status(w, "running");
}

static void a_dump_that_cannot_be_written_is_refused_in_qemus_words(void **state)
{
	struct world *w = *state;
	char why[256];

	start(w, idles, sizeof(idles));
	assert_int_equal(
		qmp_call(w->qmp, "dump-guest-memory",
			 json_pack("{s:b, s:s}", "paging", 0, "protocol", "file:/nowhere/core"),
			 SURELY_US, NULL, why, sizeof(why)),
		-EREMOTEIO);
	assert_non_null(strstr(why, "/nowhere/core"));
	is_status(w, "running");
}

static void the_console_is_appended(void **state)
{
	struct world *w = *state;
	uint64_t until = now_us() + SURELY_US;
	char text[256];

	assert_int_equal(write(w->spec.console_fd, "before\n", 7), 7);
	start(w, speaks, sizeof(speaks));
	while (textfile_read_at(AT_FDCWD, w->console, text, sizeof(text)) < 10 && now_us() < until)
		poll(NULL, 0, 5);
	assert_string_equal(text, "before\nhi\n");
}

static void a_panic_is_told_and_stops_nothing(void **state)
{
	struct world *w = *state;

	start(w, panics, sizeof(panics));
	json_decref(await(w, "GUEST_PANICKED"));
	is_status(w, "running");
}

static void a_watchdog_that_nobody_feeds_sends_an_nmi(void **state)
{
	struct world *w = *state;
	json_t *event;

	start(w, starves_its_watchdog, sizeof(starves_its_watchdog));
	event = await(w, "WATCHDOG");
	assert_string_equal(member(event, "action"), "inject-nmi");
	json_decref(event);
	is_status(w, "running");
}

static void a_reset_ends_it_unless_reboots_are_wanted(void **state)
{
	struct world *w = *state;
	json_t *event;

	start(w, resets, sizeof(resets));
	event = await(w, "SHUTDOWN");
	assert_string_equal(member(event, "reason"), "guest-reset");
	json_decref(event);
	w->qmp = qmp_close(w->qmp);
	machine_stop(&w->machine, SURELY_US);
	assert_int_equal(w->machine.exit_status, 0);

	w->spec.reboots = true;
	start(w, resets, sizeof(resets));
	json_decref(await(w, "RESET"));
	json_decref(await(w, "RESET"));
	assert_false(machine_ended(&w->machine));
}

static void a_killed_qemu_is_noticed(void **state)
{
	struct world *w = *state;
	struct pollfd p;
	json_t *event;
	char text[64];

	start(w, idles, sizeof(idles));
	kill(w->machine.pid, SIGKILL);
	assert_int_equal(qmp_call(w->qmp, "query-status", NULL, SURELY_US, NULL, NULL, 0), -EPIPE);
	assert_int_equal(qmp_event(w->qmp, &event), -EPIPE);
	p = (struct pollfd){ .fd = w->machine.files_fd, .events = POLLIN };
	assert_int_equal(poll(&p, 1, SURELY_US / 1000), 1);
	assert_true(p.revents & POLLHUP);
	while (!machine_ended(&w->machine))
		poll(NULL, 0, 1);
	assert_string_equal(machine_how_ended(&w->machine, text, sizeof(text)),
			    "was killed by signal 9 (Killed)");
}

static void a_refused_start_has_qemus_reason(void **state)
{
	static const struct {
		const char *option, *value, *said;
	} cases[] = {
		{ "-bogus", "1", "-bogus: invalid option" },
		{ "-device", "no-such-device", "no-such-device" },
		{ "-drive", "file=/nowhere/disk", "/nowhere/disk" },
		{ "-bios", "/nowhere/bios", "/nowhere/bios" },
	};
	struct world *w = *state;

	write_kernel(w->kernel, idles, sizeof(idles));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char option[32], value[64], *extra[] = { option, value, NULL };
		struct diag d = { 0 };

		snprintf(option, sizeof(option), "%s", cases[i].option);
		snprintf(value, sizeof(value), "%s", cases[i].value);
		w->spec.extra = extra;
		assert_int_equal(machine_start(&w->spec, &w->machine, &w->qmp, &d), -ECHILD);
		assert_non_null(strstr(d.message, cases[i].said));
		w->spec.extra = NULL;
	}
	w->spec.kernel = "/nowhere/kernel";
	for (struct diag d = { 0 }; !d.message[0];) {
		assert_int_equal(machine_start(&w->spec, &w->machine, &w->qmp, &d), -ECHILD);
		assert_non_null(strstr(d.message, "/nowhere/kernel"));
	}
}

static void more_memory_than_there_can_be_is_a_refusal(void **state)
{
	struct world *w = *state;
	struct diag d = { 0 };

	write_kernel(w->kernel, idles, sizeof(idles));
	w->spec.memory_bytes = 1ull << 40;
	if (!machine_start(&w->spec, &w->machine, &w->qmp, &d))
		skip(); /* a host that promises anybody anything */
	assert_non_null(strstr(d.message, "memory"));
}

static void nothing_is_left_open(void **state)
{
	struct world *w = *state;
	unsigned int before = open_files();

	for (int i = 0; i < 3; i++) {
		start(w, idles, sizeof(idles));
		w->qmp = qmp_close(w->qmp);
		machine_stop(&w->machine, i ? SURELY_US : 0);
	}
	assert_int_equal(open_files(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* An orphan becomes ours, so its end can be waited for. */
static void qemu_dies_with_a_parent_that_was_killed(void **state)
{
	struct world *w = *state;
	pid_t parent, orphan;
	int status;

	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	parent = fork();
	if (!parent) {
		start(w, idles, sizeof(idles));
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(WIFSIGNALED(status));
	orphan = waitpid(-1, &status, 0);
	assert_true(orphan > 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, remove_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_WORLD(a_guest_runs_stops_and_goes_on),
		IN_A_WORLD(memory_is_dumped_whole),
		IN_A_WORLD(a_dump_that_cannot_be_written_is_refused_in_qemus_words),
		IN_A_WORLD(the_console_is_appended),
		IN_A_WORLD(a_panic_is_told_and_stops_nothing),
		IN_A_WORLD(a_watchdog_that_nobody_feeds_sends_an_nmi),
		IN_A_WORLD(a_reset_ends_it_unless_reboots_are_wanted),
		IN_A_WORLD(a_killed_qemu_is_noticed),
		IN_A_WORLD(a_refused_start_has_qemus_reason),
		IN_A_WORLD(more_memory_than_there_can_be_is_a_refusal),
		IN_A_WORLD(nothing_is_left_open),
		IN_A_WORLD(qemu_dies_with_a_parent_that_was_killed),
	};
	unsigned int version[2];
	struct diag d = { 0 };
	char path[4096];

	if (machine_probe(path, version, &d)) {
		printf("1..0 # SKIP %s\n", d.message);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
