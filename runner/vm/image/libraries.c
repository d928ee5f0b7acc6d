/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PT_INTERP, and the words of the dynamic linker. */
#include "vm/image/libraries.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"

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

static void exec_list(const char *interpreter, const char *program, int out)
{
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	unsetenv("LD_PRELOAD");
	execl(interpreter, interpreter, "--list", program, NULL);
	_exit(127);
}

/* What the linker says, NUL behind it; -EIO when it fails. */
static int ask(const char *interpreter, const char *program, char *buf, size_t size)
{
	_cleanup_close_ int in = -1, out = -1;
	size_t have = 0;
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	in = ends[0];
	out = ends[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		exec_list(interpreter, program, out);
	out = close_fd(out);
	do {
		n = read(in, buf + have, size - 1 - have);
		have += n > 0 ? (size_t)n : 0;
	} while ((n > 0 && have < size - 1) || (n < 0 && errno == EINTR));
	buf[have] = '\0';
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

int libraries_each(const char *program, int (*take)(void *ctx, const char *path), void *ctx,
		   struct diag *d)
{
	_cleanup_free_ char *text = malloc(LIST_MAX);
	char interpreter[4096];
	int r = libraries_interpreter(program, interpreter, sizeof(interpreter));

	if (!text)
		return -ENOMEM;
	if (r == 1)
		return 0;
	if (r == -ENOEXEC)
		return diag_set(d, r, "%s is no ELF program: only such can be taken into a guest",
				program);
	if (r < 0)
		return diag_set(d, r, "%s cannot be read: %s", program, strerror(-r));
	r = ask(interpreter, program, text, LIST_MAX);
	if (r < 0 && !strstr(text, "=> not found"))
		return diag_set(d, r, "%s --list %s failed: %.200s", interpreter, program, text);
	r = take(ctx, interpreter);
	return r ? r : libraries_parse(text, program, take, ctx, d);
}
