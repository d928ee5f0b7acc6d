# SPDX-License-Identifier: GPL-2.0-or-later
"""What CPUs that were at work on a split queue had in hand: variables of their frames, struct pages in registers."""
from drgn import FaultError, Object, sizeof

from drgn_list import Walk

# They take the lock of a split queue, or are called while it is held.
FUNCTIONS = (
    "deferred_split_scan",
    "deferred_split_huge_page",
    "deferred_split_folio",
    "free_transhuge_page",
    "free_huge_folio",
    "folio_undo_large_rmappable",
    "__folio_undo_large_rmappable",
    "__folio_unqueue_deferred_split",
    "split_huge_page_to_list",
)
QUEUE_VARIABLES = ("ds_queue",)
LIST_VARIABLES = ("list",)
PAGES_MAX = 8


class Crash:
    def __init__(self, queues):
        self.queues, self.reader, self.prog = queues, queues.reader, queues.prog
        self.vmemmap = self.prog["vmemmap_base"].value_() if self.reader.is_x86() else None

    def frames(self, cpu):
        """The frames of a CPU that were on a split queue."""
        trace = self.reader.trace_of_cpu(cpu)
        for frame in trace or ():
            try:
                name = frame.name
            except (AttributeError, LookupError):
                continue
            if name in FUNCTIONS:
                yield name, frame

    @staticmethod
    def variable(frame, names):
        for name in names:
            try:
                value = frame[name]
                if not value.absent_:
                    return value
            except (KeyError, LookupError, ValueError):
                pass
        return None

    def pages_in(self, registers):
        """Struct pages that the registers point into: (register, the head page's address)."""
        size = sizeof(self.queues.page_type)
        end = self.vmemmap + (1 << 40)  # enough for 64 TiB
        for name, value in registers.items():
            if self.vmemmap <= value < end:
                try:
                    yield name, value, self.head_of(value - (value - self.vmemmap) % size)
                except FaultError:
                    continue

    def head_of(self, at):
        head = self.queues.page(at).compound_head.value_()
        return head - 1 if head & 1 else at

    def page(self, register, value, head):
        one = self.queues.folio(head + self.queues.entry_offset, None)
        one.update({"register": register, "value": f"{value:#x}"})
        one["struct_pages"] = self.queues.words(head)
        return one

    def frame(self, cpu, name, frame):
        one = {"cpu": cpu["cpu"], "pid": cpu["pid"], "comm": cpu["comm"], "function": name}
        queue = self.variable(frame, QUEUE_VARIABLES)
        if queue is not None:
            one["queue"] = f"{queue.value_():#x}"
        held = self.variable(frame, LIST_VARIABLES)
        if held is not None and held.address_ and "list_head" in held.type_.type_name():
            walk = Walk(self.prog, held.address_)
            for broken in walk.broken:
                broken.pop("entry_at")
            one["list"] = {
                "address": f"{held.address_:#x}",
                "entries": len(walk.entries),
                "broken": walk.broken,
            }
        if self.vmemmap is not None:
            try:
                registers = frame.registers()
            except (LookupError, ValueError):
                registers = {}
            pages = list(self.pages_in(registers))[:PAGES_MAX]
            one["pages"] = [self.page(*page) for page in pages]
        return one

    def facts(self):
        found = []
        for cpu in self.reader.cpus():
            if cpu.get("mode") == "kernel":
                found.extend(self.frame(cpu, *one) for one in self.frames(cpu["cpu"]))
        return found


__all__ = ["Crash", "Object"]
