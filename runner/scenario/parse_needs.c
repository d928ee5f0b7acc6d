/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "needs": kernel releases and paths; the rest is plain rows. */
#include <string.h>

#include "scenario/reader.h"
#include "scenario/scenario.h"

/* "4.5", "3.10.0": two to four numbers of at most five digits. What a distributor appends is not
 * compared. */
static bool is_version(const char *text)
{
	size_t numbers = 0;

	while (true) {
		size_t digits = strspn(text, "0123456789");

		if (!digits || digits > 5)
			return false;
		numbers++;
		text += digits;
		if (*text != '.')
			return !*text && numbers >= 2 && numbers <= 4;
		text++;
	}
}

int read_version(struct reader *r, const struct key *k, json_t *value, void *base)
{
	const char *text = json_string_value(value);
	char word[64];

	if (!text)
		return reader_refuse(r, "must be text like \"4.5\", not %s", json_kind(value));
	if (!is_version(text))
		return reader_refuse(r, "is %s, no kernel release; write \"4.5\" or \"3.10.0\"",
				     quoted(text, word, sizeof(word)));
	return store_text(r, text, (char **)(void *)((char *)base + k->offset));
}

int check_needs(struct reader *r, json_t *value, void *base)
{
	const struct needs_spec *n = base;
	char word[64];

	for (char **f = n->files; f && *f; f++)
		if (**f != '/')
			return reader_refuse_key(r, "files",
						 "\"files\" holds %s, which is no absolute path",
						 quoted(*f, word, sizeof(word)));
	for (char **p = n->programs; p && *p; p++)
		if (strchr(*p, '/'))
			return reader_refuse_key(r, "programs",
						 "\"programs\" holds %s; a program is a name, "
						 "looked for in PATH",
						 quoted(*p, word, sizeof(word)));
	return 0;
}
