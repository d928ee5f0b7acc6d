/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "CONFIG_EXT4_FS=y", or "# CONFIG_EXT4_FS is not set", or nothing at all: the latter two mean the
 * same. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "vm/kernel/kernel.h"

#define CONFIG_MAX (4u << 20) /* Debian's are 0.25 MB */

int kernel_config(const struct kernel *k, const char *option)
{
	_cleanup_free_ char *text = NULL;
	size_t size, length = strlen(option);
	const char *at;

	if (!k->config[0] || textfile_load(k->config, CONFIG_MAX, &text, &size) < 0)
		return -ENOENT;
	for (at = text; (at = strstr(at, option)); at += length)
		if ((at == text || at[-1] == '\n') && at[length] == '=')
			return at[length + 1] == 'y' ? 1 : at[length + 1] == 'm' ? 2 : 0;
	return 0;
}
