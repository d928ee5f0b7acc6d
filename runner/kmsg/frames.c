/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stack is read innermost first, and its first frames are nearly always the same: schedule(), a
 * lock, the code that prints. What tells one hang from another is the first function that is none
 * of those. A frame with "?" is an address that was found on the stack and may be left over from an
 * earlier call. Architectures and tools differ in what stands around the symbol, never in the
 * symbol: so everything around it is taken off, and what is left must be nothing else.
 */
#include "kmsg/frames.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/pattern.h"

#define HEX "0123456789abcdefABCDEF"

/* "[c000003fdc18bc80]" of powerpc and sparc, "[<c00151fc>]", "[<0>]", "[<     inline     >]" */
static size_t address(const char *p)
{
	size_t n = 1 + (p[1] == '<');

	if (*p != '[')
		return 0;
	n += strspn(p + n, " " HEX "x");
	if (p[1] == '<' && !strncmp(p + n, "inline", 6))
		n += 6 + strspn(p + n + 6, " ");
	else if (p[1] == '<' && p[n] == '(') /* "(ptrval)", "(____ptrval____)": hidden */
		n += strcspn(p + n, ">");
	if (n < 3 || (p[1] == '<' && p[n++] != '>'))
		return 0;
	return p[n] == ']' ? n + 1 : 0;
}

/* "<IRQ>", "</TASK>", "<<EOE>>" */
static size_t context(const char *p)
{
	size_t n = strcspn(p, "> ");

	if (*p != '<' || p[n] != '>')
		return 0;
	return n + 1 + strspn(p + n + 1, ">");
}

static const char *skip_marks(const char *p)
{
	for (;;) {
		size_t n;

		p += strspn(p, " \t");
		if (p[0] == '(' && p[1] == '[') /* s390: "([<000000000130e2ae>] func+0x1/0x2)" */
			p++;
		n = *p == '[' ? address(p) : context(p);
		if (!n)
			return p;
		p += n;
	}
}

static const char *take_offsets(const char *p, struct frame *ret)
{
	size_t n = 3 + strspn(p + 3, "0123456789abcdef");
	size_t more;

	if (n == 3 || strncmp(p + n, "/0x", 3))
		return NULL;
	more = strspn(p + n + 3, "0123456789abcdef");
	if (!more || n + 3 + more >= sizeof(ret->offsets))
		return NULL;
	n += 3 + more;
	memcpy(ret->offsets, p, n);
	ret->offsets[n] = 0;
	return p + n;
}

/* "lib/dump_stack.c:51", "./include/linux/fs.h:760": its length, 0: none. */
static size_t source_place(const char *p)
{
	static const char *const ends[] = { ".c:", ".h:", ".S:", ".rs:" };
	size_t word = strcspn(p, " \n)]");

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t skip = strlen(ends[i]);
		const char *at = memmem(p, word, ends[i], skip);
		size_t digits = at ? strspn(at + skip, "0123456789?") : 0;

		if (digits)
			return (size_t)(at - p) + skip + digits;
	}
	return 0;
}

/* "[ext4]", "[ext4 4f2a...]" with a build id, "[inline]" of a symbolizer */
static const char *take_bracket(const char *p, struct frame *ret)
{
	size_t n = strcspn(p + 1, " ]\n");

	if (!strncmp(p, "[inline]", 8)) {
		ret->inlined = true;
		return p + 8;
	}
	if (n >= sizeof(ret->module))
		n = sizeof(ret->module) - 1;
	memcpy(ret->module, p + 1, n);
	ret->module[n] = 0;
	p += strcspn(p, "]\n");
	return p + (*p == ']');
}

/* What may stand behind "func+0x1/0x2": module, "(unreliable)", "(P)", a place in the source, "from
 * (caller...". Anything else, and the line is prose. */
static bool take_rest(const char *p, struct frame *ret)
{
	for (;;) {
		size_t n;

		p += strspn(p, " \t)");
		if (!*p || *p == '\n' || *p == '(' || !strncmp(p, "from ", 5))
			return true;
		if (*p == '[') {
			p = take_bracket(p, ret);
			continue;
		}
		n = source_place(p);
		if (!n)
			return !strncmp(p, "SS:ESP", 6) || !strncmp(p, "RSP", 3) ||
			       !strncmp(p, "LR ", 3);
		p += n;
	}
}

/* "from dump_stack+0x1/0x2", "from [<c0012710>] (show_stack+0x20/0x24)" */
static bool from_caller(const char *p)
{
	if (strncmp(p, "from ", 5))
		return false;
	p += 5;
	return *p == '[' || !strncmp(p + pattern_symbol(p), "+0x", 3);
}

/* A symbol without offsets is a frame only in company: "(show_stack) from [<...>]", "show_stack
 * from dump_stack+0x1/0x2", "func lib/file.c:77 [inline]", "func (lib/file.c:77)". */
static bool take_bare(const char *p, bool parenthesis, struct frame *ret)
{
	if (parenthesis && *p++ != ')')
		return false;
	if (*p++ != ' ')
		return false;
	if (from_caller(p))
		return true;
	if (*p == '(')
		return source_place(p + 1) > 0;
	return source_place(p) > 0 && take_rest(p, ret);
}

bool frame_parse(const char *line, struct frame *ret)
{
	const char *p = skip_marks(line);
	bool parenthesis;
	size_t n, shown;

	*ret = (struct frame){ .trusted = true,
			       .inlined = !strncmp(line + strspn(line, " "), "[<     inline", 13) };
	if (p[0] == '?' && p[1] == ' ') {
		ret->trusted = false;
		p = skip_marks(p + 2);
	}
	parenthesis = *p == '(';
	p += parenthesis;
	p += *p == '.'; /* powerpc, ELFv1: ".sys_read+0x1/0x2" */
	n = pattern_symbol(p);
	shown = strcspn(p, ".+ )");
	if (!n || !shown || shown > n)
		return false;
	if (shown >= sizeof(ret->name))
		shown = sizeof(ret->name) - 1;
	memcpy(ret->name, p, shown);
	ret->name[shown] = 0;
	if (strncmp(p + n, "+0x", 3))
		return take_bare(p + n, parenthesis, ret);
	p = take_offsets(p + n, ret);
	if (p && strstr(p, "(unreliable)"))
		ret->trusted = false;
	return p && take_rest(p, ret);
}

bool frame_append(const struct frame *f, char *buf, size_t size)
{
	size_t used = strlen(buf);
	int n = snprintf(buf + used, size - used, f->module[0] ? "%s%s [%s]\n" : "%s%s\n", f->name,
			 f->offsets, f->module);

	if (n >= 0 && (size_t)n < size - used)
		return true;
	buf[used] = 0;
	return false;
}

bool frame_next(const char **stack, char *name, size_t size)
{
	while (**stack) {
		const char *line = *stack;
		size_t n = strcspn(line, "\n"), symbol = strcspn(line, "+. \n");

		*stack += n + (line[n] == '\n');
		if (!strncmp(line, "--", 2)) {
			name[0] = 0;
			return true;
		}
		if (symbol && symbol < size) {
			memcpy(name, line, symbol);
			name[symbol] = 0;
			return true;
		}
	}
	return false;
}

void frames_telling(const char *stack, enum finding_kind kind, char *function, size_t size)
{
	unsigned int best = 0, rank;
	char name[96];

	function[0] = 0;
	while (frame_next(&stack, name, sizeof(name))) {
		if (!name[0])
			continue;
		if (!frame_is_dull_for(kind, name)) {
			snprintf(function, size, "%s", name);
			return;
		}
		rank = frame_place_rank(kind, name);
		if (rank > best) {
			snprintf(function, size, "%s", name);
			best = rank;
		}
	}
}
