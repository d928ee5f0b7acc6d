/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "vm": what its lists may hold. All of it ends up in a command line or an archive of a guest, so
 * nothing may split, and no path may lead out of the scenario's folder. */
#include <string.h>

#include "scenario/plants.h"
#include "scenario/reader.h"
#include "scenario/scenario.h"

#define MODULE_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
#define MODULE_NAME_LEN 56 /* of the kernel, on 64 bits */

/* The kernel splits its command line at blanks, and cuts it at its own limit. */
static bool is_argument(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f)
			return false;
	return true;
}

/* Or several, of which the first that a kernel has will do. */
static bool is_module(const char *text)
{
	while (true) {
		size_t length = strspn(text, MODULE_LETTERS);

		if (!length || length >= MODULE_NAME_LEN || !strchr("|", text[length]))
			return false;
		if (!text[length])
			return true;
		text += length + 1;
	}
}

/* Neither "..", which leads out of the folder, nor a path that means one. */
static bool is_file(const char *path)
{
	if (path[strlen(path) - 1] == '/')
		return false;
	while (true) {
		size_t length = strcspn(path, "/");

		if (length == 2 && !strncmp(path, "..", 2))
			return false;
		if (!path[length])
			return true;
		path += length + 1;
	}
}

static const struct {
	const char *key;
	size_t offset;
	bool (*fits)(const char *text);
	const char *rule;
} lists[] = {
	{ "kernel-args", offsetof(struct vm_spec, kernel_args), is_argument,
	  "which has a blank in it; write one argument a text" },
	{ "modules", offsetof(struct vm_spec, modules), is_module,
	  "which is no module's name; write it as lsmod does" },
	{ "files", offsetof(struct vm_spec, files), is_file,
	  "which names no file beside the scenario or below /; write no \"..\"" },
};

static int check_plant(struct reader *r, const struct vm_spec *vm)
{
	const char *why = vm->plant ? plants_refuse(vm->plant) : NULL;
	char word[64];

	return why ? reader_refuse_key(r, "plant", "\"plant\" is %s, which %s",
				       quoted(vm->plant, word, sizeof(word)), why)
		   : 0;
}

int check_vm(struct reader *r, json_t *value, void *base)
{
	char word[64];

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char **list = *(char ***)(void *)((char *)base + lists[i].offset);

		for (; list && *list; list++)
			if (!lists[i].fits(*list))
				return reader_refuse_key(
					r, lists[i].key, "\"%s\" holds %s, %s", lists[i].key,
					quoted(*list, word, sizeof(word)), lists[i].rule);
	}
	return check_plant(r, base);
}
