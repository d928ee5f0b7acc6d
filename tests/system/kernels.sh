#!/usr/bin/env bash
# Kernels fetched from Debian's mirror into a cache that is then emptied, damaged and shared, by root and by others.
. "$(dirname "$0")/../lib/tap.sh"

spec=debian:bookworm/6.1
cache=$work/cache
export HANGAR_CACHE_HOME=$cache

command -v apt-get >/dev/null || skip_all "needs apt-get"
command -v depmod >/dev/null || [ -x /sbin/depmod ] || skip_all "needs depmod"

# kernel NAME ARGUMENT...: exit code in $rc, output in $work/NAME.out, the rest in $work/NAME.err
kernel() {
	local name=$1
	shift
	rc=0
	"$HANGAR" kernel "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null || rc=$?
}

# The same without a mirror: nothing listens there.
kernel_offline() { HANGAR_DEBIAN_MIRROR=http://127.0.0.1:9/debian kernel "$@"; }

part() { awk -v part="$1" '$1 == part { print $2 }' "$2"; }
leavings() { find "$cache" -name '.new-*' 2>/dev/null; }

touch "$work/before"
kernel fetch fetch "$spec"
if [ $rc -ne 0 ] && grep -q 'cannot be reached' "$work/fetch.err"; then
	skip_all "no network: $(tail -n 1 "$work/fetch.err")"
fi
is $rc 0 "a kernel of Debian is fetched"
vmlinuz=$(part vmlinuz "$work/fetch.out") modules=$(part modules "$work/fetch.out") release=$(part release "$work/fetch.out")
grep -q "HdrS" "$vmlinuz"; ok $? "its image is there"
has "$modules/modules.dep" '^kernel/drivers/block/virtio_blk\.ko' "its modules are listed in loading order"
has "$(part config "$work/fetch.out")" '^CONFIG_EXT4_FS=y' "its configuration is there"
is "$(find /var/lib/apt /var/cache/apt /var/lib/dpkg -newer "$work/before" 2>/dev/null)" "" "the machine's own apt state is untouched"
is "$(leavings)" "" "nothing half done is left"

kernel list list bookworm/6.1
has "$work/list.out" "^$release .* cached" "list shows what is cached"
kernel json list bookworm/6.1 --json
python3 -c 'import json,sys
rows = json.load(open(sys.argv[1]))
assert any(r["release"] == sys.argv[2] and r["cached"] and r["offered"] and r["complete"] for r in rows), rows' \
	"$work/json.out" "$release"
ok $? "and so does its JSON"
kernel cached list --cached
is "$(wc -l <"$work/cached.out")" 1 "list --cached shows that one alone"

kernel_offline again path "$spec"
is "$rc $(part vmlinuz "$work/again.out")" "0 $vmlinuz" "without a network the cache answers"
kernel_offline json path "$spec" --json
python3 -c 'import json,sys
k = json.load(open(sys.argv[1]))
assert k["release"] == sys.argv[2] and k["vmlinuz"] == sys.argv[3] and len(k["key"]) == 64 and k["vmlinux"] is None, k' \
	"$work/json.out" "$release" "$vmlinuz"
ok $? "path speaks JSON"
kernel_offline none path debian:bookworm/5.99
is $rc 128 "what the suite does not have is not to be had"
has "$work/none.err" 'no whole kernel 5\.99 in bookworm' "and that is told"
kernel_offline missing path debian:trixie/6.12
is $rc 128 "without a network what is not cached is not to be had"
has "$work/missing.err" 'cannot be reached' "and that is told"
kernel_offline refresh fetch "$spec"
is $rc 128 "fetch insists on the mirror"

# Damage, without a network: the entry is made again from the package.
entry=${vmlinuz%/boot/*}
truncate -s 1000 "$vmlinuz"
kernel_offline truncated path "$spec"
is "$rc $(stat -c %s "$vmlinuz")" "0 $(dpkg-deb -c "$cache"/packages/bookworm/*.deb | awk '/boot\/vmlinuz/ { print $3 }')" \
	"a truncated image is made again"
printf damage | dd of="$modules/modules.dep" conv=notrunc status=none
kernel_offline scribbled path "$spec"
has_not "$modules/modules.dep" damage "a list that was written to is made again"
rm -rf "$modules"
kernel_offline removed path "$spec"
has "$modules/modules.dep" virtio_blk "a folder that was removed is made again"
rm -rf "$entry"
kernel_offline emptied path "$spec"
is "$rc" 0 "an entry that was removed is made again"

# The package went bad as well.
package=$(echo "$cache"/packages/bookworm/linux-image-*.deb)
rm -rf "$entry"
truncate -s 1000000 "$package"
kernel_offline bad path "$spec"
is $rc 128 "a bad package is no kernel"
[ ! -e "$package" ]; ok $? "and is removed"
kernel mended path "$spec"
is $rc 0 "the mirror has another"
is "$(leavings)" "" "nothing half done is left"
cp "$package" "$work/copy.deb"

# Packages by name.
kernel file path "$work/copy.deb"
is "$rc $(part vmlinuz "$work/file.out")" "0 $vmlinuz" "the same package from a file is the same entry"
head -c 2000000 "$work/copy.deb" >"$work/cut.deb"
kernel cut path "$work/cut.deb"
is $rc 128 "a package cut short is refused"
has "$work/cut.err" 'cut\.deb is damaged or cut short' "and named"
(cd "$work" && mkdir -p other/DEBIAN && printf 'Package: other\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n' \
	>other/DEBIAN/control && dpkg-deb --root-owner-group -b other other.deb >/dev/null)
kernel other path "$work/other.deb"
is $rc 128 "a package of something else is refused"
has "$work/other.err" 'holds no kernel image' "and that is told"
mkdir "$work/unpacked" && dpkg-deb -x "$work/copy.deb" "$work/unpacked"
find "$work/unpacked" -type f | sort >"$work/unpacked.before"
kernel unpacked path "$work/unpacked"
is "$rc $(part vmlinuz "$work/unpacked.out")" "0 $work/unpacked/boot/vmlinuz-$release" "an unpacked package is a kernel"
has "$(part modules "$work/unpacked.out")/modules.dep" virtio_blk "whose lists of modules lie in the cache"
is "$(find "$work/unpacked" -type f | sort)" "$(cat "$work/unpacked.before")" "and nothing is written into it"

# Several at once, on an empty cache; one that is killed.
rm -rf "$cache/kernels" "$cache/packages"
for i in 1 2 3; do
	"$HANGAR" kernel path "$spec" >"$work/at-once.$i" 2>&1 &
done
failed=0
for job in $(jobs -p); do wait "$job" || failed=1; done
is $failed 0 "three at once all find it"
is "$(cat "$work"/at-once.? | grep -c "^vmlinuz *$vmlinuz\$")" 3 "in the same place"
is "$(leavings)" "" "nothing half done is left"
rm -rf "$cache/kernels"
"$HANGAR" kernel path "$spec" >/dev/null 2>&1 &
victim=$!
wait_for 30 compgen -G "$cache/kernels/.new-*/lib/modules/*/kernel"
kill -KILL $victim
wait $victim 2>/dev/null
[ -n "$(leavings)" ]; ok $? "one that is killed leaves half an entry"
kernel_offline after path "$spec"
is "$rc $(leavings)" "0 " "which the next removes"

# Whoever is not root.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$work"
	install -d -o nobody "$work/nobody"
	rc=0
	HANGAR_CACHE_HOME=$work/nobody setpriv --reuid=nobody --regid=nogroup --clear-groups \
		"$HANGAR" kernel path "$spec" >"$work/nobody.out" 2>&1 || rc=$?
	is $rc 0 "no privilege is needed"
else
	skip "no privilege is needed" "is not root, so every case above shows it"
fi

# Modules for it.
if command -v gcc-12 >/dev/null && command -v make >/dev/null; then
	kernel headers path "$spec" --headers
	mkdir "$work/module"
	echo 'obj-m := tiny.o' >"$work/module/Makefile"
	printf '#include <linux/module.h>\nMODULE_LICENSE("GPL");\n' >"$work/module/tiny.c"
	make -s -C "$(part headers "$work/headers.out")" M="$work/module" modules >"$work/make.log" 2>&1 ||
		sed 's/^/# /' "$work/make.log"
	grep -aq "vermagic=$release " "$work/module/tiny.ko"; ok $? "a module is built with its headers, where nothing is installed"
else
	skip "a module is built with its headers, where nothing is installed" "needs gcc-12 and make"
fi

for arguments in '' 'path' 'path --bogus' 'steal debian:6.1' 'path a b' 'path debian:../6.1' 'list ;'; do
	# shellcheck disable=SC2086
	kernel usage $arguments
	is "$rc $([ -s "$work/usage.err" ] && echo told)" "128 told" "bad usage exits with 128: kernel $arguments"
done
kernel help --help
is $rc 0 "--help is no failure"
done_testing
