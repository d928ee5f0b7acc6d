#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a vmcore with drgn for hangar: a request as JSON on standard input, the answer as JSON on standard output.

It goes by the kernel's structures alone, not by what the notes say, and by as few of drgn's helpers as it can: they
know the kernels of their own year. Each part stands for itself: one that fails leaves a note, the others go on.
What is said here is checked by hangar before anybody believes it.

request: {"vmcore", "vmlinux", "qemu": bool, "registers": [{"pid", "regs": [hexadecimal; 27]}]}
"""
import json
import os
import sys

import drgn
from drgn import FaultError, Object, cast, container_of
from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.percpu import per_cpu, per_cpu_ptr

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python3 -I leaves it out
from drgn_orc import Orc  # pylint: disable=wrong-import-position

# include/linux/sched.h; macros are not in DWARF, and these have not moved since 4.14
TASK_UNINTERRUPTIBLE = 0x2
TASK_NOLOAD = 0x400
TASKS_MAX = 4 << 20  # as many as there are pids
MEMCGS_MAX = 4096
BLOCKED_MAX = 8192
FRAMES_MAX = 64
# Of the 27 registers in struct elf_prstatus of x86-64: those of struct pt_regs, and two of them.
PT_REGS, RBP, RIP, CS, RSP = 21, 4, 16, 17, 19
# Where a kernel stack begins: drgn came to its end.
BOTTOMS = ("entry_", "asm_", "ret_from_fork", "secondary_startup", "start_secondary", "start_kernel", "x86_64_start")


def text(value):
    return value.string_().decode("utf-8", "replace")


def member(obj, *names):
    """The first of @names that this kernel has."""
    for name in names:
        try:
            return obj.member_(name)
        except LookupError:
            pass
    raise LookupError(f"{obj.type_.type_name()} has none of {', '.join(names)}")


class Modules:
    """Functions of modules by the symbol tables that the dump itself holds: drgn wants files for them."""

    def __init__(self, prog):
        self.found = []
        for module in list_for_each_entry("struct module", prog["modules"].address_of_(), "list"):
            try:
                base, size = self.text_of(prog, module)
                self.found.append((base, size, text(module.name), module))
            except (LookupError, FaultError):
                continue
        self.symbols = {}

    @staticmethod
    def text_of(prog, module):
        try:  # since 6.4
            memory = module.member_("mem")[prog.constant("MOD_TEXT")]
            return memory.base.value_(), memory.size.value_()
        except LookupError:
            return module.core_layout.base.value_(), module.core_layout.text_size.value_()

    def load(self, module):
        table, symbols = module.kallsyms, []
        for i in range(min(table.num_symtab.value_(), 100000)):
            symbol = table.symtab[i]
            if symbol.st_size and symbol.st_shndx:
                name = table.strtab + symbol.st_name
                symbols.append((symbol.st_value.value_(), symbol.st_size.value_(), text(name)))
        return symbols

    def name(self, pc):
        for base, size, name, module in self.found:
            if base <= pc < base + size:
                if name not in self.symbols:
                    try:
                        self.symbols[name] = self.load(module)
                    except (LookupError, FaultError):
                        self.symbols[name] = []
                for start, length, symbol in self.symbols[name]:
                    if start <= pc < start + length:
                        return f"{symbol}+{pc - start:#x} [{name}]"
                return f"{pc:#x} [{name}]"
        return None


class Reader:
    def __init__(self, request):
        self.request = request
        self.notes = []
        self.prog = drgn.Program()
        self.prog.set_core_dump(request["vmcore"])
        try:
            self.prog.load_debug_info([request["vmlinux"]])
        except drgn.MissingDebugInfoError:
            pass  # of modules; that vmlinux fits, hangar has seen by its build-id
        self.page = self.prog["PAGE_SIZE"].value_()
        self.start, self.end = self.prog.symbol("_stext").address, self.prog.symbol("_etext").address
        self.modules = None
        self.orc = self.part("ORC tables", lambda: Orc(self.prog), None) if self.is_x86() else None

    def is_x86(self):
        return self.prog.platform.arch == drgn.Architecture.X86_64

    def part(self, name, function, otherwise):
        try:
            return function()
        except Exception as error:  # pylint: disable=broad-except
            self.notes.append(f"{name}: {type(error).__name__}: {error}"[:300])
            return otherwise

    # tasks

    def all_tasks(self):
        """By the list of processes and each one's list of threads, which every kernel has."""
        first = self.prog["init_task"].address_of_()
        count = 0
        for leader in list_for_each_entry("struct task_struct", first.tasks.address_of_(), "tasks"):
            head = leader.signal.thread_head.address_of_()
            for task in list_for_each_entry("struct task_struct", head, "thread_node"):
                count += 1
                if count > TASKS_MAX:
                    raise ValueError("the list of tasks has no end")
                yield task

    @staticmethod
    def state(task):
        return member(task, "__state", "state").value_()

    def is_blocked(self, task):
        """As ps says D: uninterruptible, but not the kernel threads that idle so."""
        state = self.state(task)
        return bool(state & TASK_UNINTERRUPTIBLE) and not state & TASK_NOLOAD

    def cgroup_of(self, task):
        css = task.cgroups.subsys[self.prog.constant("memory_cgrp_id")]
        return self.path(css.cgroup)

    @staticmethod
    def path(cgroup):
        names, node = [], cgroup.kn
        while node and len(names) < 64:
            names.append(text(node.name))
            node = member(node, "__parent", "parent")
        return "/" + "/".join(reversed([name for name in names if name]))

    def blocked_task(self, task):
        one = {"pid": task.pid.value_(), "tgid": task.tgid.value_(), "comm": text(task.comm)}
        one["stack"] = self.part(f"the stack of {one['pid']}", lambda: self.stack_of_task(task), [])
        try:
            one["ppid"] = task.real_parent.tgid.value_()
            one["cgroup"] = self.cgroup_of(task)
        except (LookupError, FaultError):
            pass
        return one

    def tasks(self):
        every, blocked = [], []
        for task in self.all_tasks():
            pid = task.pid.value_()
            every.append([pid, task.tgid.value_(), text(task.comm)])
            if len(blocked) < BLOCKED_MAX and self.is_blocked(task):
                blocked.append(self.blocked_task(task))
        return every, blocked

    # stacks

    def frame(self, frame):
        name = None
        try:
            name = frame.name
        except (AttributeError, LookupError):
            pass
        try:
            pc = frame.pc
        except LookupError:
            return name
        try:
            source = frame.source()
            if name and source[0]:
                return f"{name} ({source[0]}:{source[1]})"
        except LookupError:
            pass
        return self.address(pc, name)

    def address(self, pc, name=None):
        try:
            symbol = self.prog.symbol(pc)
            return f"{symbol.name}+{pc - symbol.address:#x}"
        except LookupError:
            pass
        if self.modules is None:
            self.modules = Modules(self.prog)
        return self.modules.name(pc) or name or f"{pc:#x}"

    def drgn_stack(self, of):
        """Functions, those that were inlined too, with file and line."""
        lines = []
        for frame in self.prog.stack_trace(of):
            try:
                if frame.pc < 1 << 63:
                    break
            except LookupError:
                pass
            line = self.frame(frame)
            if line:
                lines.append(line)
            if len(lines) == FRAMES_MAX:
                break
        return lines

    def stack(self, of, orc_walk):
        """By drgn; what it cannot walk to the end, by the dump's own tables where they lead further."""
        failure, lines = None, []
        try:
            lines = self.drgn_stack(of)
        except Exception as error:  # pylint: disable=broad-except
            failure = error
        # below start_kernel() lies the boot code, some of it without a name
        if len(lines) > 1 and lines[-1].startswith("0x") and lines[-2].startswith(BOTTOMS):
            lines.pop()
        if lines and lines[-1].startswith(BOTTOMS):
            return lines
        if self.orc is None:
            if failure:
                raise failure
            return lines
        found, ended = orc_walk()
        if ended or len(found) > len(lines):
            return [self.address(pc) for pc in found[:FRAMES_MAX]]
        return lines

    def stack_of_task(self, task):
        return self.stack(task, lambda: self.orc.of_task(task))

    def stack_by_registers(self, regs):
        raw = b"".join(n.to_bytes(8, "little") for n in regs[:PT_REGS])
        pt_regs = Object.from_bytes_(self.prog, "struct pt_regs", raw)
        return self.stack(pt_regs, lambda: self.orc.of_registers(regs[RIP], regs[RSP], regs[RBP]))

    # CPUs

    def saved_registers(self, cpu):
        """What the kernel itself wrote down when it crashed: struct elf_prstatus behind a note's header."""
        note = per_cpu_ptr(self.prog["crash_notes"], cpu)
        raw = self.prog.read(note.value_(), 12 + 8 + 336)
        if int.from_bytes(raw[0:4], "little") != 5 or int.from_bytes(raw[4:8], "little") != 336:
            return None
        regs = raw[20 + 112 : 20 + 112 + 27 * 8]
        return [int.from_bytes(regs[i : i + 8], "little") for i in range(0, len(regs), 8)]

    def noted_registers(self, cpu):
        """QEMU counts CPUs from 1 where a kernel names the task."""
        for one in self.request["registers"]:
            if one["pid"] == cpu + 1:
                return [int(n, 16) for n in one["regs"]]
        return None

    def registers(self, cpu):
        if not self.is_x86():
            return None
        if self.request["qemu"]:
            return self.noted_registers(cpu)
        return self.saved_registers(cpu)

    def cpu(self, cpu):
        task = per_cpu(self.prog["runqueues"], cpu).curr
        one = {"cpu": cpu, "comm": text(task.comm), "pid": task.pid.value_(), "stack": []}
        regs = self.part(f"the registers of CPU {cpu}", lambda: self.registers(cpu), None)
        if regs is None:
            self.notes.append(f"CPU {cpu} left no registers: its stack is that of its last switch of tasks")
            stack = lambda: self.stack_of_task(task)
        elif regs[CS] & 3:
            one["mode"] = "user"
            return one
        else:
            one["mode"] = "kernel"
            stack = lambda: self.stack_by_registers(regs)
        one["stack"] = self.part(f"the stack of CPU {cpu}", stack, [])
        return one

    def cpus(self):
        return [self.cpu(cpu) for cpu in for_each_online_cpu(self.prog)]

    # memory

    def counter(self, array, name):
        try:
            index = self.prog.constant(name)
        except LookupError:
            return None
        return max(0, member(self.prog[array][index], "counter").value_()) * self.page

    def memory(self):
        rows = {
            "free_bytes": ("vm_zone_stat", "NR_FREE_PAGES"),
            "anon_bytes": ("vm_node_stat", "NR_ANON_MAPPED"),
            "file_bytes": ("vm_node_stat", "NR_FILE_PAGES"),
            "shmem_bytes": ("vm_node_stat", "NR_SHMEM"),
            "dirty_bytes": ("vm_node_stat", "NR_FILE_DIRTY"),
            "writeback_bytes": ("vm_node_stat", "NR_WRITEBACK"),
            "slab_reclaimable_bytes": ("vm_node_stat", "NR_SLAB_RECLAIMABLE_B"),
            "slab_unreclaimable_bytes": ("vm_node_stat", "NR_SLAB_UNRECLAIMABLE_B"),
            "page_table_bytes": ("vm_node_stat", "NR_PAGETABLE"),
        }
        memory = {"total_bytes": self.prog["_totalram_pages"].counter.value_() * self.page}
        for key, (array, name) in rows.items():
            value = self.part(key, lambda a=array, n=name: self.counter(a, n), None)
            if value is not None:
                memory[key] = value
        memory.update(self.part("swap", self.swap, {}))
        return memory

    def swap(self):
        return {
            "swap_total_bytes": self.prog["total_swap_pages"].value_() * self.page,
            "swap_free_bytes": max(0, self.prog["nr_swap_pages"].counter.value_()) * self.page,
        }

    # memory cgroups

    def children(self, css):
        for child in list_for_each_entry(
            "struct cgroup_subsys_state", css.children.address_of_(), "sibling"
        ):
            yield child
            yield from self.children(child)

    def memcg(self, css):
        memcg = container_of(css, "struct mem_cgroup", "css")
        limit = memcg.memory.max.value_()
        one = {
            "path": self.path(css.cgroup),
            "usage_bytes": max(0, memcg.memory.usage.counter.value_()) * self.page,
            # PAGE_COUNTER_MAX is LONG_MAX / PAGE_SIZE
            "limit_bytes": None if limit >= ((1 << 63) - 1) // self.page else limit * self.page,
        }
        try:
            one["failcnt"] = memcg.memory.failcnt.value_()
        except AttributeError:
            pass
        try:
            kills = memcg.memory_events[self.prog.constant("MEMCG_OOM_KILL")].counter
            one["oom_kills"] = max(0, kills.value_())
        except (AttributeError, LookupError):
            pass
        return one

    def memcgs(self):
        found = []
        root = self.prog["root_mem_cgroup"]
        if not root:
            return found
        for css in self.children(root.css):
            if len(found) == MEMCGS_MAX:
                self.notes.append(f"only the first {MEMCGS_MAX} memory cgroups are listed")
                break
            found.append(self.memcg(css))
        return found

    # the whole

    def panicked(self):
        return self.prog["panic_cpu"].counter.value_() >= 0

    def answer(self):
        every, blocked = self.tasks()
        return {
            "reader": f"drgn {drgn.__version__}" if hasattr(drgn, "__version__") else "drgn",
            "release": text(self.prog["init_uts_ns"].name.release),
            "tasks": every,
            "blocked": blocked,
            "cpus": self.cpus(),
            "panicked": self.part("panic", self.panicked, None),
            "taint": self.part("taint", lambda: self.prog["tainted_mask"].value_(), None),
            "memory": self.part("memory", self.memory, {}),
            "memcgs": self.part("memory cgroups", self.memcgs, []),
            "notes": self.notes,
        }


def main():
    answer = Reader(json.load(sys.stdin)).answer()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
