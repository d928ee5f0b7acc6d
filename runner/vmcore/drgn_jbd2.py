# SPDX-License-Identifier: GPL-2.0-or-later
"""Journals of ext4, their transactions, the open handles and who holds them, and who waits for the commit.

A commit locks the running transaction and waits on j_wait_updates until t_updates, the number of open handles, is 0.
A task's open handle is its journal_info; other file systems keep other things there, so a handle counts as one only
when it points to a transaction of a journal that was found by its super block.
"""
from drgn import FaultError, Object, cast
from drgn.helpers.linux.list import list_for_each_entry

from drgn_who import address
from drgn_words import member, text

SUPER_BLOCKS_MAX = 65536
HANDLES_MAX = 64
TOLD_MAX = 12
EXT4 = ("ext4", "ext3", "ext2")
# Who waits for what: members of journal_t
WAITS = {
    "updates": "j_wait_updates",
    "done_commit": "j_wait_done_commit",
    "transaction_locked": "j_wait_transaction_locked",
}


class Journals:
    def __init__(self, reader, who):
        self.reader, self.prog, self.who = reader, reader.prog, who
        self.open_handles = None

    def super_blocks(self):
        every = list_for_each_entry(
            "struct super_block", self.prog["super_blocks"].address_of_(), "s_list"
        )
        for count, sb in enumerate(every):
            if count == SUPER_BLOCKS_MAX:
                raise ValueError("the list of super blocks has no end")
            if text(sb.s_type.name) in EXT4:
                yield sb

    def handles(self):
        """transaction's address -> [(task, handle)]"""
        if self.open_handles is None:
            self.open_handles = {}
            for task in self.who.tasks().values():
                at = task.journal_info.value_()
                if not at:
                    continue
                try:
                    handle = Object(self.prog, "struct jbd2_journal_handle", address=at)
                    transaction = handle.h_transaction.value_()
                except FaultError:
                    continue
                self.open_handles.setdefault(transaction, []).append((task, handle))
        return self.open_handles

    def handle(self, task, handle):
        return {
            "address": address(handle),
            "transaction": address(handle.h_transaction),
            "references": handle.h_ref.value_(),
            "credits": member(handle, "h_total_credits", "h_buffer_credits").value_(),
            "type": handle.h_type.value_(),
            "line": handle.h_line_no.value_(),
            "age_ms": self.who.age_ms(handle.h_start_jiffies.value_()),
            "journal_info": address(task.journal_info),
            "owner": self.who.who(task),
        }

    def transaction(self, transaction):
        if not transaction:
            return None
        held = self.handles().get(transaction.value_(), [])
        return {
            "address": address(transaction),
            "tid": transaction.t_tid.value_(),
            "state": transaction.t_state.format_(type_name=False).split(")")[-1],
            "updates": transaction.t_updates.counter.value_(),
            "outstanding_credits": transaction.t_outstanding_credits.counter.value_(),
            "age_ms": self.who.age_ms(transaction.t_start.value_()),
            "handles": [self.handle(*one) for one in held[:HANDLES_MAX]],
        }

    def waiting(self, journal):
        """Pids by what they wait for, and of each kind some told: victims of the OOM killer first."""
        pids, told = {}, []
        for name, queue in WAITS.items():
            tasks = self.who.waiting(journal.member_(queue))
            pids[name] = [task.pid.value_() for task in tasks]
            tasks.sort(key=lambda task: not task.signal.oom_mm)
            for task in tasks[:TOLD_MAX]:
                told.append({"for": name, "who": self.who.who(task)})
        return pids, told

    def journal(self, sb, journal):
        pids, told = self.waiting(journal)
        one = {
            "address": address(journal),
            "super_block": address(sb),
            "device": text(journal.j_devname),
            "running": self.transaction(journal.j_running_transaction),
            "committing": self.transaction(journal.j_committing_transaction),
            "commit_sequence": journal.j_commit_sequence.value_(),
            "commit_request": journal.j_commit_request.value_(),
            "barriers": journal.j_barrier_count.value_(),
            "waiting": pids,
            "waiters": told,
        }
        if journal.j_task:
            one["thread"] = self.who.who(journal.j_task)
        return one

    def victims(self):
        """Of the OOM killer, wherever they wait."""
        found = [task for task in self.who.tasks().values() if task.signal.oom_mm]
        return {"count": len(found), "told": [self.who.who(task) for task in found[:TOLD_MAX]]}

    def facts(self):
        journals = []
        for sb in self.super_blocks():
            info = cast("struct ext4_sb_info *", sb.s_fs_info)
            if info.s_journal:
                journals.append(self.journal(sb, info.s_journal))
        return {"page_bytes": self.who.page, "journals": journals, "victims": self.victims()}
