/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking a program what it is, without trusting it to answer. */
#ifndef HANGAR_ASK_DESCRIBE_H
#define HANGAR_ASK_DESCRIBE_H

#include <jansson.h>
#include <stdint.h>

#include "base/diag.h"

#define DESCRIBE_TIMEOUT_US                                                                        \
	5000000u /* a stressor answers in 2 ms; a machine in a storm takes longer */
#define DESCRIBE_BYTES_MAX (64u << 10) /* ours print below 4 KiB */

/**
 * describe_ask - run @program --describe and read one JSON object from its standard output
 * The program is killed when the time is up or it says too much. Its standard error is thrown away.
 * Returns 0 with *ret for the caller to json_decref(); -errno with @d saying what it did instead
 * (-ETIMEDOUT, -EFBIG, -EPROTO).
 */
int describe_ask(const char *program, uint64_t timeout_us, json_t **ret, struct diag *d);

/* Has @j the shape that the contract in stressors/stressor.h promises? 0 or -EPROTO with @d. */
int describe_check(const json_t *j, struct diag *d);

#endif
