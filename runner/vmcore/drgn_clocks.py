# SPDX-License-Identifier: GPL-2.0-or-later
"""The scheduler's clock of each CPU beside the clocks that it should agree with: timekeeping's and jiffies."""
from drgn import FaultError
from drgn.helpers.linux.list import list_for_each_entry

from drgn_who import address
from drgn_words import member

INITIAL_JIFFIES_SECONDS = 300  # include/linux/jiffies.h: jiffies begin five minutes before they wrap in 32 bits
TRACE_CLOCK_LOCAL = 0  # the first of trace_clocks[] in kernel/trace/trace.c: the scheduler's clock, "[local]"


class Clocks:
    def __init__(self, reader, who):
        self.reader, self.prog, self.who = reader, reader.prog, who

    def monotonic_ns(self):
        """CLOCK_MONOTONIC as of the last tick."""
        try:
            core = self.prog["tk_core"]
        except KeyError:  # since 6.18
            core = self.prog["timekeeper_data"][self.prog.constant("TIMEKEEPER_CORE").value_()]
        clock = core.timekeeper.tkr_mono
        return clock.base.value_() + (clock.xtime_nsec.value_() >> clock.shift.value_())

    def uptime_ns(self):
        hz = self.who.hz()
        began = (1 << 32) - INITIAL_JIFFIES_SECONDS * hz
        return self.who.jiffies_since(began) * 1000000000 // hz

    def stable(self):
        return bool(self.prog["__sched_clock_stable"].key.enabled.counter.value_())

    def conversion(self, cpu):
        data = self.who.per_cpu("cyc2ns", cpu).data[0]
        return {
            "mul": data.cyc2ns_mul.value_(),
            "shift": data.cyc2ns_shift.value_(),
            "offset": f"{data.cyc2ns_offset.value_():#x}",
        }

    def trace_stamp(self, cpu):
        """The greatest write stamp of all trace buffers that follow the scheduler's clock; None: not in this kernel."""
        found = []
        try:
            arrays = list_for_each_entry(
                "struct trace_array", self.prog["ftrace_trace_arrays"].address_of_(), "list"
            )
            for array in arrays:
                buffer = member(array, "array_buffer", "trace_buffer").buffer
                if array.clock_id.value_() == TRACE_CLOCK_LOCAL and buffer.buffers[cpu]:
                    found.append(buffer.buffers[cpu].write_stamp.time.a.a.counter.value_())
        except (AttributeError, LookupError, FaultError):
            return None
        return max((one & (1 << 64) - 1 for one in found), default=None)

    def cpu(self, cpu):
        queue = self.who.per_cpu("runqueues", cpu)
        data = self.who.per_cpu("sched_clock_data", cpu)
        one = {
            "cpu": cpu,
            "rq": address(queue),
            "rq_clock_ns": str(queue.clock.value_()),
            "sched_clock_data": {
                "address": address(data),
                "clock_ns": str(data.clock.value_()),
                "raw_ns": str(data.tick_raw.value_()),
                "tick_ns": str(data.tick_gtod.value_()),
            },
        }
        try:  # without CONFIG_SOFTLOCKUP_DETECTOR there is none
            one["touched"] = str(self.who.per_cpu("watchdog_touch_ts", cpu).value_())
        except KeyError:
            pass
        stamp = self.trace_stamp(cpu)
        if stamp is not None:
            one["trace_stamp_ns"] = str(stamp)
        if self.reader.is_x86():
            one["cyc2ns"] = self.conversion(cpu)
        return one

    def facts(self):
        facts = {
            "monotonic_ns": str(self.monotonic_ns()),
            "uptime_ns": str(self.uptime_ns()),
            "jiffies": f"{self.prog['jiffies_64'].value_():#x}",
            "stable": self.stable(),
            "offset_ns": str(self.prog["__sched_clock_offset"].value_()),
            "cpus": [self.cpu(cpu) for cpu in self.reader.running_cpus()],
        }
        try:
            facts["tsc_khz"] = self.prog["tsc_khz"].value_()
        except KeyError:
            pass
        return facts
