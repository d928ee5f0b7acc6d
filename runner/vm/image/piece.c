/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list that keeps every path once; see piece_write.c for the archive. */
#include "vm/image/piece.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static void entry_clear(struct piece_entry *e)
{
	free(e->path);
	free(e->source);
	free(e->data);
}

void piece_clear(struct piece *p)
{
	for (unsigned int i = 0; i < p->count; i++)
		entry_clear(&p->entries[i]);
	free(p->entries);
	*p = (struct piece){ 0 };
}

bool piece_has(const struct piece *p, const char *path)
{
	for (unsigned int i = 0; i < p->count; i++)
		if (strcmp(p->entries[i].path, path) == 0)
			return true;
	return false;
}

/* Takes over what @e points to, also when it fails. */
static int append(struct piece *p, struct piece_entry e)
{
	if (!e.path)
		goto no_memory;
	if (p->count == p->room) {
		unsigned int room = p->room ? p->room * 2 : 64;
		struct piece_entry *more = reallocarray(p->entries, room, sizeof(*more));

		if (!more)
			goto no_memory;
		p->entries = more;
		p->room = room;
	}
	p->entries[p->count++] = e;
	return 0;
no_memory:
	entry_clear(&e);
	return -ENOMEM;
}

static int add_parents(struct piece *p, const char *path)
{
	for (const char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		_cleanup_free_ char *folder = strndup(path, (size_t)(at - path));
		int err;

		if (!folder)
			return -ENOMEM;
		if (piece_has(p, folder))
			continue;
		err = append(p, (struct piece_entry){ .path = take_ptr(folder), .mode = 0755 });
		if (err)
			return err;
	}
	return 0;
}

/* Takes over e.source and e.data. */
static int add(struct piece *p, const char *path, struct piece_entry e)
{
	int err = piece_has(p, path) ? 1 : add_parents(p, path);

	if (err) {
		entry_clear(&e);
		return err < 0 ? err : 0;
	}
	e.path = strdup(path);
	return append(p, e);
}

int piece_add_source(struct piece *p, const char *path, const char *source, unsigned int mode)
{
	char *copy = strdup(source);

	if (!copy)
		return -ENOMEM;
	return add(p, path,
		   (struct piece_entry){ .kind = PIECE_FILE, .source = copy, .mode = mode });
}

int piece_add_data(struct piece *p, const char *path, const char *source, void *data, size_t size,
		   unsigned int mode)
{
	struct piece_entry e = { .kind = PIECE_FILE, .data = data, .size = size, .mode = mode };

	if (source) {
		e.source = strdup(source);
		if (!e.source) {
			free(data);
			return -ENOMEM;
		}
	}
	return add(p, path, e);
}

int piece_add_folder(struct piece *p, const char *path)
{
	return add(p, path, (struct piece_entry){ .kind = PIECE_FOLDER, .mode = 0755 });
}

int piece_add_device(struct piece *p, const char *path, unsigned int major, unsigned int minor)
{
	return add(p, path,
		   (struct piece_entry){
			   .kind = PIECE_DEVICE, .mode = 0600, .major = major, .minor = minor });
}

int piece_add_link(struct piece *p, const char *path, const char *target)
{
	struct piece_entry e = { .kind = PIECE_LINK, .mode = 0777, .data = strdup(target) };

	return e.data ? add(p, path, e) : -ENOMEM;
}
