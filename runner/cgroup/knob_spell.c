/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a value of a scenario is spelt in a cgroup file. The kernel takes bytes as a plain number in
 * both versions, so most knobs need no more; the rest is arithmetic between the two models of swap,
 * CPU and io.
 */
#include "cgroup/knob_forms.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* The kernel's default period in both versions. Kept, since a shorter one makes timers and not the
 * limit. */
#define CPU_PERIOD_US 100000u

/* The kernel's own norms: a v1 group has 1024 shares, a v2 group weight 100, and both mean the
 * same. */
#define SHARES_NORM 1024u
#define WEIGHT_NORM 100u
#define SHARES_MIN 2u

static int put(char *buf, size_t size, const char *before, uint64_t value, const char *after)
{
	int n = snprintf(buf, size, "%s%" PRIu64 "%s", before, value, after);

	return n > 0 && (size_t)n < size ? 0 : -ERANGE;
}

int spell_number(const struct knob_input *in, char *buf, size_t size)
{
	return put(buf, size, "", in->value, "");
}

int spell_flag(const struct knob_input *in, char *buf, size_t size)
{
	return put(buf, size, "", in->value ? 1 : 0, "");
}

int spell_memsw(const struct knob_input *in, char *buf, size_t size)
{
	uint64_t sum;

	if (in->memory_bytes == UNSET)
		return -EDOM;
	/* The counter's own maximum is LONG_MAX rounded to pages: saturate below it. */
	if (__builtin_add_overflow(in->memory_bytes, in->value, &sum) || sum > INT64_MAX)
		sum = INT64_MAX;
	return put(buf, size, "", sum, "");
}

static int quota(const struct knob_input *in, uint64_t *ret_us)
{
	if (__builtin_mul_overflow(in->value, CPU_PERIOD_US / 100u, ret_us))
		return -ERANGE;
	return 0;
}

int spell_quota_v1(const struct knob_input *in, char *buf, size_t size)
{
	uint64_t us;
	int err = quota(in, &us);

	return err ? err : put(buf, size, "", us, "");
}

int spell_quota_v2(const struct knob_input *in, char *buf, size_t size)
{
	uint64_t us;
	int err = quota(in, &us);

	return err ? err : put(buf, size, "", us, " 100000");
}

int spell_shares(const struct knob_input *in, char *buf, size_t size)
{
	uint64_t shares;

	if (in->value > UINT32_MAX)
		return -ERANGE;
	shares = in->value * SHARES_NORM / WEIGHT_NORM;
	return put(buf, size, "", shares < SHARES_MIN ? SHARES_MIN : shares, "");
}

int spell_cpus(const struct knob_input *in, char *buf, size_t size)
{
	int n;

	if (!in->cpus)
		return -EDOM;
	n = snprintf(buf, size, "%s", in->cpus);
	return n > 0 && (size_t)n < size ? 0 : -ERANGE;
}

static int spell_io(const struct knob_input *in, const char *key, char *buf, size_t size)
{
	char before[64];

	if (!in->device)
		return -EDOM;
	snprintf(before, sizeof(before), "%.40s %s", in->device, key);
	return put(buf, size, before, in->value, "");
}

int spell_device(const struct knob_input *in, char *buf, size_t size)
{
	return spell_io(in, "", buf, size);
}

int spell_rbps(const struct knob_input *in, char *buf, size_t size)
{
	return spell_io(in, "rbps=", buf, size);
}

int spell_wbps(const struct knob_input *in, char *buf, size_t size)
{
	return spell_io(in, "wbps=", buf, size);
}

int spell_riops(const struct knob_input *in, char *buf, size_t size)
{
	return spell_io(in, "riops=", buf, size);
}

int spell_wiops(const struct knob_input *in, char *buf, size_t size)
{
	return spell_io(in, "wiops=", buf, size);
}
