/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vmcore made of anything: header, notes, page list, and the chain of a flattened one; what an
 * analyser says of it; its log. Good seeds: the heads of real vmcores.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "vmcore/answer.h"
#include "vmcore/crash_text.h"
#include "vmcore/crashkernel.h"
#include "vmcore/header.h"
#include "vmcore/log.h"
#include "vmcore/segments.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_file(const uint8_t *data, size_t size)
{
	_cleanup_(elf_table_clear) struct elf_table t = { 0 };
	_cleanup_close_ int fd = memfd_create("vmcore", MFD_CLOEXEC);
	struct vmcore_header h = { 0 };
	char value[32];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (vmcore_header_load(fd, &h, NULL) == 0) {
		vmcore_info(&h, "OSRELEASE", value, sizeof(value));
		vmcore_header_clear(&h);
	}
	if (elf_table_load(fd, &t, NULL) == 0) {
		elf_table_cut(&t, 1 << 20, 2 << 20);
		elf_table_store(fd, &t, NULL);
	}
}

static void try_text(const char *text, size_t size)
{
	_cleanup_free_ char *parsed = NULL;
	struct crash_range ranges[2];
	json_t *answer = NULL;
	char line[64];

	crashkernel_ranges(text, ranges, 2);
	log_panic(text, true, line, sizeof(line));
	json_decref(log_blocked(text));
	if (answer_take(text, size, &answer, NULL) == 0)
		json_decref(answer);
	answer = NULL;
	if (crash_text_parse(text, 4096, &parsed, NULL) == 0 &&
	    answer_take(parsed, strlen(parsed), &answer, NULL) == 0)
		json_decref(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	try_file(data, size);
	try_text(text, size);
	return 0;
}
