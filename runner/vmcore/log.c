/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makedumpfile knows the log of every era (log_buf, the structured one, the ring of 5.10) by
 * VMCOREINFO alone. It writes to a file that it wants to seek in: a memfd is one, and leaves
 * nothing behind.
 */
#include "vmcore/log.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "program/program.h"
#include "vmcore/header.h"

/* 0.1-0.3 s are usual, of a machine of terabytes too: a log of 8 MiB, the largest that a kernel
 * config allows, 2 s. */
#define LOG_TIMEOUT_US (60 * 1000000ull)
/* CONFIG_LOG_BUF_SHIFT ends at 25; with time stamps and prefixes twice that. */
#define LOG_MAX (64u << 20)
#define LOG_MEMORY (4ull << 30)

static int load(int fd, char **ret_text, struct diag *d)
{
	_cleanup_free_ char *text = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0 || !st.st_size)
		return diag_set(d, -EBADMSG, "its kernel log is empty");
	if (st.st_size > LOG_MAX)
		return diag_set(d, -EBADMSG, "its kernel log of %jd bytes cannot be",
				(intmax_t)st.st_size);
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return diag_set(d, -ENOMEM, "no memory for the kernel log");
	if (vmcore_pread(fd, text, (size_t)st.st_size, 0) < 0)
		return diag_set(d, -EIO, "the kernel log cannot be read back");
	for (off_t i = 0; i < st.st_size; i++)
		if (!text[i])
			text[i] = ' ';
	text[st.st_size] = '\0';
	*ret_text = take_ptr(text);
	return 0;
}

int vmcore_log(const char *path, char **ret_text, struct diag *d)
{
	_cleanup_close_ int fd = memfd_create("dmesg", MFD_CLOEXEC);
	const char *argv[] = { "makedumpfile", "-f", "--dump-dmesg", path, PROGRAM_FILE, NULL };
	struct program program = { .argv = argv,
				   .timeout_us = LOG_TIMEOUT_US,
				   .file_fd = fd,
				   .memory_bytes = LOG_MEMORY,
				   .output_max = 1 << 20 };
	struct program_end result;
	struct diag why = { 0 };
	int err;

	if (fd < 0)
		return diag_set(d, -errno, "no file in memory for the kernel log");
	err = program_run(&program, &result, &why);
	program_end_clear(&result);
	if (err == -ECHILD)
		return diag_set(d, -EBADMSG, "its kernel log cannot be extracted: %s", why.message);
	if (err < 0)
		return diag_set(d, err, "its kernel log cannot be extracted: %s", why.message);
	return load(fd, ret_text, d);
}
