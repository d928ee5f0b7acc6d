/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `hangar run --wire` opens, and what it does not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/wire_port.h"
#include "tmpdir.h"

static char path[256];

static const char *in(void **state, const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", (char *)*state, name);
	return path;
}

static void refuses(const char *what, int err, const char *why)
{
	struct diag d = { 0 };
	int fd = -1;

	assert_int_equal(wire_port_open(what, &fd, &d), err);
	assert_int_equal(fd, -1);
	assert_non_null(strstr(d.message, what));
	assert_non_null(strstr(d.message, why));
}

static void what_would_answer_with_our_own_frames_is_refused(void **state)
{
	close(open(in(state, "file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	refuses(path, -EINVAL, "no character device");
	assert_int_equal(mkfifo(in(state, "fifo"), 0600), 0);
	refuses(path, -EINVAL, "no character device");
	refuses(*state, -EINVAL, "no character device");
	refuses(in(state, "absent"), -ENOENT, "No such file");
}

static void a_socket_is_connected_to(void **state)
{
	_cleanup_close_ int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), fd = -1,
			    peer = -1;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct diag d = { 0 };
	char byte = 0;

	snprintf(at.sun_path, sizeof(at.sun_path), "%.100s", in(state, "socket"));
	assert_int_equal(bind(server, (struct sockaddr *)&at, sizeof(at)), 0);
	refuses(path, -ECONNREFUSED, "refused");
	assert_int_equal(listen(server, 1), 0);
	assert_int_equal(wire_port_open(path, &fd, &d), 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	peer = accept(server, NULL, NULL);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(read(peer, &byte, 1), 1);
	assert_int_equal(byte, 'x');
}

/* A terminal would make two bytes of a newline, and obey what is in a checksum. */
static void a_serial_line_carries_bytes_as_they_are(void **state)
{
	static const char bytes[] = "a\nb\r\x03\x04\x11\xff";
	_cleanup_close_ int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), fd = -1;
	char got[sizeof(bytes)] = "";
	struct diag d = { 0 };
	size_t have = 0;

	assert_int_equal(grantpt(master) | unlockpt(master), 0);
	assert_int_equal(wire_port_open(ptsname(master), &fd, &d), 0);
	assert_int_equal(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	while (have < sizeof(bytes)) {
		ssize_t n = read(master, got + have, sizeof(got) - have);

		assert_true(n > 0);
		have += (size_t)n;
	}
	assert_memory_equal(got, bytes, sizeof(bytes));
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_would_answer_with_our_own_frames_is_refused),
		TEST(a_socket_is_connected_to),
		TEST(a_serial_line_carries_bytes_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
