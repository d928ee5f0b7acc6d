/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Seen, and since which version no more.
 *
 * cmpxchg16b: of Debian's 6.12.95 (slabs live by that instruction) three in five boots under 7.2
 * ended in a double fault or a damaged list, with any CPU model and also with one CPU; without it
 * none of twenty. QEMU 8.0 has it made anew.
 *
 * Stale code: Linux patches its own code while it runs (static keys, static calls, ftrace). With a
 * host thread for each CPU (thread=multi), 7.2 translates a page without holding it: a CPU that
 * translates while another writes goes on with the old bytes. One guest in a hundred stood still at
 * its boot or died of "Oops: int3"; one whose tracepoints are switched in a loop did within 15 s,
 * with 5.10, 6.1 and 7.2 alike (tests/system/patching.sh). Upstream locks the pages since 8.1; this
 * was measured with 10.0, and what was not measured is not trusted.
 */
#include "vm/qemu/defects.h"

static const unsigned int mended_in[QEMU_N_DEFECTS][2] = {
	[QEMU_CMPXCHG16B] = { 8, 0 },
	[QEMU_STALE_CODE] = { 10, 0 },
};

bool qemu_has(const unsigned int version[2], enum qemu_defect defect)
{
	const unsigned int *mended = mended_in[defect];

	return version[0] < mended[0] || (version[0] == mended[0] && version[1] < mended[1]);
}
