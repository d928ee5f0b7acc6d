/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clock, name and knobs of the guest. None of them decides whether the job can be done: trouble is
 * told and passed over. */
#include "vm/guest/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/textfile.h"

static const char *const nmi_panics[] = { "kernel.unknown_nmi_panic=1",
					  "kernel.panic_on_unrecovered_nmi=1" };

/* The host made the job before it started the machine: what passed since is at least the time of
 * the boot. */
static void set_clock(uint64_t host_us)
{
	uint64_t at = host_us + clock_us(CLOCK_BOOTTIME);
	struct timespec ts = { .tv_sec = (time_t)(at / 1000000),
			       .tv_nsec = (long)(at % 1000000) * 1000 };

	if (host_us && clock_settime(CLOCK_REALTIME, &ts) < 0)
		guest_say("the clock cannot be set: %s", strerror(errno));
}

/* "kernel.hung_task_timeout_secs=10" */
static void set_sysctl(const char *setting)
{
	const char *value = strchr(setting, '=');
	char path[256];
	int err = value ? path_format(path, sizeof(path), "/proc/sys/%.*s", (int)(value - setting),
				      setting)
			: -EINVAL;

	for (char *dot = path + strlen("/proc/sys/"); !err && *dot; dot++)
		if (*dot == '.')
			*dot = '/';
	if (!err)
		err = textfile_write_at(-1, path, value + 1);
	if (err)
		guest_say("sysctl %s cannot be set: %s", setting, strerror(-err));
}

void settings_set(const struct job *j)
{
	set_clock(j->clock_us);
	if (j->hostname[0] && sethostname(j->hostname, strlen(j->hostname)) < 0)
		guest_say("the host name cannot be set: %s", strerror(errno));
	for (size_t i = 0; j->nmi_panics && i < ARRAY_SIZE(nmi_panics); i++)
		set_sysctl(nmi_panics[i]);
	for (char **s = j->sysctls; s && *s; s++)
		set_sysctl(*s);
}
