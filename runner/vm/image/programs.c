/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The piece with programs: hangar as /init, stressors, what a scenario needs, and their libraries
 * where the dynamic linker found them here. It finds them there again by its own default folders or
 * by /etc/ld.so.cache, which comes along.
 */
#include "vm/image/image.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "scenario/catalogue.h"
#include "vm/image/kept.h"
#include "vm/image/libraries.h"
#include "vm/image/piece.h"
#include "vm/image/shear.h"

#define LINKER_CACHE "/etc/ld.so.cache"
#define PROGRAM_MAX (512u << 20) /* a sanitizer's runtime and all debug information included */

/* Until others are mounted over them; the devices, for a kernel whose own ramdisk has none. */
static const char *const folders[] = { "/dev",  "/proc", "/sys", "/run",    "/tmp",
				       "/root", "/etc",  "/job", "/modules" };

static int program_path(const char *name, char buf[PATH_MAX])
{
	_cleanup_free_ char *all = NULL;
	char *save, candidate[PATH_MAX];
	const char *path = getenv("PATH");

	if (strchr(name, '/'))
		return realpath(name, buf) ? 0 : -errno;
	if (asprintf(&all, "%s:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", path ? path : "") <
	    0)
		return -ENOMEM;
	for (char *folder = strtok_r(all, ":", &save); folder;
	     folder = strtok_r(NULL, ":", &save)) {
		if (folder[0] != '/' ||
		    path_format(candidate, sizeof(candidate), "%s/%s", folder, name) ||
		    access(candidate, X_OK) < 0)
			continue;
		return realpath(candidate, buf) ? 0 : -errno;
	}
	return -ENOENT;
}

/* "/lib/x86_64-linux-gnu/libtracefs.so.1": stays where the dynamic linker looks for it. */
static bool is_library(const char *name)
{
	return name[0] == '/' && strstr(strrchr(name, '/'), ".so.");
}

static int add_program(struct piece *p, const char *name, struct diag *d)
{
	const char *base = strrchr(name, '/');
	char source[PATH_MAX], path[PATH_MAX];
	int err = program_path(name, source);

	if (err)
		return diag_set(d, err,
				"%s is not installed here, and the guest needs it (looked in PATH, "
				"/usr/sbin, /sbin)",
				name);
	if (is_library(name))
		return piece_add_source(p, name, source, 0755);
	err = path_format(path, sizeof(path), "/bin/%s", base ? base + 1 : name);
	return err ? err : piece_add_source(p, path, source, 0755);
}

static int add_stressor(struct piece *p, const char *folder, const char *name)
{
	char source[PATH_MAX], path[PATH_MAX];
	struct stat st;

	if (path_format(source, sizeof(source), "%s/%s", folder, name) ||
	    path_format(path, sizeof(path), "/stressors/%s", name))
		return -ENAMETOOLONG;
	if (stat(source, &st) < 0 || !S_ISREG(st.st_mode) || access(source, X_OK) < 0)
		return 0;
	return piece_add_source(p, path, source, 0755);
}

static int add_stressors(struct piece *p, struct diag *d)
{
	_cleanup_free_ char *folder = catalogue_folder();
	_cleanup_closedir_ DIR *dir = folder ? opendir(folder) : NULL;
	const struct dirent *e;
	int err = 0;

	if (!dir)
		return diag_set(d, -ENOENT,
				"no folder of stressors is found; HANGAR_STRESSORS names one");
	while (!err && (e = readdir(dir)))
		err = add_stressor(p, folder, e->d_name);
	return err ? diag_set(d, err, "%s cannot be read: %s", folder, strerror(-err)) : 0;
}

static int add_named(struct piece *p, const char *const *programs, bool stressors, struct diag *d)
{
	char self[PATH_MAX];
	int err = 0;

	if (!realpath("/proc/self/exe", self))
		return diag_set(d, -errno, "/proc/self/exe cannot be read: %s", strerror(errno));
	err = piece_add_source(p, "/bin/hangar", self, 0755);
	if (!err)
		err = piece_add_link(p, "/init", "/bin/hangar");
	for (unsigned int i = 0; !err && programs && programs[i]; i++)
		err = add_program(p, programs[i], d);
	if (!err && stressors)
		err = add_stressors(p, d);
	return err;
}

static int take_library(void *ctx, const char *path)
{
	return piece_add_source(ctx, path, path, 0755);
}

/* Only those that were named: libraries join the list meanwhile. */
static int add_libraries(struct piece *p, struct diag *d)
{
	unsigned int named = p->count;
	int err = 0;

	for (unsigned int i = 0; i < named && !err; i++)
		if (p->entries[i].source)
			err = libraries_each(p->entries[i].source, take_library, p, d);
	if (!err && access(LINKER_CACHE, R_OK) == 0)
		err = piece_add_source(p, LINKER_CACHE, LINKER_CACHE, 0644);
	return err;
}

/* Only now: until here their own files were asked what they need. */
static int shear_all(struct piece *p, struct diag *d)
{
	for (unsigned int i = 0; i < p->count; i++) {
		struct piece_entry *e = &p->entries[i];
		char *data;
		int err;

		if (!e->source || e->data)
			continue;
		err = textfile_load(e->source, PROGRAM_MAX, &data, &e->size);
		if (err)
			return diag_set(d, err, "%s cannot be read: %s", e->source, strerror(-err));
		e->data = data;
		e->size = shear(data, e->size);
	}
	return 0;
}

static int add_furniture(struct piece *p)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && !err; i++)
		err = piece_add_folder(p, folders[i]);
	if (!err)
		err = piece_add_device(p, "/dev/console", 5, 1);
	return err ? err : piece_add_device(p, "/dev/null", 1, 3);
}

/* What decides the content: the named programs, and the order in which libraries are looked for. */
static int key_of(const struct piece *named, char ret_key[65])
{
	_cleanup_free_ char *recipe = NULL;
	const char *search = getenv("LD_LIBRARY_PATH");
	size_t size = 0;
	FILE *to = open_memstream(&recipe, &size);
	int err = 0;

	if (!to)
		return -errno;
	fprintf(to, "programs 2 %s\n%s\n", HANGAR_VERSION, search ? search : "");
	kept_identity(to, LINKER_CACHE); /* none: then there is no line */
	for (unsigned int i = 0; i < named->count && !err; i++) {
		fprintf(to, "%s %o ", named->entries[i].path, named->entries[i].mode);
		err = named->entries[i].source ? kept_identity(to, named->entries[i].source) : 0;
	}
	if (fclose(to) != 0 && !err)
		err = -errno;
	if (!err)
		kept_key(recipe, size, ret_key);
	return err;
}

int image_programs(const char *const *programs, bool stressors, char ret_path[4096], struct diag *d)
{
	_cleanup_(piece_clear) struct piece p = { 0 };
	char key[65];
	int err = add_named(&p, programs, stressors, d);

	if (!err)
		err = key_of(&p, key);
	if (!err)
		err = kept_find(key, ret_path);
	if (err != -ENOENT || (d && d->message[0]))
		return err ? diag_set(d, err, "the guest's programs cannot be gathered: %s",
				      strerror(-err))
			   : 0;
	err = add_libraries(&p, d);
	if (!err)
		err = shear_all(&p, d);
	if (!err)
		err = add_furniture(&p);
	if (err)
		return diag_set(d, err, "the guest's programs cannot be gathered: %s",
				strerror(-err));
	return kept_make(key, &p, ret_path, d);
}
