# install.sh BUILD: `meson install` puts every part where a system expects it, and the installed program finds its own parts.
set -euo pipefail
build=$1
dest=$(mktemp -d)
trap 'rm -rf "$dest"' EXIT
DESTDIR=$dest meson install -C "$build" --no-rebuild >/dev/null
prefix=$dest$(meson introspect "$build" --buildoptions | python3 -c '
import json, sys
print(next(o["value"] for o in json.load(sys.stdin) if o["name"] == "prefix"))')
for f in bin/hangar libexec/hangar/stressors/alloc share/hangar/scenarios/quickstart.json \
	share/man/man1/hangar.1 share/man/man5/hangar-scenario.5 share/man/man1/hangar-stressors.1 \
	share/bash-completion/completions/hangar; do
	[ -e "$prefix/$f" ] || { echo "not installed: $f"; find "$dest" -type f; exit 1; }
done
"$prefix/bin/hangar" list | grep -q quickstart
"$prefix/bin/hangar" stressors | grep -q alloc
