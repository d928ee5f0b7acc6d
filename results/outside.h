/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outside.jsonl in the run directory: what whoever watched from outside (the host of a guest, an
 * observer of a machine) saw and did, in the form of journal.jsonl, with a clock and a "seq" of its
 * own. Present only when there was an outside. "note", "finding", "trigger" and "verdict" mean what
 * they mean in the journal; its verdict outranks the journal's, for it knows what the guest could
 * not tell any more. Further events, and their members:
 * - outside-begin: what ("vm", "observe", "collect"), host, kernel (spec), release, cmdline
 * - outside-begin, of a guest: accel, accel_why, qemu (version, and what it cannot), memory_bytes,
 *   cpus, cgroup
 * - stage: name ("boot", "hello", "capture", "ended", "collected", ...), detail
 * - run-begin: the guest's run-begin line came in; lays its clock beside ours
 * - rung: name, result ("usable", "unusable"), detail; before the storm
 * - dump: name (of the rung), result ("done", "failed"), detail, seconds, file, bytes
 * - vmcore: file, bytes, reader ("drgn", "crash", "notes"), result, detail, seconds
 */
#ifndef HANGAR_OUTSIDE_FILE_H
#define HANGAR_OUTSIDE_FILE_H

#define OUTSIDE_FILE "outside.jsonl"
#define CONSOLE_FILE "console.log"  /* what the guest's serial console said, whole */
#define QEMU_ERRORS_FILE "qemu.log" /* QEMU's own words */
#define VMCORE_FILE "vmcore"
#define VMCORE_READING_FILE "vmcore.json" /* what `hangar vmcore` read, see hangar-vmcore(1) */
#define VMCORE_DMESG_FILE "vmcore-dmesg.txt"

#endif
