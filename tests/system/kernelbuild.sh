#!/usr/bin/env bash
# tests/kernels/build on a source that is a toy: what it leaves in the cache when all goes well, and when not.
. "$(dirname "$0")/../lib/tap.sh"

here=$(cd "$(dirname "$0")/../kernels" && pwd)
cache=$work/cache
export HANGAR_CACHE_HOME=$cache
for tool in gcc make flex bison bc perl xz patch ccache dpkg-deb cpio; do
	command -v $tool >/dev/null || skip_all "needs $tool"
done
printf '#include <libelf.h>\n#include <openssl/bio.h>\n' | gcc -E - >/dev/null 2>&1 || skip_all "needs libelf-dev, libssl-dev"

# A tree with the targets that the script asks for. Its "compiler" stops at a file named broken.
mkdir -p "$work/toy/linux-source-6.1" "$work/deb/usr/src" "$work/deb/DEBIAN" "$cache/sources"
cat >"$work/toy/linux-source-6.1/Makefile" <<'END'
tinyconfig:
	echo CONFIG_BASE=y >.config
olddefconfig:
	grep -v REFUSED .config >.config.new; mv .config.new .config
bzImage:
	test ! -e slow || sleep 60
	test ! -e broken || { echo "toy.c:1: error: broken"; exit 1; }
	mkdir -p arch/x86/boot include/config
	echo "6.1.0$(LOCALVERSION)" >include/config/kernel.release
	cat Makefile text >arch/x86/boot/bzImage
	echo v >vmlinux; echo s >System.map
END
echo one >"$work/toy/linux-source-6.1/text"
tar -C "$work/toy" -cJf "$work/deb/usr/src/linux-source-6.1.tar.xz" linux-source-6.1
printf 'Package: linux-source-6.1\nVersion: 6.1.0-1\nArchitecture: all\nMaintainer: x <x@localhost>\nDescription: toy\n' \
	>"$work/deb/DEBIAN/control"
dpkg-deb --build "$work/deb" "$cache/sources/linux-source-6.1_6.1.0-1_all.deb" >/dev/null || skip_all "dpkg-deb cannot build"

# The script with patches and a configuration of ours.
kernels=$work/kernels
mkdir -p "$kernels/patches"
cp "$here/build" "$kernels/"
printf '# words\nCONFIG_ONE=y\nCONFIG_PLANT=y\n' >"$kernels/config"
patch_text() { # FROM TO
	printf 'plant: text\n\n--- a/text\n+++ b/text\n@@ -1 +1 @@\n-%s\n+%s\n' "$1" "$2"
}
patch_text one two >"$kernels/patches/0001-two.patch"
cat >"$kernels/patches/0002-plant.patch" <<'END'
--- /dev/null
+++ b/include/linux/plant.h
@@ -0,0 +1,5 @@
+#define PLANTS(X) \
+	X(SOWN, "sown", 0, \
+	  "words of it") \
+	X(FALLOW, "fallow", 10, "never asked for") \
+	X(OTHER, "other", 0, "also asked for")
--- /dev/null
+++ b/user.c
@@ -0,0 +1,3 @@
+	if (plant_on(PLANT_SOWN))
+		x = plant_on(PLANT_OTHER);
+ * plant_on(PLANT_FALLOW)
END

build() { # NAME ARGUMENT...
	local name=$1
	shift
	rc=0
	"$kernels/build" "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null || rc=$?
}
leavings() { find "$cache" \( -name '.new-*' -o -name 'source.new' -o -name '.planted.*' \); }

build usage --nonsense
is $rc 128 "an option that is none is bad usage"
build help --help
is "$rc $(grep -c -- "^  --out" "$work/help.out")" "0 1" "--help tells of the options"

build first planted --out "$work/out"
is $rc 0 "a kernel is built"
is "$(cd "$cache/built/planted" && echo *)" "System.map bzImage config plants release vmlinux" "with all its files"
is "$(cat "$cache/built/planted/release")" "6.1.0-planted" "its release names its kind"
is "$(tail -n 1 "$cache/built/planted/bzImage")" two "the patches are in it"
is "$(cat "$cache/built/planted/plants")" "$(printf 'sown  words of it\nother  also asked for')" "plants are those that a patch asks for"
has "$cache/built/planted/config" '^CONFIG_PLANT=y$' "the fragment is in its configuration"
cmp -s "$work/out/bzImage" "$cache/built/planted/bzImage"; ok $? "--out has it, too"
first=$(readlink "$cache/built/planted")
is "$(leavings)" "" "nothing half done is left"
touch "$work/before"
build again planted
is "$rc $(find "$cache" -newer "$work/before" -name bzImage)" "0 " "what is built is not built again"
has "$work/again.out" 'built already' "and that is told"

build stock stock
is "$rc $(tail -n 1 "$cache/built/stock/bzImage") $(wc -c <"$cache/built/stock/plants")" "0 one 0" "stock has no patch and no plant"
has_not "$cache/built/stock/config" 'PLANT' "nor does it ask for them"

patch_text two three >"$kernels/patches/0003-three.patch"
build key planted --key
has "$work/key.out" '^[0-9a-f]{64}  planted not built$' "another patch is another kernel"
build third planted
is "$rc $(tail -n 1 "$cache/built/planted/bzImage") $(grep -c unpacking "$work/third.out")" "0 three 0" \
	"one patch more is built in the tree that is there"
[ "$(readlink "$cache/built/planted")" != "$first" ] && [ -s "$cache/built/$first/bzImage" ]
ok $? "the link has moved, and the kernel before it is still there"
patch_text one four >"$kernels/patches/0001-two.patch"
rm "$kernels/patches/0003-three.patch"
build changed planted
is "$rc $(tail -n 1 "$cache/built/planted/bzImage")" "0 four" "a changed patch replaces the old one"
good=$(readlink "$cache/built/planted")

patch_text nowhere five >"$kernels/patches/0003-five.patch"
build misfit planted
is $rc 1 "a patch that does not apply ends the build"
has "$work/misfit.err" 'applying 3 patches failed: see .*/build.log' "with the log's name"
is "$(grep -o '000[0-9]-[a-z]*\.patch' "$work/misfit.err" | tail -n 1)" 0003-five.patch "the patch's is the last that is said"
has "$work/misfit.err" 'does not fit linux-source-6.1 6.1.0-1: mend it, or take it out of .*/patches' "with the remedy"
is "$(readlink "$cache/built/planted") $(leavings)" "$good " "the cache keeps what it had"
rm "$kernels/patches/0003-five.patch"
touch "$cache/built/$good/.keep"; rm -rf "${cache:?}/built/$good"
build after planted
is "$rc $(tail -n 1 "$cache/built/planted/bzImage") $(grep -c unpacking "$work/after.out")" "0 four 1" \
	"after it a fresh tree is made, and an entry that is gone is built again"

printf -- '--- /dev/null\n+++ b/broken\n@@ -0,0 +1 @@\n+x\n' >"$kernels/patches/0003-broken.patch"
build broken planted
is $rc 1 "a failing build ends"
has "$work/broken.err" 'toy.c:1: error: broken' "with the compiler's words"
has "$work/broken.err" 'compiling.* failed: see .*/build.log; mend the patch' "the log's name, and the remedy"
is "$(readlink "$cache/built/planted") $(leavings)" "$good " "and nothing half made in the cache"
rm "$kernels/patches/0003-broken.patch"

echo CONFIG_REFUSED=y >>"$kernels/config"
build refused planted
is $rc 1 "a symbol that Kconfig does not grant ends the build"
has "$work/refused.err" 'not granted: CONFIG_REFUSED=y' "and is named"
sed -i '/REFUSED/d' "$kernels/config"

printf -- '--- /dev/null\n+++ b/slow\n@@ -0,0 +1 @@\n+x\n' >"$kernels/patches/0003-slow.patch"
"$kernels/build" planted >"$work/slow.out" 2>&1 </dev/null &
slow=$!
wait_for 60 pgrep -f "make -C $cache/kbuild/planted/tree .* bzImage"
ok $? "a slow build is at work"
"$kernels/build" planted >"$work/waits.out" 2>&1 </dev/null &
waits=$!
wait_for 60 grep -q 'another build of planted is at work' "$work/waits.out"
ok $? "a second build of the same waits for the first"
kill -TERM $waits $slow
wait $waits
before=$SECONDS
wait $slow
is "$? $((SECONDS - before < 20))" "143 1" "a build that is told to end does so at once"
is "$(pgrep -f "$cache/kbuild/planted") $(leavings)" " " "with all that it had started"
rm "$kernels/patches/0003-slow.patch"
build resumed planted
is "$rc $(readlink "$cache/built/planted")" "0 $good" "and the next one goes on"

mkdir "$work/bin"
printf '#!/bin/sh\necho "Filesystem 1M-blocks Used Available Use%% Mounted"; echo "x 9 9 10 1%% /"\n' >"$work/bin/df"
chmod +x "$work/bin/df"
echo "# more" >>"$kernels/config"
PATH=$work/bin:$PATH build room planted
is $rc 1 "without room on the disk nothing begins"
has "$work/room.err" 'has 10 MB left, and [0-9]+ MB are needed' "and what is needed is told"
printf '#!/bin/sh\necho "E: Unable to fetch"; exit 100\n' >"$work/bin/apt-get"
rm "$work/bin/df"; chmod +x "$work/bin/apt-get"
mv "$cache/sources" "$work/sources"
PATH=$work/bin:$PATH build offline planted
is $rc 1 "without a network and a source nothing begins"
has "$work/offline.err" "cannot fetch linux-source-6.1.*put the file into $cache/sources" "and the remedy is told"
is "$(leavings)" "" "nothing half done is left of the source"
rm -r "$cache/sources"; cp -r "$work/sources" "$cache/sources"
truncate -s -500 "$cache/sources/"*.deb
rm -rf "$cache/kbuild/planted/tree"
build damaged planted
is $rc 1 "a damaged source ends the build"
has "$work/damaged.err" 'if the archive is damaged, remove .*\.deb' "and is named"
done_testing
