/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forms differ by era and by architecture, so each line is offered to all readers; what was found
 * first stays. "RIP: 0033:" begins the registers of user space, which nobody asked for.
 */
#include "triage/oops_read.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/frames.h"
#include "triage/scan_text.h"

static void set_address(struct oops *o, uint64_t value)
{
	if (!o->has_address)
		o->address = value;
	o->has_address = true;
}

/* The number behind any of the words that name the fault's address. */
static void take_address(struct oops *o, const char *line)
{
	static const char *const words[] = {
		"NULL pointer dereference, address: ",
		"page fault for address: ",
		"NULL pointer dereference at virtual address ",
		"paging request at virtual address ",
		"access to user memory outside uaccess routines at virtual address ",
		"paging request for data at address ",
		"paging request for instruction fetch at address ",
		"paging request for unknown fault at address ",
		"Failing address: ",
		"NULL pointer dereference at ",
		"paging request at ",
		"non-canonical address ",
		"maybe for address ",
	};
	uint64_t value;

	o->page_fault |= strstr(line, "NULL pointer dereference") ||
			 strstr(line, "paging request") || strstr(line, "page fault for address");
	o->null_said |= strstr(line, "NULL pointer dereference") != NULL;
	o->protection |= strstr(line, "general protection fault") != NULL;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *p = strstr(line, words[i]);

		if (p && scan_hex(p + strlen(words[i]), &value)) {
			set_address(o, value);
			return;
		}
	}
}

/* "Oops: 0002 [#1] SMP", "Oops: Oops: 0000 [#1]", "general protection fault: 0000 [#1]",
 * "#PF: error_code(0x0002)" */
static void take_error(struct oops *o, const char *line)
{
	const char *count = strstr(line, " [#"), *p;
	uint64_t value;
	int die;

	if (scan_key_int(line, " [#", &die) && die > 0 && !o->die_count)
		o->die_count = (unsigned int)die;
	p = strstr(line, "error_code(");
	if (p && scan_hex(p + strlen("error_code("), &value)) {
		o->error = value;
		o->has_error = true;
		return;
	}
	if (!count || o->has_error)
		return;
	for (p = count; p > line && p[-1] != ' ';)
		p--;
	if (p == count || !scan_hex(p, &value))
		return;
	if (strstr(line, "Internal error:")) {
		o->has_esr |= count - p == 8 || count - p == 16;
		o->esr = o->has_esr ? value : 0;
		return;
	}
	if (count - p != 4)
		return; /* powerpc: "sig: 11" */
	o->error = value;
	o->has_error = strstr(line, "Oops") || strstr(line, "protection fault");
}

static void take_esr(struct oops *o, const char *line)
{
	const char *p = strstr(line, "ESR = ");
	uint64_t value;

	if (p && scan_hex(p + strlen("ESR = "), &value)) {
		o->esr = value;
		o->has_esr = true;
	}
}

/* "RIP: 0010:[<..>]  [<..>] f+0x1/0x2", "RIP: 0010:f+0x1/0x2", "IP: f+..", "EIP: 0060:[<..>] ..",
 * "pc : f+..", "PC is at f+..", "epc : f+.." */
static void take_where(struct oops *o, const char *line)
{
	static const char *const marks[] = { "RIP: 0010:", "RIP: e030:", "EIP: 0060:", "EIP: ",
					     "IP: ",       "PC is at ",  "pc : ",      "epc : ",
					     "EIP is at ", "NIP [" };
	struct frame f;

	for (size_t i = 0; !o->where[0] && i < ARRAY_SIZE(marks); i++) {
		const char *at;

		if (!scan_starts(line, marks[i]))
			continue;
		at = line + strlen(marks[i]);
		if (at[-1] == '[')
			at += strcspn(at, "]") + (strchr(at, ']') != NULL);
		if (!frame_parse(at, &f)) {
			if (scan_starts(at, "0x"))
				scan_copy(o->where, sizeof(o->where), at,
					  strspn(at, "0123456789abcdefx"));
			continue;
		}
		snprintf(o->where, sizeof(o->where),
			 f.module[0] ? "%.70s%.20s [%.30s]" : "%.70s%.20s", f.name, f.offsets,
			 f.module);
	}
}

static void take_bug(struct oops *o, const char *line)
{
	if (o->bug[0])
		return;
	if (!scan_between(line, "kernel BUG at ", "!", o->bug, sizeof(o->bug)))
		scan_between(line, "Kernel BUG at ", "!", o->bug, sizeof(o->bug));
}

static void take_list(struct oops *o, const char *line)
{
	const char *p = strstr(line, "list_add ");

	if (!p)
		p = strstr(line, "list_del ");
	if (!p)
		p = strstr(line, "list_add_rcu ");
	if (!p)
		p = strstr(line, "list_del_rcu ");
	if (p && !o->list[0] && (strstr(p, "corruption") || strstr(p, "double add")))
		scan_copy(o->list, sizeof(o->list), p, strlen(p));
}

/* Those whose mark says that they are not of this kernel: out of tree, unsigned, proprietary. */
static void take_modules(struct oops *o, const char *line)
{
	size_t used = 0;

	if (!scan_starts(line, "Modules linked in:") || o->modules[0])
		return;
	for (const char *p = strchr(line, '('); p; p = strchr(p + 1, '(')) {
		const char *begin = p, *end = strchr(p, ')');
		size_t len;

		while (begin > line && begin[-1] != ' ')
			begin--;
		if (!end || strspn(p + 1, "POEFCXTNKR+-") != (size_t)(end - p - 1))
			continue;
		len = (size_t)(end + 1 - begin);
		if (used + len + 3 > sizeof(o->modules))
			return;
		used += (size_t)snprintf(o->modules + used, sizeof(o->modules) - used, "%s%.*s",
					 used ? ", " : "", (int)len, begin);
	}
}

static bool user_registers(const char *line)
{
	return scan_starts(line, "RIP: 0033:") || scan_starts(line, "RIP: 0023:") ||
	       scan_starts(line, "RIP: 002b:") || scan_starts(line, "EIP: 0073:");
}

static void take_line(struct oops *o, const char *line)
{
	const char *code = strstr(line, "Code: ");

	take_address(o, line);
	take_error(o, line);
	take_esr(o, line);
	take_where(o, line);
	take_bug(o, line);
	take_list(o, line);
	oops_regs_take(o, line);
	if (code && !o->code_bytes)
		oops_code_take(o, code + strlen("Code: "));
}

void oops_read(const struct triage_case *c, struct oops *ret)
{
	bool user = false;
	uint64_t cr2;

	memset(ret, 0, sizeof(*ret));
	ret->code_fault = -1;
	for (unsigned int i = 0; i < c->text.count; i++) {
		user |= user_registers(c->text.lines[i]);
		if (!user)
			take_line(ret, c->text.lines[i]);
		take_modules(ret, c->text.lines[i]);
	}
	take_address(ret, c->f.text);
	take_list(ret, c->f.text);
	if (ret->page_fault && oops_reg(ret, "cr2", &cr2))
		set_address(ret, cr2);
	if (ret->arch == ARCH_UNKNOWN && ret->has_esr)
		ret->arch = ARCH_ARM64;
}
