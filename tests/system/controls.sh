#!/usr/bin/env bash
# Every control and its twin in throwaway guests: the fault is noticed, told by its kind and dumped where that is asked
# for; without the fault nothing is seen. Debian 6.1 with cgroup v2 and v1, some of them on 5.10. No root is needed.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/guests.sh"
guests_need

# Guest is KERNEL CGROUP; a control in capitals needs the module hangar_fault, so the kernel's headers.
both='hung-task memcg-oom stall global-oom log-flood SILENCE'
run_all() {
	# shellcheck disable=SC2086
	{
		pairs debian:6.1 v2 $both panic full-disk SOFT-LOCKUP RCU-STALL OOPS OOPS-PANIC
		pairs debian:6.1 v1 $both oom-wait
		positives debian:6.1 v1 panic full-disk SOFT-LOCKUP RCU-STALL OOPS OOPS-PANIC
		positives debian:5.10 v2 hung-task panic SOFT-LOCKUP SILENCE
	}
	guests_wait
}

# The finding that must have been noticed, and words of the kernel's that must be in the vmcore's log.
kind_of() {
	case $1 in
	memcg-oom | log-flood) echo oom-kill ;;
	oom-wait) echo stuck-task ;;
	full-disk) echo io-error ;;
	oops) echo null-deref ;;
	oops-panic) echo panic ;;
	*) echo "$1" ;;
	esac
}
words_of() {
	case $1 in
	hung-task) echo 'blocked for more than 1[0-9] seconds' ;;
	soft-lockup) echo 'BUG: soft lockup' ;;
	rcu-stall) echo 'rcu.*detected stall' ;;
	panic) echo 'Kernel panic - not syncing: sysrq triggered crash' ;;
	# the crash kernel takes over before the panic has said its own line
	oops | oops-panic) echo 'NULL pointer dereference' ;;
	silence) echo 'hangar_fault: loading out-of-tree module' ;;
	esac
}

# pairs KERNEL CGROUP CONTROL...: each, and its twin
pairs() {
	local kernel=$1 mode=$2 name
	shift 2
	for name; do
		one "$kernel" "$mode" "$name"
		one "$kernel" "$mode" "$name-off"
	done
}
positives() {
	local kernel=$1 mode=$2 name
	shift 2
	for name; do one "$kernel" "$mode" "$name"; done
}

started=()
one() { # KERNEL CGROUP NAME
	local kernel=$1 mode=$2 name=${3,,}
	if [ "$name" = "$3" ]; then
		guest_has "$kernel" || return
	else
		guest_builds "$kernel" || return
	fi
	guest_start "$name-${kernel#debian:}-$mode" "$HANGAR_SCENARIOS/controls/$name.json" --kernel "$kernel" \
		--cgroup "$mode" --no-symbols
	started+=("$name ${kernel#debian:} $mode")
}

# A finding of a kind, as the guest or the host told it.
finding() { cat "$1/journal.jsonl" "$1/outside.jsonl" 2>/dev/null | grep "\"event\":\"finding\".*\"kind\":\"$2\""; }

check_positive() { # NAME RUN-DIRECTORY TITLE
	local name=$1 run=$2 title=$3 kind words
	kind=$(kind_of "$name") words=$(words_of "$name")
	finding "$run" "$kind" >"$run.findings"
	has "$run.findings" '"judged":"expected"' "$title: as $kind"
	[ -n "$words" ] || return
	has "$run/vmcore.json" "\"release\": \"${release[$4]}" "$title: its vmcore was read"
	has "$run/vmcore-dmesg.txt" "$words" "$title: and tells of it"
}

# What only one of them shows.
check_special() { # NAME RUN-DIRECTORY TITLE
	case $1 in
	hung-task)
		is "$(grep '"event":"finding"' "$2/journal.jsonl" | grep -oE '"kind":"(stuck|hung)-task"' | head -n 1)" \
			'"kind":"stuck-task"' "$3: hangar saw it stuck before the kernel did" ;;
	silence) has "$2.findings" '"watcher":"outside"' "$3: told from outside" ;;
	log-flood)
		has "$2/journal.jsonl" '"kind":"kmsg-gap"' "$3: records were lost"
		has "$2.findings" '"watcher":"kmsg"' "$3: and reading went on" ;;
	global-oom) has "$2.findings" 'CONSTRAINT_NONE|global_oom|Out of memory' "$3: of the machine, not of a group" ;;
	oops | soft-lockup) has "$2/journal.jsonl" "\"kind\":\"$(kind_of "$1")\".*hangar_${1//-/_}" "$3: with the stack" ;;
	log-flood-off) has_not "$2/journal.jsonl" '"kind":"kmsg-gap"' "$3: no record was lost" ;;
	esac
}

run_all
for one in "${started[@]}"; do
	read -r name version mode <<<"$one"
	run=$work/$name-$version-$mode title="$name on $version, cgroup $mode"
	echo "# $title: $(cat "$run.seconds") s"
	case $name in
	*-off)
		is "$(guest_verdict "$run")" "0 SURVIVED" "$title: survives"
		has_not "$run/journal.jsonl" '"event":"finding".*"judged":"(expected|other)"' "$title: nothing is seen" ;;
	*)
		is "$(guest_verdict "$run")" "1 REPRODUCED" "$title: is noticed"
		check_positive "$name" "$run" "$title" "debian:$version" ;;
	esac
	check_special "$name" "$run" "$title"
	is "$(python3 "$(dirname "$0")/../lib/same_as_live.py" "$HANGAR" "$run")" "" "$title: read from its log, it is the same"
	guest_explain "$run" SURVIVED REPRODUCED
done
is "$(guests_left)" "" "no QEMU, socket or folder is left"
done_testing
