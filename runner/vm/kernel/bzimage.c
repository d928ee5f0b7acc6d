/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x86 boot protocol's setup header. Its kernel_version points at UTS_RELEASE, who compiled it
 * and where, and UTS_VERSION, the very parts that linux_banner in vmlinux is made of
 * (init/version.c); the banner adds only the compiler. UTS_VERSION holds the build's number and
 * date, for Debian also the package's version.
 */
#include "vm/kernel/bzimage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/textfile.h"

#define HEAD_BYTES 32768 /* boot sector and setup code: at most 64 sectors of 512 */
#define BOOT_FLAG 0x01fe /* 0xaa55 */
#define SETUP_SECTS 0x01f1
#define SYSSIZE 0x01f4      /* of the protected-mode code, in 16 bytes */
#define HEADER_MAGIC 0x0202 /* "HdrS" */
#define PROTOCOL 0x0206
#define KERNEL_VERSION 0x020e /* offset of the text, less 0x200 */
#define PAYLOAD_OFFSET 0x0248 /* from the protected-mode code; protocol 2.08 */
#define PAYLOAD_LENGTH 0x024c
#define HEADER_END 0x0250
#define PROTOCOL_PAYLOAD 0x0208

static uint32_t le(const uint8_t *p, unsigned int bytes)
{
	uint32_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static void parse_version(const uint8_t *head, size_t size, struct bzimage *ret)
{
	size_t at = le(head + KERNEL_VERSION, 2), length;

	if (at == 0 || (at += 0x200) >= size)
		return;
	length = strnlen((const char *)head + at, size - at);
	if (length >= sizeof(ret->banner) || length == size - at)
		return;
	memcpy(ret->banner, head + at, length);
	length = strcspn(ret->banner, " ");
	if (length < sizeof(ret->release) && !memchr(ret->banner, '/', length))
		memcpy(ret->release, ret->banner, length);
}

/* Sectors of the setup code, the boot sector included; an old zero means four. */
static uint64_t setup_bytes(const uint8_t *head)
{
	return ((head[SETUP_SECTS] ? head[SETUP_SECTS] : 4) + 1) * 512u;
}

int bzimage_parse(const uint8_t *head, size_t size, struct bzimage *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (size < HEADER_END || le(head + BOOT_FLAG, 2) != 0xaa55 ||
	    memcmp(head + HEADER_MAGIC, "HdrS", 4) != 0)
		return -EINVAL;
	parse_version(head, size, ret);
	if (le(head + PROTOCOL, 2) >= PROTOCOL_PAYLOAD && le(head + PAYLOAD_OFFSET, 4)) {
		ret->payload_offset = setup_bytes(head) + le(head + PAYLOAD_OFFSET, 4);
		ret->payload_bytes = le(head + PAYLOAD_LENGTH, 4);
	}
	return 0;
}

int bzimage_load(const char *path, struct bzimage *ret, struct diag *d)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_cleanup_free_ uint8_t *head = malloc(HEAD_BYTES);
	struct stat st;
	ssize_t n;
	uint64_t due;

	if (!head)
		return diag_set(d, -ENOMEM, "%s: no memory", path);
	if (fd < 0 || fstat(fd, &st) < 0 || (n = pread(fd, head, HEAD_BYTES, 0)) < 0)
		return diag_set(d, -errno, "%s cannot be read: %s", path, strerror(errno));
	if (bzimage_parse(head, (size_t)n, ret) < 0)
		return diag_set(d, -EINVAL, "%s is no x86 kernel image: it has no boot header",
				path);
	due = setup_bytes(head) + (uint64_t)le(head + SYSSIZE, 4) * 16;
	/* a signature may follow, and the last 16 bytes may be rounded up */
	if ((uint64_t)st.st_size + 16 < due)
		return diag_set(d, -ENODATA,
				"%s is cut short: its header promises %llu bytes and it has %llu; "
				"get it again",
				path, (unsigned long long)due, (unsigned long long)st.st_size);
	return 0;
}

bool bzimage_same_build(const char *banner, const char *linux_banner)
{
	static const char opening[] = "Linux version ";
	const char *who_end = strstr(banner, ") "), *version;
	size_t who_length, version_length, length;

	if (!who_end || strncmp(linux_banner, opening, strlen(opening)) != 0)
		return false;
	linux_banner += strlen(opening);
	who_length = (size_t)(who_end - banner) + 1;
	version = who_end + 2;
	version_length = strlen(version);
	length = strcspn(linux_banner, "\n");
	return length > who_length + version_length &&
	       strncmp(linux_banner, banner, who_length) == 0 &&
	       strncmp(linux_banner + length - version_length, version, version_length) == 0;
}
