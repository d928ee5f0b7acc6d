/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See kept_probe.h. KVM may come and go with the host's kernel, its modules and whoever runs the
 * host, so an answer is good for one boot of it. The first line of a file is the accelerator's
 * name, the second the reason.
 */
#include "vm/qemu/kept_probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "vm/cache.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static const char *const names[] = { [ACCEL_TCG] = "tcg", [ACCEL_KVM] = "kvm" };

int probe_key_make(const unsigned int qemu_version[2], const char *key, struct probe_key *ret)
{
	ssize_t n = textfile_read_at(AT_FDCWD, BOOT_ID, ret->boot_id, sizeof(ret->boot_id));

	if (n < 0)
		return (int)n;
	ret->boot_id[strcspn(ret->boot_id, "\n")] = '\0';
	return path_format(ret->name, sizeof(ret->name), "%s.%u.%u.%s", ret->boot_id,
			   qemu_version[0], qemu_version[1], key);
}

static int parse(char *text, enum accel *ret, char ret_why[256])
{
	char *why = strchr(text, '\n'), *end;

	if (!why)
		return -ENOENT;
	*why++ = '\0';
	end = strchr(why, '\n');
	if (!end || end == why || end[1] || end - why > 255)
		return -ENOENT;
	*end = '\0';
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(text, names[i]))
			continue;
		*ret = (enum accel)i;
		strcpy(ret_why, why);
		return 0;
	}
	return -ENOENT;
}

int kept_probe_read(const struct probe_key *k, enum accel *ret, char ret_why[256])
{
	char folder[4096], path[4096], text[512];

	if (cache_folder("probes", folder, sizeof(folder)) ||
	    path_format(path, sizeof(path), "%s/%s", folder, k->name) ||
	    textfile_read_at(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return -ENOENT;
	return parse(text, ret, ret_why);
}

/* Temporary files of writers that died have the name of their file in front, and go with the next
 * boot. */
static void remove_old(const char *folder, const char *boot_id)
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.' && strncmp(e->d_name, boot_id, strlen(boot_id)))
			unlinkat(dirfd(dir), e->d_name, 0);
}

void kept_probe_write(const struct probe_key *k, enum accel accel, const char *why)
{
	char folder[4096], path[4096], text[512];
	int n = snprintf(text, sizeof(text), "%s\n%s\n", names[accel], why);

	if (cache_folder("probes", folder, sizeof(folder)) ||
	    path_format(path, sizeof(path), "%s/%s", folder, k->name))
		return;
	remove_old(folder, k->boot_id);
	textfile_replace_at(AT_FDCWD, path, text, (size_t)n);
}
