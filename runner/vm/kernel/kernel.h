/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel to boot: where its image, modules, configuration and debug symbols lie. It comes from a
 * file, a package or an archive; nothing is installed, and no script of a package is run.
 */
#ifndef HANGAR_KERNEL_H
#define HANGAR_KERNEL_H

#include <stdbool.h>

#include "base/diag.h"

struct kernel {
	char spec[256];     /* as the user named it */
	char release[128];  /* what `uname -r` will say: the name of the modules folder, else read
			       from the image */
	char vmlinuz[4096]; /* bzImage, absolute */
	char modules[4096]; /* folder that holds modules.dep, absolute; "" for a kernel without
			       modules */
	char config[4096];  /* its configuration, absolute; "" when there is none */
	char vmlinux[4096]; /* with debug symbols, absolute; "" until kernel_symbols() found it */
	char key[65];       /* SHA-256 (hex) of the content that it comes from */
};

/* Long work (downloads, unpacking) is told by lines; NULL: quiet. */
typedef void kernel_say(void *ctx, const char *line);

/**
 * kernel_find - from what the user said to a kernel that can be booted
 * @spec: a bzImage ("bzImage:modules-folder" names its modules; else ../lib/modules of it are
 * looked for), a .deb, a .rpm, an unpacked folder (of a package: boot/vmlinuz-*,
 * lib/modules/RELEASE or usr/lib/modules; of a kernel tree: arch/x86/boot/bzImage with its .ko
 * below), "host", "planted" or "stock" (what tests/kernels/build made last), or
 *        "debian:[SUITE/]RELEASE-GLOB" ("debian:6.1", "debian:bookworm-backports/6.12.*", newest
 * match wins; the cache answers first, so that a machine without a network goes on working)
 * Packages are unpacked into the cache (cache.h), keyed by the SHA-256 of the package. Returns 0;
 * -ENOENT, -EINVAL, -ENOTSUP, ... with
 * @d naming the file or spec, and the remedy.
 */
int kernel_find(const char *spec, kernel_say *say, void *ctx, struct kernel *ret, struct diag *d);

/**
 * kernel_symbols - fill @k->vmlinux: the image with DWARF of exactly this build
 * @given: --vmlinux, or NULL. Else beside the kernel, by build-id in /usr/lib/debug/.build-id, in
 * the cache, and (for debian: kernels, when @fetch) from the -dbg package, of which only vmlinux is
 * kept. A vmlinux of another build (its build-id or Linux banner differs) is refused. Returns 0;
 * -ENOENT: none to be had; -ESTALE: of another build; -errno. @d says which and the remedy.
 */
int kernel_symbols(struct kernel *k, const char *given, bool fetch, kernel_say *say, void *ctx,
		   struct diag *d);

/* For building modules: fetch the linux-headers and linux-kbuild packages of a debian: kernel into
 * the cache, and name the folder for `make -C`. 0 or -errno with @d. */
int kernel_headers(const struct kernel *k, kernel_say *say, void *ctx, char ret_dir[4096],
		   struct diag *d);

/* 1: option is y, 2: m, 0: not set; -ENOENT when the configuration is not known. @option:
 * "CONFIG_EXT4_FS". */
int kernel_config(const struct kernel *k, const char *option);

/* `hangar kernel list|fetch|path`; the exit code. */
int kernel_main(int argc, char **argv);

#endif
