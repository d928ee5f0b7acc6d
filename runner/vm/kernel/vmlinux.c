/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Half a gigabyte of which little matters: the section headers, the notes, and the read-only data,
 * where linux_banner lies near the start. A debug file split off by objcopy has .rodata without
 * contents (NOBITS): its build-id must do then. Every offset is checked by pread() itself: what
 * lies past the end is not read.
 */
#include "vm/kernel/vmlinux.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"

#define SECTIONS_MAX 65536   /* e_shnum's own limit; a vmlinux has about 80 */
#define NAMES_MAX (1u << 20) /* .shstrtab: 2 KiB */
#define NOTES_MAX (1u << 16)
#define WINDOW (1u << 16) /* read-only data is searched by this much */

static const char banner_opening[] = "Linux version ";

struct elf {
	int fd;
	Elf64_Shdr *sections;
	unsigned int count;
	char *names;
	size_t names_size;
};

static void elf_clear(struct elf *e)
{
	free(e->sections);
	free(e->names);
	close_fd(e->fd);
}

static int read_whole(int fd, void *buf, size_t size, uint64_t offset)
{
	ssize_t n = pread(fd, buf, size, (off_t)offset);

	if (n < 0)
		return -errno;
	return (size_t)n == size ? 0 : -EINVAL;
}

static int load_sections(struct elf *e)
{
	Elf64_Shdr *names;
	Elf64_Ehdr head;
	int r = read_whole(e->fd, &head, sizeof(head), 0);

	if (r < 0)
		return r;
	if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
	    head.e_ident[EI_DATA] != ELFDATA2LSB || head.e_shentsize != sizeof(Elf64_Shdr) ||
	    head.e_shnum == 0 || head.e_shstrndx >= head.e_shnum)
		return -EINVAL;
	e->count = head.e_shnum;
	e->sections = calloc(e->count, sizeof(*e->sections));
	if (!e->sections)
		return -ENOMEM;
	r = read_whole(e->fd, e->sections, e->count * sizeof(*e->sections), head.e_shoff);
	if (r < 0)
		return r;
	names = &e->sections[head.e_shstrndx];
	if (names->sh_type != SHT_STRTAB || names->sh_size == 0 || names->sh_size > NAMES_MAX)
		return -EINVAL;
	e->names_size = names->sh_size;
	e->names = malloc(e->names_size);
	if (!e->names)
		return -ENOMEM;
	r = read_whole(e->fd, e->names, e->names_size, names->sh_offset);
	e->names[e->names_size - 1] = '\0';
	return r;
}

static const Elf64_Shdr *section(const struct elf *e, const char *name)
{
	for (unsigned int i = 0; i < e->count; i++)
		if (e->sections[i].sh_name < e->names_size &&
		    strcmp(e->names + e->sections[i].sh_name, name) == 0)
			return &e->sections[i];
	return NULL;
}

/* The text from @at to its line break; false when it is no banner or goes on past what was read. */
static bool take_banner(const char *at, size_t rest, char *ret, size_t size)
{
	const char *end = memchr(at, '\n', rest < size ? rest : size - 1), *number;

	if (!end || memchr(at, '%', (size_t)(end - at))) /* the format of /proc/version */
		return false;
	/* the link's first pass leaves a banner whose "#" has no build number behind it yet */
	number = memmem(at, (size_t)(end - at), " #", 2);
	if (!number || number[2] < '0' || number[2] > '9')
		return false;
	memcpy(ret, at, (size_t)(end - at));
	ret[end - at] = '\0';
	return true;
}

static int find_banner(const struct elf *e, char *ret, size_t size)
{
	const Elf64_Shdr *data = section(e, ".rodata");
	_cleanup_free_ char *window = malloc(WINDOW);
	const char *at;
	ssize_t n;

	ret[0] = '\0';
	if (!window)
		return -ENOMEM;
	if (!data || data->sh_type == SHT_NOBITS)
		return 0;
	for (uint64_t done = 0; done < data->sh_size; done += WINDOW - size) {
		uint64_t left = data->sh_size - done;

		n = pread(e->fd, window, left < WINDOW ? left : WINDOW,
			  (off_t)(data->sh_offset + done));
		if (n < 0)
			return -errno;
		for (at = window; (at = memmem(at, (size_t)(window + n - at), banner_opening,
					       strlen(banner_opening)));
		     at++)
			if (take_banner(at, (size_t)(window + n - at), ret, size))
				return 0;
		if (n < (ssize_t)WINDOW)
			break;
	}
	return 0;
}

static void hex(const uint8_t *bytes, size_t count, char *ret)
{
	for (size_t i = 0; i < count; i++)
		snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

/* The GNU build-id among the notes in @notes. */
static void find_build_id(const uint8_t *notes, size_t size, char *ret, size_t ret_size)
{
	Elf64_Nhdr note;
	size_t at = 0, name, desc;

	while (at + sizeof(note) <= size) {
		memcpy(&note, notes + at, sizeof(note));
		name = at + sizeof(note);
		desc = name + (((size_t)note.n_namesz + 3) & ~(size_t)3);
		if (desc > size || note.n_descsz > size - desc)
			return;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    memcmp(notes + name, "GNU", 4) == 0 && note.n_descsz * 2u < ret_size) {
			hex(notes + desc, note.n_descsz, ret);
			return;
		}
		at = desc + (((size_t)note.n_descsz + 3) & ~(size_t)3);
	}
}

static int load_build_id(const struct elf *e, char *ret, size_t size)
{
	const Elf64_Shdr *s = section(e, ".note.gnu.build-id");
	_cleanup_free_ uint8_t *notes = NULL;
	int r;

	ret[0] = '\0';
	if (!s)
		s = section(e, ".notes"); /* the kernel's linker script puts all notes together */
	if (!s || s->sh_type == SHT_NOBITS || s->sh_size > NOTES_MAX)
		return 0;
	notes = malloc(s->sh_size + 1);
	if (!notes)
		return -ENOMEM;
	r = read_whole(e->fd, notes, s->sh_size, s->sh_offset);
	if (r == 0)
		find_build_id(notes, s->sh_size, ret, size);
	return r;
}

int vmlinux_load(const char *path, struct vmlinux *ret, struct diag *d)
{
	_cleanup_(elf_clear) struct elf e = { .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
	const Elf64_Shdr *debug;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (e.fd < 0)
		return diag_set(d, -errno, "%s cannot be opened: %s", path, strerror(errno));
	r = load_sections(&e);
	if (r == 0)
		r = find_banner(&e, ret->banner, sizeof(ret->banner));
	if (r == 0)
		r = load_build_id(&e, ret->build_id, sizeof(ret->build_id));
	if (r == -EINVAL)
		return diag_set(d, r, "%s is no vmlinux: not a whole ELF file of 64 bits", path);
	if (r < 0)
		return diag_set(d, r, "%s cannot be read: %s", path, strerror(-r));
	debug = section(&e, ".debug_info");
	ret->debug = debug && debug->sh_type != SHT_NOBITS && debug->sh_size > 0;
	return 0;
}
