/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A library to preload: once the file named by HANGAR_SLOW_SYNC is there, the next fdatasync()
 * takes its file away and HANGAR_SLOW_SYNC_SECONDS of time, as on a disk that somebody else floods.
 */
#include <stdlib.h>
#include <unistd.h>

int fdatasync(int fd)
{
	const char *when = getenv("HANGAR_SLOW_SYNC"),
		   *seconds = getenv("HANGAR_SLOW_SYNC_SECONDS");

	if (when && seconds && !unlink(when))
		sleep((unsigned int)atoi(seconds));
	return fsync(fd);
}
