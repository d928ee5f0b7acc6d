/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rate of this machine's TSC. */
#ifndef HANGAR_HOST_TSC_H
#define HANGAR_HOST_TSC_H

/*
 * In kHz, measured against CLOCK_MONOTONIC_RAW in 20 ms; the same answer for the process' life. 0:
 * no TSC, or one that does not tick evenly. A guest under TCG reads this very counter (QEMU
 * cpu_get_host_ticks()), but measures its rate against an emulated timer: on a busy host one took
 * 906 MHz for 2596, and its clock ran away.
 */
unsigned int host_tsc_khz(void);

#endif
