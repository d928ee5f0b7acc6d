/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line is enough to see that a storm blows and what it has brought; the run directory has the
 * rest. */
#include "run/panel.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LIVE_EVERY_US 500000u
#define HEADLINE_MAX 160         /* the report has it whole */
#define PLAIN_EVERY_US 10000000u /* a log of a night stays readable: six lines a minute */

static void put(const struct panel *p, const char *text, size_t size)
{
	struct pollfd pfd = { .fd = p->fd, .events = POLLOUT };
	ssize_t done;

	if (poll(&pfd, 1, 0) != 1 || !(pfd.revents & POLLOUT))
		return;
	done = write(p->fd, text, size);
	(void)done; /* nobody to tell */
}

void panel_init(struct panel *p, int fd, bool quiet, bool plain, uint64_t epoch_us)
{
	*p = (struct panel){
		.fd = fd, .quiet = quiet, .live = !plain && isatty(fd), .epoch_us = epoch_us
	};
}

void panel_clear(struct panel *p)
{
	if (p->line_shown)
		put(p, "\r\033[K", 4);
	p->line_shown = false;
}

void panel_say(struct panel *p, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	if (p->quiet)
		return;
	panel_clear(p);
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text) - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n > sizeof(text) - 2)
		n = sizeof(text) - 2;
	text[n] = '\n';
	put(p, text, (size_t)n + 1);
}

/* Allowed noise is told once a kind; the live line counts the rest. */
static bool is_worth_a_line(struct panel *p, const struct finding *f)
{
	if (f->more_of || f->judged == JUDGED_NOTE)
		return false;
	if (f->judged != JUDGED_ALLOWED)
		return true;
	if (p->allowed_told[f->kind])
		return false;
	p->allowed_told[f->kind] = true;
	return true;
}

void panel_finding(struct panel *p, const struct finding *f)
{
	char since[48] = "";

	if (!is_worth_a_line(p, f))
		return;
	if (f->began_us && f->began_us < f->noticed_us)
		snprintf(since, sizeof(since), " %.3g s after it began",
			 (double)(f->noticed_us - f->began_us) / 1e6);
	panel_say(p, "%7.1f s  %s %s, noticed by %s%s%s%s: %.*s",
		  (double)(f->noticed_us - p->epoch_us) / 1e6, finding_judged_name(f->judged),
		  finding_kind_name(f->kind), f->watcher, since, f->group[0] ? ", group " : "",
		  f->group, HEADLINE_MAX, f->text);
}

static int width_of(int fd)
{
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 20 ? w.ws_col : 80;
}

static void format_left(uint64_t us, char *buf, size_t size)
{
	unsigned int s = (unsigned int)(us / 1000000u);

	if (!us)
		buf[0] = '\0';
	else if (s < 60)
		snprintf(buf, size, ", %u s left", s);
	else
		snprintf(buf, size, ", %u:%02u left", s / 60, s % 60);
}

void panel_update(struct panel *p, const struct panel_facts *f)
{
	char left[32], line[512];
	int n;

	if (p->quiet || f->now_us - p->last_us < (p->live ? LIVE_EVERY_US : PLAIN_EVERY_US))
		return;
	p->last_us = f->now_us;
	format_left(f->left_us, left, sizeof(left));
	n = snprintf(line, sizeof(line),
		     "%7.1f s  %s%s | %llu steps/s | %u running | %llu OOM kills | %u findings, %u "
		     "allowed%s%s",
		     (double)(f->now_us - p->epoch_us) / 1e6, f->phase, left,
		     (unsigned long long)f->steps_per_s, f->alive, (unsigned long long)f->oom_kills,
		     f->findings, f->allowed, f->watchers[0] ? " | " : "", f->watchers);
	if (n < 0)
		return;
	if (!p->live) {
		panel_say(p, "%s", line);
		return;
	}
	line[width_of(p->fd) - 1 < (int)sizeof(line) ? width_of(p->fd) - 1
						     : (int)sizeof(line) - 1] = '\0';
	put(p, "\r\033[K", 4);
	put(p, line, strlen(line));
	p->line_shown = true;
}
