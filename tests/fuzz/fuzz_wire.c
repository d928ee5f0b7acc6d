/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's end of the wire, fed by a guest that wants to hurt. The input is a list of chunks,
 * each behind a byte that says what becomes of it: bits 0-1  0: raw bytes on the journal's port, 1:
 * on the files port, 2: a good frame on the journal's port, 3: a good frame on the files port bits
 * 2-5  type of that frame then one byte of length Everything is received into a run directory of
 * its own, which is empty again after each input, and nothing may come to stand beside it. Good
 * seeds: tests/data/fuzz_wire.
 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm/host/receive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char home[64], run[80];

static void clean_up(void)
{
	rmdir(run);
	rmdir(home);
}

static void make_home(void)
{
	if (home[0])
		return;
	snprintf(home, sizeof(home), "/tmp/hangar-fuzz.XXXXXX");
	if (!mkdtemp(home))
		abort();
	snprintf(run, sizeof(run), "%s/run", home);
	atexit(clean_up);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return ftw->level ? remove(path) : 0;
}

/* In the run directory's parent stands the run directory alone. */
static void check_home(void)
{
	DIR *d = opendir(home);
	unsigned int others = 0;

	if (!d)
		abort();
	for (struct dirent *e; (e = readdir(d));)
		others += strcmp(e->d_name, ".") && strcmp(e->d_name, "..") &&
			  strcmp(e->d_name, "run");
	closedir(d);
	if (others)
		abort();
}

static void on_line(void *ctx, const char *text, size_t size)
{
	if (memchr(text, '\n', size) || memchr(text, '\0', size))
		abort();
}

static void give_frame(struct receiver *r, enum receive_port port, unsigned int type,
		       const uint8_t *data, size_t size)
{
	static uint32_t sequence;
	unsigned char header[WIRE_HEADER_BYTES];

	wire_header((enum wire_type)type, ++sequence, data, (uint32_t)size, header);
	receiver_take(r, port, header, sizeof(header), sequence);
	receiver_take(r, port, data, size, sequence);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct receiver r = { .bytes_max = 1 << 20, .line = on_line };
	int dir_fd;

	make_home();
	if (mkdir(run, 0755) < 0)
		abort();
	dir_fd = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* A link out of the run directory, as a guest would like to find one. */
	if (dir_fd < 0 || symlinkat("..", dir_fd, "link") < 0 || receiver_open(&r, dir_fd) < 0)
		abort();
	while (size >= 2) {
		enum receive_port port = data[0] & 1 ? RECEIVE_FILES : RECEIVE_JOURNAL;
		size_t n = data[1] < size - 2 ? data[1] : size - 2;

		if (data[0] & 2)
			give_frame(&r, port, data[0] >> 2 & 15, data + 2, n);
		else
			receiver_take(&r, port, data + 2, n, 1);
		data += 2 + n;
		size -= 2 + n;
	}
	(void)heart_judge(&r, 1000, 10, 10);
	receiver_close(&r);
	close(dir_fd);
	check_home();
	if (nftw(run, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0 || rmdir(run) < 0)
		abort();
	return 0;
}
