/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's words to the first process, on the port that the files leave by: "stop" ends the
 * runner as Ctrl-C would, "starve" leaves the watchdog unfed. Everything else is said on the
 * console and passed over.
 */
#include "vm/guest/parts.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define STACK_BYTES (128u << 10)

struct listener {
	int fd;
	pid_t runner;
	struct wire_decoder decoder;
};

static bool is_word(const struct wire_frame *f, const char *word)
{
	return f->size == strlen(word) && !memcmp(f->payload, word, f->size);
}

static void obey(const struct listener *l, const struct wire_frame *f)
{
	if (f->type != WIRE_DO)
		return;
	if (is_word(f, "stop"))
		kill(l->runner, SIGTERM);
	else if (is_word(f, "starve"))
		feeder_starve();
	else
		guest_say("the host says what is not known here");
}

/* A port whose host is away polls as hung up for ever: look again later. */
static void wait_for_words(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (poll(&p, 1, -1) < 0 || !(p.revents & POLLIN))
		poll(NULL, 0, 1000);
}

static void *listen_main(void *arg)
{
	struct listener *l = arg;
	unsigned char buf[512];
	struct wire_frame frame;

	for (;;) {
		ssize_t n;

		wait_for_words(l->fd);
		n = read(l->fd, buf, sizeof(buf));
		for (size_t at = 0; n > 0 && at < (size_t)n;) {
			at += wire_feed(&l->decoder, buf + at, (size_t)n - at);
			while (wire_next(&l->decoder, &frame) == 1)
				obey(l, &frame);
		}
	}
	return NULL;
}

void listener_start(int fd, pid_t runner)
{
	static struct listener listener;
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;

	listener.fd = fd;
	listener.runner = runner;
	if (fd < 0 || wire_decoder_init(&listener.decoder) < 0)
		return;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&thread, &attr, listen_main, &listener))
		guest_say("the host cannot be listened to");
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
}
