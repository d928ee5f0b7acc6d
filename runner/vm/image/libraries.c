/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PT_INTERP, and the words of the dynamic linker. */
#include "vm/image/libraries.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "program/program.h"

/* Some hundred libraries of a hundred characters. */
#define LIST_MAX (256u << 10)

static int read_at(int fd, void *buf, size_t size, uint64_t at)
{
	ssize_t n = pread(fd, buf, size, (off_t)at);

	if (n < 0)
		return -errno;
	return (size_t)n == size ? 0 : -ENOEXEC;
}

int libraries_interpreter(const char *program, char *buf, size_t size)
{
	_cleanup_close_ int fd = open(program, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr header;
	int err;

	if (fd < 0)
		return -errno;
	err = read_at(fd, &header, sizeof(header), 0);
	if (err || memcmp(header.e_ident, ELFMAG, SELFMAG) ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_phentsize != sizeof(Elf64_Phdr))
		return err ? err : -ENOEXEC;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		Elf64_Phdr part;

		err = read_at(fd, &part, sizeof(part), header.e_phoff + i * sizeof(part));
		if (err)
			return err;
		if (part.p_type != PT_INTERP)
			continue;
		if (part.p_filesz < 2 || part.p_filesz > size)
			return -ENOEXEC;
		err = read_at(fd, buf, part.p_filesz, part.p_offset);
		if (!err && (buf[part.p_filesz - 1] || buf[0] != '/'))
			err = -ENOEXEC;
		return err;
	}
	return 1;
}

/* "\tlibc.so.6 => /lib/libc.so.6 (0x7f...)" or "\t/lib64/ld-linux-x86-64.so.2 (0x7f...)" or without
 * a path (vdso) */
int libraries_parse(char *text, const char *program, int (*take)(void *ctx, const char *path),
		    void *ctx, struct diag *d)
{
	char *save;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *arrow = strstr(line, " => "), *end = strstr(line, " (0x");
		char *path = arrow ? arrow + 4 : line + strspn(line, " \t");
		int r;

		if (arrow && strncmp(path, "not found", 9) == 0) {
			*arrow = '\0';
			return diag_set(d, -ENOENT, "%s needs %s, which is not on this machine",
					program, line + strspn(line, " \t"));
		}
		if (path[0] != '/' || !end || end < path)
			continue;
		*end = '\0';
		r = take(ctx, path);
		if (r)
			return r;
	}
	return 0;
}

/* What the linker says, in @end, -ECHILD too when it fails. */
static int ask(const char *interpreter, const char *program, struct program_end *end,
	       struct diag *d)
{
	static const char *const env[] = { "LD_PRELOAD", NULL };
	const char *argv[] = { interpreter, "--list", program, NULL };
	const struct program list = { .argv = argv,
				      .env = env,
				      .output_max = LIST_MAX,
				      .begin_only = true,
				      .errors_too = true };

	return program_run(&list, end, d);
}

int libraries_each(const char *program, int (*take)(void *ctx, const char *path), void *ctx,
		   struct diag *d)
{
	_cleanup_(program_end_clear) struct program_end said = { 0 };
	char interpreter[4096];
	int r = libraries_interpreter(program, interpreter, sizeof(interpreter));

	if (r == 1)
		return 0;
	if (r == -ENOEXEC)
		return diag_set(d, r, "%s is no ELF program: only such can be taken into a guest",
				program);
	if (r < 0)
		return diag_set(d, r, "%s cannot be read: %s", program, strerror(-r));
	r = ask(interpreter, program, &said, d);
	if (r < 0 && r != -ECHILD)
		return r;
	if (r < 0 && !strstr(said.output, "=> not found"))
		return diag_set(d, -EIO, "%s --list %s failed: %.200s", interpreter, program,
				said.output);
	r = take(ctx, interpreter);
	return r ? r : libraries_parse(said.output, program, take, ctx, d);
}
