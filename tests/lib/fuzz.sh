# fuzz.sh BUILD SECONDS: each fuzz target so long, from the corpus in tests/fuzz/corpus; any crash fails.
set -euo pipefail
build=$1 seconds=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for target in "$build"/tests/fuzz_*; do
	[ -f "$target" ] && [ -x "$target" ] || continue
	name=$(basename "$target")
	mkdir -p "$work/$name"
	"$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -artifact_prefix="$work/" \
		"$work/$name" $(ls -d "tests/fuzz/corpus/$name" 2>/dev/null || true) >"$work/$name.log" 2>&1 || {
		tail -n 60 "$work/$name.log"
		exit 1
	}
	tail -n 1 "$work/$name.log"
done
