# Shared by quickstart and tests/run: packages, build folders, and how a step is told. Sourced, from the root of the tree.

cache_dir=${XDG_CACHE_HOME:-$HOME/.cache}/hangar

step() { printf '== %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# packages COLUMN STAGE...: names from tests/packages
packages() {
	local column=$1
	shift
	awk -v column="$column" -v stages=" $* " \
		'!/^#/ && NF && index(stages, " " $1 " ") { print $column }' tests/packages
}

name_packages() { # on a distribution that we cannot install on
	local id column tool
	id=$(. /etc/os-release 2>/dev/null && printf '%s %s' "${ID:-}" "${ID_LIKE:-}")
	case " $id " in
	*fedora* | *rhel* | *centos*) column=3 tool='dnf install' ;;
	*suse*) column=4 tool='zypper install' ;;
	*arch*) column=5 tool='pacman -S' ;;
	*) column=2 tool='install, by the names that Debian gives them:' ;;
	esac
	printf '%s %s\n' "$tool" "$(packages $column "$@" | sort -u | tr '\n' ' ')"
}

ensure_packages() { # STAGE...
	local missing=() p as_root=()
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		need_tools "$@"
		return
	fi
	for p in $(packages 2 "$@"); do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
	done
	[ ${#missing[@]} -eq 0 ] && return
	step "installing ${#missing[@]} Debian packages: ${missing[*]}"
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "As root, run: apt-get install ${missing[*]}"
		as_root=(sudo)
	fi
	"${as_root[@]}" apt-get update -qq
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
		die "apt-get could not install: ${missing[*]}"
}

need_tools() { # not Debian: go on if all is there, else say what to install
	local tool
	for tool in gcc meson ninja pkg-config; do
		command -v "$tool" >/dev/null || die "This is not Debian. Install what hangar needs, then try again:
  $(name_packages "$@")"
	done
	pkg-config --exists jansson libcgroup liburing mount libkmod libarchive nettle zlib cmocka ||
		die "Libraries are missing. Install what hangar needs, then try again:
  $(name_packages "$@")"
}

# build DIR [MESON OPTION...]: configure once, then bring up to date
build() {
	local dir=$1
	shift
	export CCACHE_DIR=${CCACHE_DIR:-$cache_dir/ccache}
	[ -e "$dir/build.ninja" ] || meson setup "$dir" "$@" >"$dir.log" 2>&1 || {
		cat "$dir.log" >&2
		rm -rf "$dir"
		return 1
	}
	rm -f "$dir.log"
	ninja -C "$dir" >"$dir/ninja.log" 2>&1 || {
		cat "$dir/ninja.log" >&2
		return 1
	}
}
