# SPDX-License-Identifier: GPL-2.0-or-later
"""Walks x86-64 kernel stacks by the ORC tables inside the dump, as arch/x86/kernel/unwind_orc.c does.

drgn reads ORC from the debug files, in the forms of its own year, and stops at what it has no file for: a module, an
interrupt's stack. The kernel keeps its tables in memory, modules' too, for its own unwinder.
"""
from drgn import FaultError, Object, sizeof
from drgn.helpers.linux.list import list_for_each_entry

# arch/x86/include/asm/orc_types.h: names in the order of their numbers, from 0. As numbers of registers are no DWARF, the
# tables themselves tell which it is: most entries find the caller's stack by "sp".
REGISTERS_UNTIL_7 = ("", "prev_sp", "dx", "di", "bp", "sp", "r10", "r13", "bp_indirect", "sp_indirect")
REGISTERS_SINCE_7 = ("", "ax", "dx", "sp", "bp", "di", "r10", "r13", "prev_sp", "sp_indirect", "bp_indirect")
SAMPLE = 4096
# Where they lie in struct pt_regs
SAVED = {"r13": 16, "r10": 56, "ax": 80, "dx": 96, "di": 112}
# The types; until 6.3 there was "end", and they began with CALL
UNDEFINED, END_OF_STACK, CALL, REGS, REGS_PARTIAL = range(5)
FRAMES_MAX = 128
SEARCH_WORDS = 128
# struct pt_regs: bytes at which these lie, and where the part begins that the processor itself pushes
BP, IP, CS, SP, IRET = 32, 128, 136, 152, 128
USER = 3


def read_word(prog, address):
    return int.from_bytes(prog.read(address, 8), "little")


class Table:
    """Sorted addresses (each relative to its own place) and what holds from there on."""

    def __init__(self, prog, ips, entries, count):
        self.prog, self.ips, self.entries, self.count = prog, ips, entries, count
        self.raw = prog.read(ips, count * 4)
        self.type = prog.type("struct orc_entry")
        names = [member.name for member in self.type.members]
        self.old = "end" in names

    def ip(self, i):
        return self.ips + 4 * i + int.from_bytes(self.raw[4 * i : 4 * i + 4], "little", signed=True)

    def find(self, pc):
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            if self.ip(middle) <= pc:
                low = middle + 1
            else:
                high = middle
        if not low:
            return None
        return self.at(low - 1)

    def at(self, i):
        return Object(self.prog, self.type, address=self.entries + i * sizeof(self.type))

    def numbering(self):
        """Of the registers, by what most entries use; None: of neither kind that is known."""
        count = [0] * 16
        for i in range(0, self.count, max(1, self.count // SAMPLE)):
            count[self.at(i).sp_reg.value_()] += 1
        most = count.index(max(count))
        for names in (REGISTERS_UNTIL_7, REGISTERS_SINCE_7):
            if most < len(names) and names[most] == "sp":
                return names
        return None

    def kind(self, entry):
        kind = entry.type.value_()
        if not self.old:
            return kind
        return END_OF_STACK if entry.end.value_() else kind + CALL


class Orc:
    def __init__(self, prog):
        self.prog = prog
        symbol = prog.symbol
        ips = symbol("__start_orc_unwind_ip").address
        count = (symbol("__stop_orc_unwind_ip").address - ips) // 4
        self.kernel = Table(prog, ips, symbol("__start_orc_unwind").address, count)
        self.registers = self.kernel.numbering()
        if self.registers is None:
            raise ValueError("numbers of registers that are not known")
        self.kernel_start, self.kernel_end = symbol("_stext").address, symbol("_etext").address
        self.modules = None

    def module_tables(self):
        found = []
        for module in list_for_each_entry("struct module", self.prog["modules"].address_of_(), "list"):
            try:
                arch = module.arch
                count = arch.num_orcs.value_()
                if count:
                    found.append(
                        Table(self.prog, arch.orc_unwind_ip.value_(), arch.orc_unwind.value_(), count)
                    )
            except (AttributeError, LookupError, FaultError):
                continue
        return found

    def entry(self, pc):
        if pc < self.kernel_end:
            return self.kernel, self.kernel.find(pc)
        if self.modules is None:
            self.modules = self.module_tables()
        for table in self.modules:
            if table.ip(0) <= pc <= table.ip(table.count - 1) + 4096:
                return table, table.find(pc)
        return self.kernel, None

    def stack_pointer(self, entry, sp, bp, regs):
        """The stack pointer before the call, as the entry says to find it."""
        reg, offset = self.register(entry.sp_reg), entry.sp_offset.value_()
        if reg == "sp":
            return sp + offset
        if reg == "bp":
            return bp + offset
        if reg == "sp_indirect":
            return read_word(self.prog, sp) + offset
        if reg == "bp_indirect":
            return read_word(self.prog, bp + offset)
        if regs and reg in SAVED:
            return read_word(self.prog, regs + SAVED[reg])
        return None

    def register(self, number):
        number = number.value_()
        return self.registers[number] if number < len(self.registers) else ""

    def frame_pointer(self, entry, before, bp):
        reg = self.register(entry.bp_reg)
        if reg == "prev_sp":
            return read_word(self.prog, before + entry.bp_offset.value_())
        if reg == "bp":
            return read_word(self.prog, bp + entry.bp_offset.value_())
        return bp

    def walk(self, ip, sp, bp, after_call):
        """Addresses of code, innermost first; whether the end of the stack was reached."""
        found, regs = [ip], None
        while len(found) < FRAMES_MAX:
            table, entry = self.entry(ip - 1 if after_call else ip)
            if entry is None:
                return found, False
            kind = table.kind(entry)
            if kind == END_OF_STACK:
                return found, True
            before = self.stack_pointer(entry, sp, bp, regs)
            if kind == UNDEFINED or before is None:
                return found, False
            if kind == CALL:
                ip, after_call = read_word(self.prog, before - 8), True
                bp, sp = self.frame_pointer(entry, before, bp), before
            else:
                # with REGS the registers lie at @before; of REGS_PARTIAL there is the processor's part alone
                regs = before if kind == REGS else None
                base = before if kind == REGS else before - IRET
                if read_word(self.prog, base + CS) & USER:
                    return found, True
                if regs:
                    bp = read_word(self.prog, base + BP)
                ip, sp, after_call = read_word(self.prog, base + IP), read_word(self.prog, base + SP), False
            if ip < 1 << 63:
                return found, not ip
            found.append(ip)
        return found, False

    def of_task(self, task):
        """Of one that sleeps: struct inactive_task_frame lies where its stack ends."""
        sp = task.thread.sp.value_()
        frame = Object(self.prog, "struct inactive_task_frame", address=sp)
        return self.walk(
            frame.ret_addr.value_(), frame.ret_addr.address_ + 8, frame.bp.value_(), True
        )

    def of_registers(self, ip, sp, bp):
        """Where the code of a crash itself has no entry: from the first return address that leads to the end."""
        found, ended = self.walk(ip, sp, bp, False)
        if ended or len(found) > 1:
            return found, ended
        for at in range(sp, sp + 8 * SEARCH_WORDS, 8):
            try:
                value = read_word(self.prog, at)
                if not self.kernel_start <= value < self.kernel_end:
                    continue
                rest, ended = self.walk(value, at + 8, bp, True)
            except FaultError:
                return found, False
            if ended and len(rest) > 2:
                return found + rest, True
        return found, False
