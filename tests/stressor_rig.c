/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The built programs are found by HANGAR_BUILT_STRESSORS, which the build sets. */
#include "stressor_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

const char *const rig_stressors[] = {
	"alloc",        "alloc-and-write", "command",      "creat-storm", "fork-exit",
	"fragment",     "freeze",          "fsync-writer", "high-order",  "itimer",
	"kernel-fault", "log-flood",       "memcg-churn",  "page-cache",  "sg-ioctl",
	"swap-churn",   "thin-disk",       "thp-churn",    NULL,
};

void rig_open(struct rig *r, uint32_t slots)
{
	r->fd = (int)syscall(SYS_memfd_create, "slots", 0);
	assert_true(r->fd >= 0);
	assert_int_equal(ftruncate(r->fd, (off_t)slots_bytes(slots)), 0);
	r->header = mmap(NULL, slots_bytes(slots), PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	assert_ptr_not_equal(r->header, MAP_FAILED);
	r->header->magic = SLOTS_MAGIC;
	r->header->version = SLOTS_VERSION;
	r->header->count = slots;
	strcpy(r->dir, "/tmp/hangar-test-XXXXXX");
	assert_non_null(mkdtemp(r->dir));
}

void rig_close(struct rig *r)
{
	munmap(r->header, slots_bytes(r->header->count));
	close(r->fd);
	assert_int_equal(rmdir(r->dir), 0);
}

void rig_enter_slot(const struct rig *r, uint32_t index, pid_t parent)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", r->fd);
	setenv(SLOTS_ENV_FD, text, 1);
	snprintf(text, sizeof(text), "%u", index);
	setenv(SLOTS_ENV_INDEX, text, 1);
	snprintf(text, sizeof(text), "%d", (int)parent);
	if (parent)
		setenv(SLOTS_ENV_PARENT, text, 1);
}

void rig_exec(const char *const argv[])
{
	const char *folder = getenv("HANGAR_BUILT_STRESSORS");
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "stressors", argv[0]);
	execv(path, (char *const *)(uintptr_t)argv);
	_exit(126);
}

pid_t rig_spawn(const struct rig *r, int index, const char *const argv[])
{
	pid_t parent = getpid();
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	if (index >= 0)
		rig_enter_slot(r, (uint32_t)index, parent);
	rig_exec(argv);
}

int rig_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	return status;
}

int rig_run(const char *const argv[], bool standard_error, char *buf, size_t size)
{
	int ends[2];
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(open("/dev/null", O_WRONLY), standard_error ? STDOUT_FILENO : STDERR_FILENO);
		dup2(ends[1], standard_error ? STDERR_FILENO : STDOUT_FILENO);
		rig_exec(argv);
	}
	close(ends[1]);
	while (len < size - 1 && (n = read(ends[0], buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	buf[len] = '\0';
	close(ends[0]);
	return rig_wait(pid);
}

void rig_wake(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

bool rig_wait_state(struct slot *slot, uint32_t state)
{
	uint64_t until = now_us() + RIG_WAIT_MS * 1000ull;
	struct timespec left = { RIG_WAIT_MS / 1000, 0 };
	uint32_t is;

	while ((is = __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE)) != state) {
		if (now_us() > until)
			return false;
		syscall(SYS_futex, &slot->state, FUTEX_WAIT, is, &left, NULL, 0);
	}
	return true;
}

bool rig_wait_steps(struct slot *slot, uint64_t steps)
{
	uint64_t until = now_us() + RIG_WAIT_MS * 1000ull;

	while (__atomic_load_n(&slot->steps, __ATOMIC_RELAXED) <= steps) {
		if (now_us() > until)
			return false;
		sched_yield();
	}
	return true;
}

void rig_field(const char *summary, const char *name, char *buf, size_t size)
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), ", %s ", name);
	at = strstr(summary, key);
	assert_non_null(at);
	at += strlen(key);
	snprintf(buf, size, "%.*s", (int)strcspn(at, ",\n"), at);
}
