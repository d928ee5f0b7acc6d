/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys, wherever they stand: their order changed in 4.7, 4.10 and 5.0. */
#include "triage/alloc_request.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/scan_text.h"

static const struct {
	const char *text;
	enum alloc_what what;
} forms[] = {
	{ "page allocation failure", ALLOC_PAGES },
	{ "page allocation stalls", ALLOC_STALL },
	{ "vmalloc: allocation failure", ALLOC_VMALLOC },
	{ "vmalloc error: size", ALLOC_VMALLOC },
	{ "Unable to allocate memory on", ALLOC_SLAB },
	{ "possible memory allocation deadlock", ALLOC_XFS },
};

static const char *behind(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? p + strlen(key) : NULL;
}

static void take_mask(const char *headline, struct alloc_request *r)
{
	static const char *const keys[] = { "mode:", "gfp=", "gfp_mask=" };
	const char *end = NULL;
	uint64_t mask;

	for (size_t i = 0; !end && i < ARRAY_SIZE(keys); i++) {
		const char *p = behind(headline, keys[i]);

		end = p ? scan_hex(p, &mask) : NULL;
	}
	if (!end || mask > UINT32_MAX)
		return;
	r->has_mask = true;
	r->mask = (uint32_t)mask;
	if (*end == '(' && strchr(end, ')'))
		scan_copy(r->names, sizeof(r->names), end + 1, strcspn(end + 1, ")"));
}

/* "0-1,3" into bits; what is beyond 64 does not fit and is left out. */
static bool node_list(const char *p, uint64_t *ret)
{
	*ret = 0;
	for (;;) {
		uint64_t first, last;

		if (*p < '0' || *p > '9')
			return *ret != 0;
		p = scan_u64(p, &first);
		last = first;
		if (p && *p == '-' && p[1] >= '0' && p[1] <= '9')
			p = scan_u64(p + 1, &last);
		for (uint64_t n = first; n <= last && n < 64; n++)
			*ret |= UINT64_C(1) << n;
		if (!p || *p != ',')
			return *ret != 0;
		p++;
	}
}

static void take_nodes(const char *headline, const struct report_text *t, struct alloc_request *r)
{
	const char *p = behind(headline, "nodemask=");

	r->has_nodes = p && node_list(p, &r->nodes);
	p = behind(headline, "mems_allowed=");
	/* 4.10 to 4.20 write it on the next line. */
	for (unsigned int i = 0; !p && i < t->count && i < 8; i++)
		p = behind(t->lines[i], "mems_allowed=");
	r->has_mems = p && node_list(p, &r->mems);
}

static void take_vmalloc(const char *headline, struct alloc_request *r)
{
	static const char *const problems[] = {
		"failed to allocate pages", "failed to allocated page array",
		"exceeds total pages",      "vm_struct allocation failed",
		"failed to map pages",      "failed to map area",
	};

	if (!scan_key_u64(headline, "vmalloc error: size ", &r->bytes) &&
	    !scan_key_u64(headline, "allocation failure: ", &r->bytes)) {
		scan_key_u64(headline, "allocation failure, allocated ", &r->had_bytes);
		scan_key_u64(headline, " of ", &r->bytes);
	}
	for (size_t i = 0; i < ARRAY_SIZE(problems); i++)
		if (strstr(headline, problems[i]))
			scan_copy(r->problem, sizeof(r->problem), problems[i], strlen(problems[i]));
	/* It is the pages behind the area that were not to be had: one at a time. */
	r->has_order = strstr(headline, "failure, allocated") || strstr(headline, problems[0]);
}

static void take_cache(const struct report_text *t, struct alloc_request *r)
{
	uint64_t order;

	for (unsigned int i = 0; i < t->count; i++) {
		const char *p = behind(t->lines[i], "cache: ");

		if (!p)
			continue;
		scan_copy(r->cache, sizeof(r->cache), p, strcspn(p, ","));
		r->has_order = (scan_key_u64(p, "min order: ", &order) ||
				scan_key_u64(p, ", order: ", &order)) &&
			       order < 32;
		if (r->has_order)
			r->order = (unsigned int)order;
		return;
	}
}

int alloc_request_parse(const char *headline, const struct report_text *t,
			struct alloc_request *ret)
{
	uint64_t order;
	size_t form = 0;

	*ret = (struct alloc_request){ .what = ALLOC_PAGES };
	while (form < ARRAY_SIZE(forms) && !strstr(headline, forms[form].text))
		form++;
	if (form == ARRAY_SIZE(forms))
		return -ENODATA;
	ret->what = forms[form].what;
	take_mask(headline, ret);
	take_nodes(headline, t, ret);
	if (ret->what == ALLOC_VMALLOC)
		take_vmalloc(headline, ret);
	if ((scan_key_u64(headline, "order:", &order) ||
	     scan_key_u64(headline, "page order ", &order)) &&
	    order < 32) {
		ret->has_order = true;
		ret->order = (unsigned int)order;
	}
	if (ret->what == ALLOC_STALL)
		scan_key_u64(headline, "stalls for ", &ret->stall_ms);
	else if (ret->what == ALLOC_XFS)
		scan_key_u64(headline, "deadlock size ", &ret->bytes);
	else if (ret->what == ALLOC_SLAB)
		take_cache(t, ret);
	return ret->has_mask || ret->has_order || ret->bytes ? 0 : -ENODATA;
}
