/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much slower than usual: the one measurement that every guest makes anyway is its own boot. */
#include "vm/qemu/accel.h"

/* Debian's 6.1 with 1 GiB and two CPUs under TCG takes 2.3 to 4 s on two cores of 2020. */
#define USUAL_BOOT_US 3000000.0
/* A guest that needs minutes to boot is broken rather than slow; its limits need an end. */
#define SLOWEST 20.0

double pace_factor(uint64_t boot_us)
{
	double factor = (double)boot_us / USUAL_BOOT_US;

	return factor < 1.0 ? 1.0 : factor > SLOWEST ? SLOWEST : factor;
}
