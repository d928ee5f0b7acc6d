# A QEMU that does not run stale code (runner/vm/qemu/defects.c), where the distribution's own is too old: fetched from its
# backports into the cache, where hangar finds it. Nothing is installed; the machine's apt is not touched. Sourced after setup.sh.

qemu_packages=(qemu-system-x86 qemu-system-common qemu-system-data seabios)
qemu_since=10

qemu_major() { "$1" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\)\..*/\1/p'; }

is_qemu_of_use() {
	local major
	major=$(qemu_major "$1")
	[ "${major:-0}" -ge $qemu_since ]
}

# qemu_apt FOLDER COMMAND...: an apt of its own
qemu_apt() {
	local at=$1
	shift
	apt-get -qq -o Dir::State="$at/state" -o Dir::State::status="$at/status" -o Dir::Cache="$at/cache" \
		-o Dir::Etc::sourcelist="$at/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=1 "$@"
}

# fetch_qemu FOLDER SUITE: the packages, unpacked in FOLDER/root
fetch_qemu() {
	local at=$1 suite=$2 mirror keys=/usr/share/keyrings/debian-archive-keyring.gpg deb
	mirror=${HANGAR_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
		'Origin: Debian' 'Component: main' 2>/dev/null | grep -v security | head -n 1)}
	mkdir -p "$at/state/lists/partial" "$at/cache/archives/partial" "$at/root" || return
	: >"$at/status"
	[ -r $keys ] && keys="[arch=amd64 signed-by=$keys]" || keys='[arch=amd64]'
	printf 'deb %s %s %s main\n' "$keys" "${mirror:-http://deb.debian.org/debian}" "$suite" >"$at/sources.list"
	qemu_apt "$at" update && (cd "$at" && qemu_apt "$at" download "${qemu_packages[@]}") || return
	for deb in "$at"/*.deb; do
		dpkg-deb -x "$deb" "$at/root" || return
	done
	cat >"$at/qemu-system-x86_64" <<'EOF'
#!/bin/sh
# It looks for its firmware where it would be installed; here it lies beside it.
here=$(dirname "$(readlink -f "$0")")
exec "$here/root/usr/bin/qemu-system-x86_64" -L "$here/root/usr/share/qemu" -L "$here/root/usr/share/seabios" "$@"
EOF
	chmod 755 "$at/qemu-system-x86_64"
	rm -rf "$at"/*.deb "$at/state" "$at/cache" "$at/status" "$at/sources.list"
}

ensure_qemu() {
	local kept=$cache_dir/qemu suite new version
	[ -z "${HANGAR_QEMU:-}" ] || return 0
	! is_qemu_of_use qemu-system-x86_64 || return 0
	! is_qemu_of_use "$kept/qemu-system-x86_64" || return 0
	suite=$(. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ] && printf '%s-backports' "${VERSION_CODENAME:-}") || suite=
	if [ -n "$suite" ] && command -v apt-get >/dev/null && [ "$(uname -m)" = x86_64 ]; then
		step "fetching a newer QEMU from $suite into $kept (13 MB)"
		mkdir -p "$kept"
		new=$(mktemp -d "$kept/.new-XXXXXX")
		if fetch_qemu "$new" "$suite" && is_qemu_of_use "$new/qemu-system-x86_64"; then
			version=$("$new/qemu-system-x86_64" --version | sha256sum | cut -c1-16)
			rm -rf "${kept:?}/$version"
			mv "$new" "$kept/$version"
			ln -sfn "$version/qemu-system-x86_64" "$kept/qemu-system-x86_64"
			return 0
		fi
		rm -rf "$new"
	fi
	echo "   QEMU before $qemu_since runs stale code when a kernel patches itself: the CPUs of a guest take turns, and it is slower"
}
