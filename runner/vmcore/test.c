/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reading test: is this file a whole dump of that kernel? No symbols, seconds, the same for
 * every rung. */
#include "vmcore/vmcore.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "vmcore/header.h"
#include "vmcore/log.h"

static int check(const struct vmcore_header *h, const struct vmcore_facts *facts, struct diag *d)
{
	if (h->kind == VMCORE_FLAT)
		return diag_set(d, -EBADMSG,
				"still flattened: `makedumpfile -R` makes a vmcore of it");
	if (!h->release[0])
		return diag_set(d, -EBADMSG, "no VMCOREINFO in it says which kernel it is of");
	if (facts && facts->release && strcmp(facts->release, h->release))
		return diag_set(d, -ESTALE, "it is of kernel %s, the run was on %s", h->release,
				facts->release);
	return 0;
}

static int test(const char *path, const struct vmcore_facts *facts, struct diag *d)
{
	_cleanup_(vmcore_header_clear) struct vmcore_header h = { 0 };
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_cleanup_free_ char *log = NULL;
	int err;

	if (fd < 0)
		return diag_set(d, -errno, "it cannot be opened: %s", strerror(errno));
	err = vmcore_header_load(fd, &h, d);
	if (!err)
		err = check(&h, facts, d);
	if (!err)
		err = vmcore_log(path, &log, d);
	return err;
}

int vmcore_test(const char *path, const struct vmcore_facts *facts, struct diag *d)
{
	struct diag why = { 0 };
	int err = test(path, facts, &why);

	return err < 0 ? diag_set(d, err, "%s: %s", path, why.message) : 0;
}
