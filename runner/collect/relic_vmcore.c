/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the vmcore itself says, for a folder whose dmesg was not written: whole or torn, of which
 * kernel, its log. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "collect/relic.h"
#include "vmcore/header.h"
#include "vmcore/log.h"

static int take_vmcore_log(struct relic *r, const char *path)
{
	char *text = NULL;

	if (r->log || vmcore_log(path, &text, NULL) < 0)
		return 0;
	return relic_take_log(r, text, strlen(text));
}

int relic_look_into_vmcore(struct relic *r)
{
	struct vmcore_header h = { 0 };
	struct diag d = { 0 };
	char path[5000];
	_cleanup_close_ int fd = -1;
	int err = path_format(path, sizeof(path), "%s/%s", r->path, r->vmcore);

	fd = err < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		snprintf(r->torn, sizeof(r->torn), "cannot be opened: %s", strerror(errno));
		return 0;
	}
	err = vmcore_header_load(fd, &h, &d);
	if (err < 0) {
		snprintf(r->torn, sizeof(r->torn), "%.299s", d.message);
		return err == -ENOMEM ? err : 0;
	}
	if (!r->release[0])
		snprintf(r->release, sizeof(r->release), "%s", h.release);
	vmcore_header_clear(&h);
	return take_vmcore_log(r, path);
}
