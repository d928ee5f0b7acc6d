#!/usr/bin/env bash
# Real vmcores, by QMP and by kdump, and what hangar vmcore makes of them: whole, torn, with wrong symbols, by analysers that are wrong.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/guests.sh"
guests_need
guests_own_cache
command -v makedumpfile >/dev/null || skip_all "needs makedumpfile"

kernel=${HANGAR_KERNEL:-debian:6.1}
"$HANGAR" kernel path --symbols --json "$kernel" >"$work/path.json" 2>"$work/path.log" ||
	skip_all "$kernel and its symbols cannot be had: $(tail -n 1 "$work/path.log")"
of() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$work/path.json" "$1"; }
vmlinux=$(of vmlinux) release=$(of release) # 6.1.0-56-cloud-amd64: the first 6 becomes a 9 for another kernel

# read_vmcore NAME ARGUMENT...: hangar vmcore; exit code in $rc, JSON in $work/NAME.json, words in $work/NAME.log
read_vmcore() {
	local name=$1
	shift
	rc=0
	TMPDIR=$work/tmp "$HANGAR" vmcore --json "$@" >"$work/$name.json" 2>"$work/$name.log" || rc=$?
}

ask() { # NAME EXPRESSION of j
	python3 -c 'import json,sys; j = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$work/$1.json" "$2"
}

mkdir "$work/tmp"
for rung in qmp sysrq-c; do
	vm $rung --kernel "$kernel" --dump $rung --no-symbols controls/hung-task
	is $rc 1 "$rung: the hang is seen"
	has_vmcore=$([ -s "$work/$rung/vmcore" ] && echo yes)
	is "$has_vmcore" yes "$rung: there is a vmcore" || { sed 's/^/# /' "$work/$rung.log"; continue; }

	read_vmcore $rung-read --vmlinux "$vmlinux" --run "$work/$rung" "$work/$rung/vmcore"
	is $rc 0 "$rung: it is read"
	is "$(ask $rung-read 'j["release"]')" "$release" "$rung: the release"
	is "$(ask $rung-read 'len(j["cpus"])')" 2 "$rung: both CPUs"
	is "$(ask $rung-read 'j["tasks"] > 40')" True "$rung: all tasks"
	ask $rung-read '"\n".join(t["role"] or "" for c in j["blocked"] for t in c["tasks"])' >"$work/$rung.roles"
	has "$work/$rung.roles" '^fsync-writer in outside$' "$rung: blocked tasks of the run by their role"
	ask $rung-read '"\n".join(f for c in j["blocked"] for f in c["stack"])' >"$work/$rung.frames"
	has "$work/$rung.frames" '^percpu_rwsem_wait' "$rung: where they wait"
	is "$(ask $rung-read 'j["memory"]["total_bytes"] > j["memory"]["free_bytes"] > 0')" True "$rung: memory"
	ask $rung-read '"\n".join(m["path"] for m in j["memcgs"])' >"$work/$rung.memcgs"
	has "$work/$rung.memcgs" '/outside$' "$rung: memory cgroups"
	is "$(stat -c %a "$work/$rung/vmcore")" 600 "$rung: nobody else may read it"

	# what makedumpfile -d 31 would still leave out of it
	makedumpfile -l -d 31 "$work/$rung/vmcore" "$work/$rung.again" >/dev/null 2>&1
	is "$(($(stat -c %s "$work/$rung/vmcore") * 100 <= $(stat -c %s "$work/$rung.again") * 102))" 1 \
		"$rung: no larger than makedumpfile -d 31 makes it"
done
is "$(ask qmp-read 'j["panic"]')" None "qmp: no panic"
is "$(ask sysrq-c-read 'j["panic"]')" "Kernel panic - not syncing: sysrq triggered crash" "sysrq-c: the panic"
is "$(ask sysrq-c-read 'sum(any("sysrq_handle_crash" in f for f in c["stack"]) for c in j["cpus"])')" 1 "sysrq-c: one CPU pulled the trigger"

# --- whoever is not root: QEMU makes its dump readable alone, even to its owner
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$work"
	install -d -o nobody "$work/nobody"
	vmlinuz=$(of vmlinuz)
	cp -r "${vmlinuz%/boot/*}" "$work/unpacked"
	chmod -R a+rX "$work/unpacked"
	rc=0
	# what tests/run chose may lie in a cache that is closed to others: nobody takes the QEMU of the system
	env -u HANGAR_QEMU HOME="$work/nobody" HANGAR_CACHE_HOME="$work/nobody/cache" setpriv --reuid=nobody --regid=nogroup --clear-groups \
		"$HANGAR" vm --plain --out "$work/nobody/run" --kernel "$work/unpacked" --dump qmp --no-symbols \
		controls/hung-task >"$work/nobody.log" 2>&1 </dev/null || rc=$?
	is $rc 1 "nobody: the hang is seen"
	has "$work/nobody/run/outside.jsonl" '"event":"dump","name":"qmp","result":"done"' "nobody: and dumped by QMP" ||
		sed 's/^/# /' "$work/nobody.log"
else
	skip "no privilege is needed for a dump by QMP" "is not root, so every case above shows it"
fi

# --- a rehearsal: one JSON object and nothing else
rc=0
"$HANGAR" rehearse --kernel "$kernel" --dump qmp --no-symbols --json --out "$work/rehearsal" \
	>"$work/rehearsal.json" 2>"$work/rehearsal.log" </dev/null || rc=$?
is $rc 0 "rehearse: the way is proven"
is "$(ask rehearsal '[(r["way"], r["read"]) for r in j["rehearsals"]]')" "[('qmp', True)]" "rehearse: and says so"
rc=0
"$HANGAR" rehearse --kernel "$kernel" --dump qmp,telepathy >/dev/null 2>&1 || rc=$?
is $rc 128 "rehearse: a way that is none is refused"

vmcore=$work/qmp/vmcore

# --- analysers that are missing, wrong, mad, endless
mkdir "$work/fake"
fake() { printf '#!/bin/sh\n%s\n' "$2" >"$work/fake/$1"; chmod +x "$work/fake/$1"; } # NAME SCRIPT
fake mad 'echo "{\"tasks\": ["'
fake gone 'exit 1'
export HANGAR_DRGN_PYTHON=$work/fake/mad HANGAR_CRASH=$work/fake/gone
read_vmcore mad --vmlinux "$vmlinux" --out "$work/mad.out" "$vmcore"
is $rc 1 "no analyser is right: exit code"
is "$(ask mad 'j["reader"]')" notes "no analyser is right: notes and log speak"
ask mad '"\n".join(r["reader"] + ": " + r["reason"] for r in j["refused"])' >"$work/mad.refused"
has "$work/mad.refused" '^drgn: .*JSON' "the mad one is refused"
has "$work/mad.refused" '^crash: ' "the missing one is told of"
has "$work/mad.out/vmcore-dmesg.txt" 'Linux version' "the kernel log is kept"
unset HANGAR_CRASH
if command -v crash >/dev/null && crash --version | grep -q '^crash 8\.0\.2' && [[ $release == 6.1.* ]]; then
	read_vmcore silent --vmlinux "$vmlinux" "$vmcore"
	is "$(ask silent 'j["reader"]')" notes "crash 8.0.2 is not believed"
	has "$work/silent.log" 'crash: (kthreadd, which lives as long as the kernel, is not among the|it lists no task)' "and why"
else
	skip "crash 8.0.2 is not believed" "needs crash 8.0.2 and a 6.1 kernel"
fi
unset HANGAR_DRGN_PYTHON

# --- files that are torn, foreign, empty
size=$(stat -c %s "$vmcore")
for cut in 0 100 5000 $((size / 2)) $((size - 1)); do
	head -c "$cut" "$vmcore" >"$work/torn"
	read_vmcore torn --vmlinux "$vmlinux" "$work/torn"
	is $rc 128 "cut to $cut bytes: refused"
	has "$work/torn.log" 'torn:|empty|no vmcore' "cut to $cut bytes: it is said"
done
"$HANGAR" vmcore "$vmlinux" >/dev/null 2>"$work/foreign.log"
is $? 128 "a file that is no dump"
has "$work/foreign.log" 'no core' "a file that is no dump: it is said"

python3 - "$vmlinux" "$work/vmlinux.other" "$release" "${release/6/9}" <<'E2'
import mmap, shutil, sys
shutil.copyfile(sys.argv[1], sys.argv[2])
with open(sys.argv[2], "r+b") as f, mmap.mmap(f.fileno(), 0) as m:
    old, new = (f"Linux version {r} ".encode() for r in sys.argv[3:5])
    at = m.find(old)
    while at >= 0:
        m[at : at + len(old)] = new
        at = m.find(old, at)
E2
read_vmcore other --vmlinux "$work/vmlinux.other" "$vmcore"
is $rc 1 "a vmlinux of another kernel: notes and log speak"
has "$work/other.log" "${release/6/9}.*$release" "a vmlinux of another kernel: both releases are said"

is "$(compgen -G "$work/tmp/hangar-vmcore.*")" "" "no temporary folder is left"

done_testing
