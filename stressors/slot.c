/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stressor's side of the shared page. All waiting is on futex words in shared memory (so
 * without FUTEX_PRIVATE), because that is the one way to hold hundreds of processes at a line and
 * start them within microseconds that needs no descriptor and no allocation, on every kernel. Waits
 * are cut into slices, so that a lost wake-up, or a runner that only sets the word, costs 100 ms
 * and not the run.
 */
#include "slot.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/units.h"

#define SLICE_US 100000u

void futex_wait_us(const uint32_t *word, uint32_t value, uint64_t us)
{
	struct timespec ts = { (time_t)(us / 1000000), (long)(us % 1000000) * 1000 };

	syscall(SYS_futex, word, FUTEX_WAIT, value, &ts, NULL, 0);
}

static int env_number(const char *name, uint64_t *ret)
{
	const char *text = getenv(name);

	if (!text)
		return -ENOENT;
	return units_parse_count(text, ret);
}

static int map_private(struct place *ret)
{
	ret->header = mmap(NULL, slots_bytes(1), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			   -1, 0);
	if (ret->header == MAP_FAILED)
		return -errno;
	ret->header->magic = SLOTS_MAGIC;
	ret->header->version = SLOTS_VERSION;
	ret->header->count = 1;
	ret->slot = slots_at(ret->header, 0);
	ret->slot->go = 1;
	ret->alone = true;
	return 0;
}

static int map_shared(int fd, uint64_t index, struct place *ret, struct diag *diag)
{
	struct slots_header *h;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return diag_set(diag, -errno, SLOTS_ENV_FD "=%d is no open descriptor", fd);
	if ((uint64_t)st.st_size < slots_bytes(1))
		return diag_set(diag, -EINVAL, "the shared page is too short");
	h = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (h == MAP_FAILED)
		return diag_set(diag, -errno, "cannot map the shared page: %m");
	if (h->magic != SLOTS_MAGIC || h->version != SLOTS_VERSION)
		return diag_set(diag, -EPROTO, "the shared page is of another build of hangar");
	if (index >= h->count || slots_bytes(h->count) > (uint64_t)st.st_size)
		return diag_set(diag, -EINVAL, SLOTS_ENV_INDEX "=%llu: there are %u slots",
				(unsigned long long)index, h->count);
	*ret = (struct place){ h, slots_at(h, (uint32_t)index), (uint32_t)index, false };
	close_fd(fd);
	return 0;
}

int place_find(struct place *ret, struct diag *diag)
{
	uint64_t fd = 0, index = 0;
	int fd_err = env_number(SLOTS_ENV_FD, &fd);
	int index_err = env_number(SLOTS_ENV_INDEX, &index);

	*ret = (struct place){ 0 };
	if (fd_err == -ENOENT && index_err == -ENOENT) {
		int err = map_private(ret);

		return err ? diag_set(diag, err, "cannot map a private slot") : 0;
	}
	if (fd_err || index_err || fd > INT32_MAX || index > UINT32_MAX)
		return diag_set(diag, -EINVAL,
				SLOTS_ENV_FD " and " SLOTS_ENV_INDEX " must both be numbers");
	return map_shared((int)fd, index, ret, diag);
}

void place_follow_parent(const struct place *p)
{
	pid_t before = getppid();
	uint64_t expected = (uint64_t)before;

	if (p->alone)
		return;
	env_number(SLOTS_ENV_PARENT, &expected);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The parent may have died before the prctl(); then we were handed to another one. */
	if (getppid() != before || (uint64_t)before != expected)
		raise(SIGKILL);
}

void place_say(const struct place *p, enum slot_state state)
{
	__atomic_store_n(&p->slot->state, state, __ATOMIC_RELEASE);
	syscall(SYS_futex, &p->slot->state, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

bool place_start_line(const struct place *p, bool (*stopping)(void))
{
	place_say(p, SLOT_READY);
	while (!stopping()) {
		if (__atomic_load_n(&p->slot->go, __ATOMIC_ACQUIRE)) {
			place_say(p, SLOT_RUNNING);
			return true;
		}
		futex_wait_us(&p->slot->go, 0, SLICE_US);
	}
	return false;
}
