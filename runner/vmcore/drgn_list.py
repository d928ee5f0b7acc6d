# SPDX-License-Identifier: GPL-2.0-or-later
"""A list_head walked from both ends, and every link of it looked at: where a list is broken is what is asked for."""
from drgn import FaultError

ENTRIES_MAX = 1 << 20
BROKEN_MAX = 8
# include/linux/poison.h; the upper half is CONFIG_ILLEGAL_POINTER_VALUE, 0xdead0000 on 64-bit machines, 0 on others
POISON = {0x100: "LIST_POISON1", 0x122: "LIST_POISON2"}
POISON_DELTA = 0xDEAD000000000000


def poison(pointer):
    return POISON.get(pointer - POISON_DELTA if pointer >= POISON_DELTA else pointer)


class Walk:
    """entries: addresses, each once, in order as far as one can come; broken: links that do not hold."""

    def __init__(self, prog, head):
        self.prog, self.head = prog, head
        self.entries, self.broken = [], []
        seen = set()
        if self.from_end(0, seen):
            self.from_end(8, seen)

    def pointer(self, at):
        return int.from_bytes(self.prog.read(at, 8), "little")

    def what(self, pointer):
        """What is wrong with a pointer as such; None: it leads to memory."""
        if not pointer:
            return "null"
        if poison(pointer):
            return "poison"
        try:
            self.prog.read(pointer, 16)
        except FaultError:
            return "wild"
        return None

    def add(self, at, member, value, what):
        if len(self.broken) < BROKEN_MAX:
            self.broken.append(
                {
                    "entry": f"{at:#x}",
                    "entry_at": at,
                    "head": at == self.head,
                    "member": member,
                    "value": f"{value:#x}",
                    "what": what,
                    "poison": poison(value),
                }
            )

    def from_end(self, forward, seen):
        """By next (0) or prev (8); True: it broke off before it came back to the head."""
        member, back, at = ("next", "prev", self.head) if not forward else ("prev", "next", self.head)
        while len(seen) < ENTRIES_MAX:
            value = self.pointer(at + forward)
            what = self.what(value)
            if what:
                self.add(at, member, value, what)
                return True
            returns = self.pointer(value + 8 - forward)
            if returns != at:
                self.add(value, back, returns, "one-sided")
                if self.what(returns):
                    self.broken[-1]["what"] = self.what(returns)
            if value == self.head:
                return bool(self.broken)
            if value in seen:
                if not forward:
                    self.add(at, member, value, "loop")
                return True
            seen.add(value)
            self.entries.append(value)
            at = value
        return False
