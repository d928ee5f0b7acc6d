/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The spool: what a slow file takes in order, and what a file that hangs loses. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "watch/spool.h"

static void a_spool_writes_in_order_and_drops_what_does_not_fit(void **state)
{
	struct spool *s = NULL;
	char buf[8192] = "", name[] = "/tmp/hangar-test-spool-XXXXXX";
	int fd = mkstemp(name), full[2];

	assert_int_equal(spool_open(dup(fd), 4096, &s), 0);
	for (int i = 0; i < 600; i++) {
		while (!spool_put(s, "0123456789", 10))
			usleep(1000);
	}
	assert_int_equal(spool_error(s), 0);
	spool_close(s, 1000000);
	assert_int_equal(pread(fd, buf, sizeof(buf), 0), 6000);
	for (int i = 0; i < 600; i++)
		assert_memory_equal(buf + 10 * i, "0123456789", 10);
	close(fd);
	unlink(name);
	/* a pipe that nobody empties: a file system that hangs */
	assert_int_equal(pipe(full), 0);
	assert_int_equal(spool_open(dup(full[1]), 4096, &s), 0);
	for (int i = 0; i < 40; i++) {
		spool_put(s, buf, 4000);
		usleep(500);
	}
	assert_true(spool_dropped(s) > 0);
	while (read(full[0], buf, sizeof(buf)) == (ssize_t)sizeof(buf))
		;
	spool_close(s, 1000000);
	close(full[0]);
	close(full[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spool_writes_in_order_and_drops_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
