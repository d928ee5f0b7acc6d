/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A library to preload into hangar: from the moment that the observer is armed, every allocation
 * and every open that goes through libc fails. What the observer then still notices, journals and
 * answers, it does with what it held before the storm. The counts of refused calls go to the
 * descriptor named by HANGAR_SHIM_FD, so that a test sees that the shim was at work.
 */
#undef _FILE_OFFSET_BITS /* it would give open() the name of open64(): both are meant here */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static volatile int *armed;
static int looked;
static unsigned long refused_allocations, refused_opens;

static int is_armed(void)
{
	if (!looked) {
		looked = 1;
		armed = (volatile int *)dlsym(RTLD_DEFAULT, "observer_armed");
	}
	return armed && *armed;
}

static void tell(const char *what, size_t size)
{
	const char *fd = getenv("HANGAR_SHIM_FD");
	char line[128];
	int n = snprintf(line, sizeof(line), "%s %zu\n", what, size);

	if (fd && write(atoi(fd), line, (size_t)n) < 0)
		_exit(99);
}

int open64(const char *path, int flags, ...);
int openat64(int dirfd, const char *path, int flags, ...);
FILE *fopen64(const char *path, const char *mode);
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);

void *malloc(size_t size)
{
	if (!is_armed())
		return __libc_malloc(size);
	if (!refused_allocations++)
		tell("malloc", size);
	errno = ENOMEM;
	return NULL;
}

void *calloc(size_t n, size_t size)
{
	/* dlsym() itself may allocate: ask it only once malloc has been through */
	if (!looked || !is_armed())
		return __libc_calloc(n, size);
	if (!refused_allocations++)
		tell("calloc", n * size);
	errno = ENOMEM;
	return NULL;
}

void *realloc(void *p, size_t size)
{
	if (!looked || !is_armed())
		return __libc_realloc(p, size);
	if (!refused_allocations++)
		tell("realloc", size);
	errno = ENOMEM;
	return NULL;
}

typedef int (*openat_fn)(int dirfd, const char *path, int flags, ...);

static int refuse_or_open(const char *symbol, int dirfd, const char *path, int flags, mode_t mode)
{
	openat_fn real;

	if (is_armed()) {
		if (!refused_opens++)
			tell(path, 0);
		errno = EMFILE;
		return -1;
	}
	*(void **)&real = dlsym(RTLD_NEXT, symbol);
	return real(dirfd, path, flags, mode);
}

#define MODE_OF(flags)                                                                             \
	({                                                                                         \
		mode_t mode_ = 0;                                                                  \
		if ((flags) & (O_CREAT | O_TMPFILE)) {                                             \
			va_list ap_;                                                               \
			va_start(ap_, flags);                                                      \
			mode_ = va_arg(ap_, mode_t);                                               \
			va_end(ap_);                                                               \
		}                                                                                  \
		mode_;                                                                             \
	})

int open(const char *path, int flags, ...)
{
	return refuse_or_open("openat", AT_FDCWD, path, flags, MODE_OF(flags));
}

int open64(const char *path, int flags, ...)
{
	return refuse_or_open("openat64", AT_FDCWD, path, flags, MODE_OF(flags));
}

int openat(int dirfd, const char *path, int flags, ...)
{
	return refuse_or_open("openat", dirfd, path, flags, MODE_OF(flags));
}

int openat64(int dirfd, const char *path, int flags, ...)
{
	return refuse_or_open("openat64", dirfd, path, flags, MODE_OF(flags));
}

static FILE *refuse_or_fopen(const char *symbol, const char *path, const char *mode)
{
	FILE *(*real)(const char *, const char *);

	if (is_armed()) {
		if (!refused_opens++)
			tell(path, 0);
		errno = EMFILE;
		return NULL;
	}
	*(void **)&real = dlsym(RTLD_NEXT, symbol);
	return real(path, mode);
}

FILE *fopen(const char *path, const char *mode)
{
	return refuse_or_fopen("fopen", path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	return refuse_or_fopen("fopen64", path, mode);
}
