/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug symbols are only as good as their match: a vmlinux of the neighbouring build decodes every
 * stack, wrongly. The build-id tells builds apart for certain; it lies in the packed part of the
 * image, 0.2 s away. The banner is in plain sight in the boot header, and differs by version, build
 * number or date.
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/kernel/bzimage.h"
#include "vm/kernel/payload.h"
#include "vm/kernel/symbols.h"
#include "vm/kernel/vmlinux.h"

int symbols_build_load(const char *vmlinuz, struct symbols_build *ret, struct diag *d)
{
	struct bzimage image;
	int r = bzimage_load(vmlinuz, &image, d);

	if (r < 0)
		return r;
	memset(ret, 0, sizeof(*ret));
	ret->vmlinuz = vmlinuz;
	memcpy(ret->banner, image.banner, sizeof(ret->banner));
	return 0;
}

const char *symbols_build_id(struct symbols_build *b)
{
	if (!b->asked && payload_build_id(b->vmlinuz, b->build_id, NULL) < 0)
		b->build_id[0] = '\0';
	b->asked = true;
	return b->build_id;
}

static int check_banner(const char *banner, const struct vmlinux *v, const char *name,
			struct diag *d)
{
	if (!v->banner[0])
		return diag_set(
			d, -EINVAL,
			"%s does not hold the kernel's banner, so it cannot be told whose it is",
			name);
	if (!banner[0])
		return diag_set(
			d, -ENOTSUP,
			"the kernel image does not say its build, so no vmlinux can be trusted");
	if (!bzimage_same_build(banner, v->banner))
		return diag_set(
			d, -ESTALE,
			"%s is of another build: it is \"%.250s\", the kernel is \"%.250s\"", name,
			v->banner, banner);
	return 0;
}

int symbols_check(struct symbols_build *b, const char *path, const char *name, struct diag *d)
{
	struct diag inner = { 0 };
	struct vmlinux v;
	bool sure = false;
	int r = vmlinux_load(path, &v, &inner);

	if (r < 0)
		return diag_set(d, r, "%s", inner.message);
	/* a debug file may have no data, and so no banner: then its build-id alone must do */
	r = v.banner[0] ? check_banner(b->banner, &v, name, d) : 0;
	if (r == 0 && v.build_id[0] && symbols_build_id(b)[0]) {
		sure = true;
		if (strcmp(b->build_id, v.build_id) != 0)
			return diag_set(d, -ESTALE,
					"%s is of another build: its build-id is %.40s, the "
					"kernel's is %.40s",
					name, v.build_id, b->build_id);
	}
	if (r == 0 && !sure)
		r = check_banner(b->banner, &v, name, d);
	if (r < 0)
		return r;
	return v.debug ? 0
		       : diag_set(d, -ENOENT, "%s has no debug information (.debug_info)", name);
}
