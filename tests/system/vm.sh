#!/usr/bin/env bash
# The same scenarios on kernels and cgroup versions that this machine does not run: throwaway guests under QEMU, no KVM.
# Debian 6.1 with cgroup v2 and with v1, 5.10 with v2. The guests judge nothing: their run directories are read here.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/vm/vm.sh"
vm_need

# Five times what a guest takes on two cores.
limit=300
in=$work/in
mkdir "$in"

scenario() { # NAME: standard input, with its name put in
	sed "s/@/$1/" >"$in/$1.json"
}
twin() { # NAME OF: the scenario OF with sed expressions applied
	local name=$1 of=$2
	shift 2
	sed -e "s/\"$of\"/\"$name\"/" "$@" "$in/$of.json" >"$in/$name.json"
}

scenario quiet <<'E2'
{ "name": "@", "about": "Nothing goes wrong.",
  "groups": { "small": { "memory": "64M" } },
  "phases": [ { "name": "calm", "for": "2s", "run": [
    { "use": "alloc", "in": "small", "with": { "bytes": "8M", "pattern": "ramp", "rate": "16M" } } ] } ] }
E2

scenario oom <<'E2'
{ "name": "@", "about": "One memcg takes more than it may.",
  "groups": { "victims": { "memory": "24M", "swap": "0", "count": 2 }, "bystanders": { "memory": "64M" } },
  "phases": [ { "name": "storm", "for": "20s", "run": [
    { "use": "alloc", "in": "victims", "restart": "always", "with": { "bytes": "48M", "pattern": "ramp" } },
    { "use": "alloc", "in": "bystanders", "with": { "bytes": "8M", "pattern": "ramp", "rate": "16M" } } ] } ],
  "expect": { "reproduce": [ { "kind": "oom-kill" } ], "must-reproduce": true } }
E2
twin oom-off oom -e 's/"48M"/"8M"/' -e 's/"20s"/"2s"/'

# The limit of the inner group is hit, then that of the outer one by tasks of inner ones.
scenario inner <<'E2'
{ "name": "@", "about": "A group in a group is too small.",
  "groups": { "outer": { "memory": "96M", "swap": "0", "groups": { "nest": { "memory": "24M", "count": 2 } } } },
  "phases": [ { "name": "storm", "for": "2s", "run": [
    { "use": "alloc", "in": "outer/nest", "restart": "on-oom", "with": { "bytes": "40M", "pattern": "ramp" } } ] } ],
  "expect": { "allow": [ "oom-kill" ] } }
E2
twin outer inner -e 's/"96M"/"32M"/' -e 's/"24M"/"28M"/' -e 's/"40M"/"24M"/'
twin nested-off inner -e 's/"40M"/"8M"/'

# Copies are born into groups that are full already.
scenario crowd <<'E2'
{ "name": "@", "about": "Starting anew in a full group.",
  "scratch": { "filesystem": "ext4", "on": "loop", "size": "32M" },
  "groups": { "full": { "memory": "24M", "swap": "0", "count": 2 } },
  "phases": [ { "name": "storm", "for": "6s", "run": [
    { "use": "alloc-and-write", "in": "full", "copies": 2, "restart": "always" } ] } ],
  "expect": { "allow": [ "oom-kill" ] } }
E2

scenario throttle <<'E2'
{ "name": "@", "about": "A group is throttled.",
  "groups": { "slow": { "memory": "96M", "high": "16M" } },
  "phases": [ { "name": "fill", "for": "10s", "run": [
    { "use": "alloc", "in": "slow", "with": { "bytes": "24M", "pattern": "sawtooth" } } ] } ] }
E2
twin throttle-off throttle -e 's/"16M"/"64M"/'

scenario fork <<'E2'
{ "name": "@", "about": "A group may not have so many tasks.",
  "groups": { "few": { "memory": "96M", "pids": 3 } },
  "phases": [ { "name": "go", "for": "10s", "run": [
    { "use": "alloc", "in": "few", "with": { "bytes": "8M", "pattern": "sawtooth", "forks": 4 } } ] } ] }
E2
twin fork-off fork -e 's/"pids": 3/"pids": 30/'

scenario whole <<'E2'
{ "name": "@", "about": "An OOM takes all of the group.",
  "groups": { "all": { "memory": "32M", "swap": "0", "oom-group": true } },
  "phases": [ { "name": "storm", "for": "2s", "run": [
    { "use": "alloc", "in": "all", "copies": 2, "with": { "bytes": "4M", "pattern": "sawtooth" } },
    { "use": "alloc", "in": "all", "with": { "bytes": "64M", "pattern": "ramp" } } ] } ],
  "expect": { "allow": [ "oom-kill", "stressor-failed" ] } }
E2
twin whole-off whole -e 's/true/false/'

scenario press <<'E2'
{ "name": "@", "about": "More to do than there are CPUs.",
  "groups": { "busy": { "memory": "96M" } },
  "phases": [ { "name": "press", "for": "30s", "until": { "psi": { "resource": "cpu", "above": "30%" } }, "or": "fail",
    "run": [ { "use": "alloc", "in": "busy", "copies": 6, "with": { "bytes": "4M", "pattern": "sawtooth" } } ] } ],
  "watch": { "kmsg": {}, "pressure": { "stall": "300ms", "window": "1s" } } }
E2
twin press-off press -e 's/"30s"/"3s"/' -e 's/"copies": 6/"copies": 1/' -e 's/"sawtooth"/"sawtooth", "rate": "1M"/'

# No OOM here: a loop device does its writes on behalf of the writer's v2 group, and one that is full fails them.
scenario limits <<'E2'
{ "name": "@", "about": "Every limit at once, on a file system of the run's own.",
  "sysctls": { "vm.dirty_ratio": "21" }, "thp": { "enabled": "madvise" },
  "scratch": { "filesystem": "ext4", "on": "loop", "size": "32M" },
  "groups": { "outer": { "memory": "96M", "swap": "0", "pids": 100, "cpu": "150%", "cpu-weight": 50, "cpuset": "0-1",
    "groups": { "inner": { "memory": "48M", "pids": 20, "io": { "write-bps": "8M", "read-iops": 500 }, "count": 2 } } } },
  "phases": [ { "name": "work", "for": "10s", "run": [
    { "use": "alloc-and-write", "in": "outer/inner", "with": { "bytes": "8M" } },
    { "use": "creat-storm", "in": "outer" } ] } ] }
E2
twin killed limits -e 's/"10s"/"60s"/'

cat >"$in/guest" <<'E2'
for name in quiet press-off; do run $name; done
peek press 0
# nested-off between the two: the kernel prints the particulars of ten OOM kills in five seconds and no more
for name in oom oom-off inner nested-off outer crowd whole whole-off; do run $name; done
for name in throttle throttle-off fork fork-off limits; do peek $name 1; done
start killed
begun killed
kill -KILL $runner
end killed
hangar clean >clean.log 2>&1
echo $? >clean.rc
machine_state >clean.state
E2

exits() { # GUEST NAME CODE VERDICT WHAT
	is "$(cat "$work/$1/$2.rc") $(verdict_of "$work/$1/$2")" "$3 $4" "$1: $5"
	[ -s "$work/$1/$2/result.json" ] || sed 's/^/# /' "$work/$1/$2.log"
}

file_has() { has "$work/$1/$2.files" "$3" "$1: $4"; } # GUEST NAME PATTERN WHAT
found() { has "$work/$1/$2/journal.jsonl" "\"event\":\"finding\".*$3" "$1: $4"; }
found_not() { has_not "$work/$1/$2/journal.jsonl" "\"event\":\"finding\".*$3" "$1: $4"; }

# What holds on either version of control groups
check_verdicts() { # GUEST
	local vm=$1 name left=
	exits "$vm" quiet 0 SURVIVED "a quiet run survives"
	has "$work/$vm/quiet/journal.jsonl" '"event":"spawn".*"group":"small","verified":true' "$vm: the stressor saw itself in its group"
	exits "$vm" oom 1 REPRODUCED "a memcg OOM is seen"
	found "$vm" oom '"watcher":"oom".*"group":"victims\.[01]"' "the oom watcher tells its group"
	found "$vm" oom '"watcher":"kmsg".*"group":"victims\.[01]"' "so does the kernel log"
	found_not "$vm" oom '"group":"bystanders"' "and no other group"
	exits "$vm" oom-off 0 SURVIVED "the same with room enough survives"
	found_not "$vm" oom-off '"kind":"oom-kill"' "without an OOM kill"
	exits "$vm" inner 0 SURVIVED "allowed kills in a nested group leave SURVIVED"
	found "$vm" inner '"watcher":"oom".*"group":"outer/nest\.[01]"' "they are told of the inner group"
	found_not "$vm" inner '"kind":"oom-kill".*"group":"outer"' "and not of the one around it, which has room"
	exits "$vm" outer 0 SURVIVED "allowed kills at the outer group's limit leave SURVIVED"
	found "$vm" outer '"watcher":"oom".*"group":"outer"' "they are told of the outer group"
	found "$vm" outer '"watcher":"kmsg".*"group":"outer",.*CONSTRAINT_MEMCG' "so does the kernel log"
	exits "$vm" nested-off 0 SURVIVED "nested groups with room survive"
	found_not "$vm" nested-off '"kind":"oom-kill"' "without an OOM kill"
	exits "$vm" crowd 0 SURVIVED "copies that start in a full group make no run BROKEN"
	found "$vm" crowd '"kind":"oom-kill".*"group":"full\.[01]"' "though it is full"
	has_not "$work/$vm/crowd/kmsg.log" 'hangar-spawner invoked oom-killer.*oom_score_adj=-1000' "$vm: nobody in it is sheltered"
	exits "$vm" press-off 125 INCONCLUSIVE "a phase that waits for cpu pressure gets none when idle"
	found_not "$vm" press-off '"kind":"pressure"' "nor does the watcher see any"
	exits "$vm" press 0 SURVIVED "with six busy tasks on two CPUs it comes"
	found "$vm" press '"kind":"pressure".*"text":"cpu pressure' "and the watcher notes it"
	has "$work/$vm/press.fds" '/proc/pressure/cpu flags:[[:space:]]*[0-7]*2$' "$vm: by a trigger of the kernel"
	exits "$vm" limits 0 SURVIVED "every limit at once, on a loop file system"
	file_has "$vm" limits '/outer/inner\.1/pids\.max:20$' "pids"
	file_has "$vm" limits '/outer/cpuset\.cpus:0-1$' "cpuset"
	file_has "$vm" fork '/few/pids\.max:3$' "a limit of tasks is set"
	file_has "$vm" fork '/few/pids\.events:max [1-9]' "and met"
	exits "$vm" fork-off 0 SURVIVED "with tasks enough it survives"
	file_has "$vm" fork-off '/few/pids\.events:max 0' "and never meets the limit"

	is "$(cat "$work/$vm/killed.rc")" 137 "$vm: a runner is killed"
	has "$work/$vm/killed.state" '/hangar/[^/]*-killed-[^/]*/outer/inner\.1' "$vm: its groups are left"
	is "$(cat "$work/$vm/clean.rc")" 0 "$vm: hangar clean puts all back"
	for name in quiet oom inner limits press clean; do
		cmp -s "$work/$vm/before.state" "$work/$vm/$name.state" && continue
		left="$left $name"
		diff "$work/$vm/before.state" "$work/$vm/$name.state" | sed 's/^/# /'
	done
	is "$left" "" "$vm: nothing is left by any run, nor by hangar clean"
}

check_v2() { # GUEST
	local vm=$1
	file_has "$vm" limits '/outer/cpu\.max:150000 100000$' "cpu"
	file_has "$vm" limits '/outer/cpu\.weight:50$' "cpu-weight"
	file_has "$vm" limits '/inner\.0/io\.max:[0-9]+:[0-9]+ rbps=max wbps=8388608 riops=500 wiops=max' "io"
	exits "$vm" throttle 0 SURVIVED "a throttled group survives"
	file_has "$vm" throttle '/slow/memory\.high:16777216$' "its limit is set"
	file_has "$vm" throttle '/slow/memory\.events:high [1-9]' "and met"
	found_not "$vm" throttle '"watcher":"oom"' "which is no OOM"
	exits "$vm" throttle-off 0 SURVIVED "with a higher limit it survives"
	file_has "$vm" throttle-off '/slow/memory\.events:high 0' "and never meets the limit"
	exits "$vm" whole 0 SURVIVED "an OOM that takes the whole group, allowed"
	has "$work/$vm/whole/journal.jsonl" '"event":"exit","copy":0,.*"kind":"oom' "$vm: takes the small tasks of the group, too"
	exits "$vm" whole-off 0 SURVIVED "without oom-group"
	has_not "$work/$vm/whole-off/journal.jsonl" '"event":"exit","copy":[01],.*"kind":"oom' "$vm: it takes the big one alone"
}

check_v1() { # GUEST
	local vm=$1 name
	for name in throttle whole; do
		exits "$vm" $name 125 SKIPPED "$name is skipped on v1"
		has "$work/$vm/$name.log" 'unified_cgroup_hierarchy|needs cgroup v2' "$vm: with the remedy"
	done
}

# boot NAME SUITE KERNEL-VERSION MODE
boot() {
	vm_kernel "$2" "$3" && vm_start "$1" "$kernel" "$4" $limit "$in" && echo "# $1: ${kernel##*/}, cgroup $4" && return
	skip "$1: Linux $3, cgroup $4" "no package of that kernel in $vm_cache, and none to be fetched"
}

# judge NAME CHECK...: when it was booted
judge() {
	local name=$1 check
	shift
	[ -n "${vm_pid[$name]:-}" ] || return
	vm_finish "$name"
	is $? 0 "$name: the guest ran to its end"
	[ -e "$work/$name/clean.state" ] || { tail -n 30 "$work/$name.console" | sed 's/^/# /'; return; }
	for check; do "$check" "$name"; done
}

# Two at a time: they mostly wait.
boot v2 bookworm 6.1 v2
boot v1 bookworm 6.1 v1
judge v2 check_verdicts check_v2
boot old bullseye 5.10 v2
judge v1 check_verdicts check_v1
judge old check_verdicts check_v2
# To look at a failure: HANGAR_VM_KEEP=FOLDER keeps the guests' consoles and run directories.
[ -z "${HANGAR_VM_KEEP:-}" ] || cp -r "$work" "$HANGAR_VM_KEEP"
done_testing
