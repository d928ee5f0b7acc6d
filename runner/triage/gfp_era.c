/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An era is given points for what a mask means in it; bits without a meaning, or I/O by a task that
 * may not wait, exclude it. Names printed beside the mask are the best witness of all.
 */
#include "triage/gfp_era.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/scan_text.h"

/* The report's form: what it holds came with one version and went with another. */
static const struct clue {
	const char *text;
	uint32_t from, before;
	const char *says;
} clues[] = {
	{ "page allocation failure. order:", 0, KERNEL(3, 0, 0), "a full stop after 'failure'" },
	{ "page allocation failure: order:", KERNEL(3, 0, 0), KERNEL_NEVER,
	  "a colon after 'failure'" },
	{ "Pid: ", 0, KERNEL(3, 10, 0), "'Pid:'" },
	{ "CPU: ", KERNEL(3, 9, 0), KERNEL_NEVER, "'CPU: PID:'" },
	{ " [<ffffffff8", 0, KERNEL(4, 10, 0), "frames with addresses" },
	{ "(GFP_", KERNEL(4, 6, 0), KERNEL_NEVER, "names beside the mask" },
	{ "(__GFP_", KERNEL(4, 6, 0), KERNEL_NEVER, "names beside the mask" },
	{ "), nodemask=", KERNEL(4, 10, 0), KERNEL_NEVER, "a nodemask" },
	{ ",cpuset=", KERNEL(5, 0, 0), KERNEL_NEVER, "the cpuset in the first line" },
	{ "writepending:", KERNEL(4, 8, 0), KERNEL_NEVER, "per-node lines" },
	{ "reserved_highatomic:", KERNEL(5, 0, 0), KERNEL_NEVER, "reserved_highatomic" },
	{ "shmem_thp:", KERNEL(4, 8, 0), KERNEL_NEVER, "shmem_thp" },
	{ " unstable:", 0, KERNEL(5, 8, 0), "'unstable:'" },
	{ "<TASK>", KERNEL(5, 15, 0), KERNEL_NEVER, "'<TASK>'" },
};

uint32_t kernel_version(const char *release)
{
	unsigned int part[3] = { 0, 0, 0 };
	const char *p = release;

	for (unsigned int i = 0; i < 3; i++) {
		uint64_t n;
		const char *end = *p >= '0' && *p <= '9' ? scan_u64(p, &n) : NULL;

		if (!end)
			return i < 2 ? 0 : KERNEL(part[0], part[1], 0);
		part[i] = n < 255 ? (unsigned int)n : 255; /* 4.14.336 is 4.14.255 here */
		if (*end != '.')
			return i < 1 ? 0 : KERNEL(part[0], part[1], part[2]);
		p = end + 1;
	}
	return KERNEL(part[0], part[1], part[2]);
}

static const struct gfp_era *by_release(const char *release, uint32_t version)
{
	const struct gfp_era *found = &gfp_eras[gfp_era_count - 1];

	for (size_t i = gfp_era_count; i--;) {
		const struct gfp_era *e = &gfp_eras[i];

		if (version < e->from || version >= e->before)
			continue;
		if (e->vendor && strstr(release, e->vendor))
			return e;
		if (!e->vendor)
			found = e;
	}
	return found;
}

struct bounds {
	uint32_t from, before;
	char says[200];
};

static void look_for(const struct clue *c, const struct report_text *t, struct bounds *b)
{
	for (unsigned int i = 0; i < t->count; i++) {
		size_t used = strlen(b->says);

		if (!strstr(t->lines[i], c->text))
			continue;
		if (!strcmp(c->text, "CPU: ") && !strstr(t->lines[i], " PID: "))
			continue;
		if (!strcmp(c->text, "Pid: ") && !strstr(t->lines[i], ", comm: "))
			continue;
		/* What contradicts the others is a backport or two logs in one. */
		if (c->from >= b->before || c->before <= b->from)
			return;
		if (c->from > b->from)
			b->from = c->from;
		if (c->before < b->before)
			b->before = c->before;
		snprintf(b->says + used, sizeof(b->says) - used, "%s%s", used ? ", " : "", c->says);
		return;
	}
}

static bool impossible(uint64_t flags, uint32_t unknown, bool split)
{
	const uint64_t needs_wait = GFP_BIT(GFP_IO) | GFP_BIT(GFP_FS) | GFP_BIT(GFP_NOFAIL) |
				    GFP_BIT(GFP_REPEAT) | GFP_BIT(GFP_RETRY_MAYFAIL);
	const uint64_t types = GFP_BIT(GFP_RECLAIMABLE) | GFP_BIT(GFP_MOVABLE);

	if (unknown || (flags & types) == types)
		return true;
	if ((flags & needs_wait) && !(flags & GFP_MAY_WAIT))
		return true;
	return split && !(flags & (GFP_BIT(GFP_DIRECT) | GFP_BIT(GFP_KSWAPD)));
}

/* How much sense @mask makes in @e; negative: none. */
static int sense(const struct gfp_era *e, uint32_t mask)
{
	const uint64_t odd = GFP_BIT(GFP_NOLOCKDEP) | GFP_BIT(GFP_NOACCOUNT) |
			     GFP_BIT(GFP_SKIP_ZERO) | GFP_BIT(GFP_CONFIGURED) |
			     GFP_BIT(GFP_SKIP_POISON) | GFP_BIT(GFP_OTHER_NODE);
	const uint64_t both = GFP_BIT(GFP_DIRECT) | GFP_BIT(GFP_KSWAPD);
	bool split = e->from >= KERNEL(4, 4, 0);
	uint32_t unknown;
	uint64_t flags = gfp_decode(e, mask, &unknown);
	int points = 1;

	if (impossible(flags, unknown, split))
		return -1;
	if ((flags & GFP_BIT(GFP_WAIT)) || (flags & both) == both)
		points += 2;
	else if (flags & (GFP_BIT(GFP_HIGH) | GFP_BIT(GFP_KSWAPD)))
		points += 1;
	if ((flags & GFP_BIT(GFP_ATOMIC)) && !(flags & GFP_BIT(GFP_HIGH)))
		points -= 2;
	return flags & odd ? points - 1 : points;
}

/* Names and number of the same line agree in one era at least, often in several. */
static int witness(const struct gfp_era *e, uint32_t mask, const char *names)
{
	uint64_t said;

	if (!names)
		return 0;
	if (gfp_parse(e, names, strlen(names), &said) < 0)
		return -1;
	return gfp_same(said, gfp_decode(e, mask, NULL)) ? 8 : -1;
}

static void by_form(uint32_t mask, const char *names, const struct bounds *b, struct gfp_guess *ret)
{
	int best = -100;

	for (size_t i = 0; i < gfp_era_count; i++) {
		const struct gfp_era *e = &gfp_eras[i];
		int points;

		if (e->vendor || e->before <= b->from || e->from >= b->before)
			continue;
		points = sense(e, mask) + witness(e, mask, names);
		if (points == best && gfp_decode(e, mask, NULL) == gfp_decode(ret->era, mask, NULL))
			continue; /* as good, and no different */
		if (points == best)
			ret->certain = false;
		if (points > best) {
			best = points;
			ret->era = e;
			ret->certain = points > 0;
		}
	}
	if (best == -100)
		ret->certain = false;
}

void gfp_guess_era(const char *release, uint32_t mask, const char *names,
		   const struct report_text *t, struct gfp_guess *ret)
{
	struct bounds b = { 0, KERNEL_NEVER, "" };

	*ret = (struct gfp_guess){ .era = &gfp_eras[gfp_era_count - 1],
				   .version = kernel_version(release) };
	if (ret->version) {
		ret->era = by_release(release, ret->version);
		ret->certain = true;
		snprintf(ret->because, sizeof(ret->because), "the kernel is %s", release);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(clues); i++)
		look_for(&clues[i], t, &b);
	by_form(mask, names, &b, ret);
	snprintf(ret->because, sizeof(ret->because),
		 "the log names no release; the form (%s) and the mask's reclaim bits %s",
		 b.says[0] ? b.says : "no clue",
		 ret->certain ? "fit it best" : "leave others open");
}
