/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both files are "key value" lines; keys that are not known (v2 gains one every few years) are
 * passed over. */
#include "watch/oom_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool value_of(const char *line, const char *key, uint64_t *ret)
{
	size_t n = strlen(key);
	char *end;

	if (strncmp(line, key, n) || line[n] != ' ')
		return false;
	*ret = strtoull(line + n + 1, &end, 10);
	return end != line + n + 1;
}

int oom_state_parse(const char *text, struct oom_state *ret)
{
	unsigned int known = 0;
	uint64_t v;

	memset(ret, 0, sizeof(*ret));
	for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (value_of(p, "under_oom", &v))
			ret->under_oom = v;
		else if (value_of(p, "oom_kill_disable", &v))
			ret->kill_disabled = v;
		else if (value_of(p, "oom", &v))
			ret->ooms = v;
		else if (value_of(p, "oom_kill", &v))
			ret->kills_known = true, ret->kills = v;
		else
			continue;
		known++;
	}
	return known ? 0 : -EINVAL;
}

void oom_state_add(struct oom_state *sum, const struct oom_state *part)
{
	sum->under_oom = sum->under_oom || part->under_oom;
	sum->kill_disabled = sum->kill_disabled || part->kill_disabled;
	sum->kills_known = sum->kills_known || part->kills_known;
	sum->kills += part->kills;
	sum->ooms += part->ooms;
}
