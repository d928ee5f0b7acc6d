/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tracing by libtracefs. Its functions return -1 (or less) and leave the reason in errno. */
#include <errno.h>

#include "tracing/home.h"
#include "tracing/late_tracefs.h"

static int result(int returned)
{
	return returned >= 0 ? 0 : errno ? -errno : -EIO;
}

static int make(struct trace_home *h)
{
	errno = 0;
	if (h->library->tracefs_set_tracing_dir(h->top) < 0)
		return result(-1);
	if (!h->name[0])
		return 0; /* the top needs no handle */
	h->instance = h->library->tracefs_instance_create(h->name);
	return h->instance ? 0 : result(-1);
}

static int write_text(struct trace_home *h, const char *file, const char *text)
{
	errno = 0;
	return result(h->library->tracefs_instance_file_write(h->instance, file, text));
}

static int enable(struct trace_home *h, const char *system, const char *event)
{
	errno = 0;
	return result(h->library->tracefs_event_enable(h->instance, system, event));
}

static int probe(struct trace_home *h, const char *event, const char *function,
		 const char *arguments, bool at_return)
{
	errno = 0;
	return result(
		at_return ? h->library->tracefs_kretprobe_raw(h->group, event, function, arguments)
			  : h->library->tracefs_kprobe_raw(h->group, event, function, arguments));
}

/* With its flags 0 the library adds to the filter and closes it, so that it takes effect; above 0
 * it took none. */
static int filter(struct trace_home *h, const char *function)
{
	errno = 0;
	return result(-!!h->library->tracefs_function_filter(h->instance, function, NULL, 0));
}

static void close_home(struct trace_home *h)
{
	if (h->instance)
		h->library->tracefs_instance_free(h->instance);
	h->instance = NULL;
}

const struct trace_ops trace_by_library = {
	"libtracefs", make, write_text, enable, probe, filter, close_home,
};
