# What a vmcore's explanations say, and operations on it. Sourced after guests.sh.

autopsy_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# What is missing to read vmcores by drgn, with the remedy; nothing: all is there.
autopsy_lacks() {
	command -v makedumpfile >/dev/null || echo "needs makedumpfile"
	/usr/bin/python3 -c 'import drgn' 2>/dev/null || echo "needs drgn: install python3-drgn"
}

# read_vmcore NAME VMCORE ARGUMENT...: JSON in $work/NAME.json, exit code in $work/NAME.read
read_vmcore() {
	local name=$1 vmcore=$2 rc=0
	shift 2
	"$HANGAR" vmcore --json "$@" "$vmcore" >"$work/$name.json" 2>"$work/$name.log" || rc=$?
	echo $rc >"$work/$name.read"
}

ask() { # NAME EXPRESSION of j, e (subject -> explanation), x (subject -> what was only examined)
	python3 -c '
import json, sys
j = json.load(open(sys.argv[1]))
e = {one["subject"]: one for one in j["explanations"]}
x = {one["subject"]: one for one in j["examined"]}
print(eval(sys.argv[2]))' "$work/$1.json" "$2"
}

says() { ask "$1" "e.get('$2', {}).get('sentence', '')" >"$work/$1.says"; } # NAME SUBJECT: into NAME.says

# operate NAME VMCORE VMLINUX OPERATION: read it with the marks of a bug operated into it
operate() {
	local surgeon=$work/$1.$4.surgeon
	printf '#!/bin/sh\nexec /usr/bin/python3 -B %s %s "$@"\n' "$autopsy_lib/surgeon.py" "$4" >"$surgeon"
	chmod +x "$surgeon"
	HANGAR_DRGN_PYTHON=$surgeon read_vmcore "$1.$4" "$2" --vmlinux "$3"
}

told() { # NAME OPERATION SUBJECT PATTERN: what is said of those marks
	says "$1.$2" "$3"
	has "$work/$1.$2.says" "$4" "$1, $2: told"
	is "$(ask "$1.$2" '" ".join(e)')" "$3" "$1, $2: and nothing else"
}
