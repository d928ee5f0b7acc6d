/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report has no end mark but in an oops. On a busy machine the next driver's chatter comes at
 * once, with no pause that would tell; what tells is that it looks like no part of a report.
 */
#include "kmsg/belongs.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const begins[] = {
	/* who and where */
	"CPU: ",
	"PID: ",
	"Pid: ",
	"Process ",
	"task:",
	"Comm: ",
	"TASK ",
	"Hardware name",
	"Workqueue: ",
	"Modules linked in",
	"Tainted: ",
	"Not tainted",
	"Call ",
	"Code: ",
	"Stack",
	"Backtrace",
	"backtrace",
	"Exception stack",
	"Trace:",
	"RIP",
	"RSP",
	"EIP",
	"PC is at",
	"LR is at",
	"CPU ",
	"Internal error",
	"Oops",
	"Kernel panic",
	"Kernel Offset",
	"Rebooting in",
	"Insn:",
	"Instruction dump",
	"CFAR",
	"Krnl ",
	"Last Breaking",
	"Bad rip",
	"Unreliable",
	/* other CPUs and tasks */
	"NMI backtrace",
	"Sending NMI",
	"Sending IPI",
	"Showing ",
	"rcu",
	"Blocked by",
	"\"echo 0 >",
	"INFO: lockdep",
	"INFO: NMI",
	"Future hung task",
	/* checkers */
	"The buggy",
	"which ",
	"Memory state",
	"Allocated",
	"Freed",
	"Last potentially",
	"Second to last",
	"page",
	"flags: ",
	"raw: ",
	"head: ",
	"other info",
	"the existing",
	"stack backtrace",
	"hardirqs",
	"softirqs",
	"irq event",
	"but task",
	"but there",
	"is trying",
	"and this task",
	"Possible ",
	"*** ",
	"Object ",
	"Redzone",
	"Padding",
	"Bytes ",
	"Uninit ",
	"Local variable",
	"read ",
	"write ",
	"race at",
	"value changed",
	"Reported by",
	"kfence-#",
	"INFO: Allocated",
	"INFO: Freed",
	"INFO: Slab",
	"INFO: Object",
	"FIX ",
	/* memory */
	"Mem-Info",
	"Node ",
	"lowmem_reserve",
	"active_",
	"inactive_",
	"Free swap",
	"Total swap",
	"Swap cache",
	"Normal",
	"DMA",
	"HighMem",
	"per-cpu",
	"memory: ",
	"memory+swap: ",
	"kmem: ",
	"Memory cgroup",
	"Tasks state",
	"Task in",
	"oom",
	"Out of memory",
	"Killed process",
	"SLUB: ",
	"hi:",
	"cpu ",
	/* devices */
	"Sense Key",
	"Add. Sense",
	"sd ",
	"ata",
	"res ",
	"cmd ",
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* "RAX: 0000...", "x29: ffff...", "r10 : c0de...", "FS:  0000", "DR0: 0000" */
static bool is_register(const char *p)
{
	size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	if (n < 2 || n > 6)
		return false;
	n += strspn(p + n, " ");
	if (p[n] != ':')
		return false;
	n += 1 + strspn(p + n + 1, " [<");
	return is_hex(p[n]) && is_hex(p[n + 1]) && is_hex(p[n + 2]) && is_hex(p[n + 3]);
}

bool line_belongs(const char *text)
{
	if (strchr(" \t<>=-#(", *text)) /* an empty line, too */
		return true;
	if (*text == '[') /* "[<ffffffff81210ea1>]", "[ 1234]  0  1234": not "[drm]" */
		return strchr(" <", text[1]) || is_digit(text[1]) || !strncmp(text, "[Hardware", 9);
	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (*text == *begins[i] && !strncmp(text, begins[i], strlen(begins[i])))
			return true;
	if (is_digit(*text)) /* "2097052 pages RAM", "3 locks held by ..." */
		return true;
	return is_register(text) || strstr(text, "+0x");
}
