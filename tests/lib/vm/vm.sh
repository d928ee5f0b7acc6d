# Throwaway guests: a distribution's kernel, an initramfs with the program under test, QEMU without KVM. Sourced after tap.sh.
# The guest's first process is tests/lib/vm/init; a disk carries scenarios in and results out.

vm_program=${HANGAR_QEMU:-qemu-system-x86_64}
vm_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
vm_cache=${XDG_CACHE_HOME:-$HOME/.cache}/hangar/kernels
vm_modules='virtio_pci virtio_blk loop virtio_net ramoops'
vm_qemu=() vm_reboot=-no-reboot vm_serial= # more words for QEMU; empty: the guest may reboot; another console than a file

vm_need() {
	local tool
	# three guests take minutes, and five times that with a sanitizer's runtime under emulation
	! grep -q __asan_init "$HANGAR" || skip_all "built with AddressSanitizer: the guests run the plain build"
	[ "$(uname -m)" = x86_64 ] || skip_all "the guests are made for x86_64"
	for tool in "$vm_program" busybox cpio mkfs.ext4 debugfs timeout; do
		command -v "$tool" >/dev/null || skip_all "needs $tool"
	done
	! ldd "$(command -v busybox)" >/dev/null 2>&1 || skip_all "needs a static busybox"
}

# vm_fetch SUITE PATTERN: the newest package of that name from the host's own Debian mirror, by private lists
vm_fetch() {
	local suite=$1 pattern=$2 apt=$work/apt.$1 mirror name options
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Component: main' | grep -v security | sort -u | head -n 1)
	[ -n "$mirror" ] || return 1
	mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$vm_cache"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/list"
	options=(-o Dir::Etc::sourcelist="$apt/list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State="$apt/state"
		-o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root -o Acquire::http::Timeout=20 -o Acquire::Retries=1)
	apt-get "${options[@]}" -qq update >&2 || return 1
	name=$(apt-cache "${options[@]}" search --names-only "$pattern" | cut -d' ' -f1 | sort -V | tail -n 1)
	[ -n "$name" ] && (cd "$apt" && apt-get "${options[@]}" -qq download "$name" >&2) || return 1
	mv "$apt"/*.deb "$vm_cache/"
}

# vm_unpack PACKAGE FOLDER: vmlinuz and, numbered in loading order, the modules that a guest needs
vm_unpack() {
	local deb=$1 to=$2 tree=$work/unpacked modules new=$2.new.$$ n=10 name file
	rm -rf "$tree" "$new"
	mkdir -p "$tree" "$new/modules"
	dpkg-deb -x "$deb" "$tree" || return 1
	cp "$tree"/boot/vmlinuz-* "$new/vmlinuz" || return 1
	modules=$(echo "$tree"/lib/modules/*)
	busybox depmod -b "$tree" "${modules##*/}" || return 1
	for name in $vm_modules; do
		# "fs/a.ko: c.ko b.ko": what a needs, the last to be loaded first
		for file in $(awk -v name="/$name.ko:" 'index($1, name) { for (i = NF; i > 1; i--) print $i; sub(":", "", $1); print $1 }' \
			"$modules/modules.dep"); do
			compgen -G "$new/modules/??-${file##*/}" >/dev/null && continue
			cp "$modules/$file" "$new/modules/$n-${file##*/}" || return 1
			n=$((n + 1))
		done
	done
	echo "$vm_modules" >"$new/wanted"
	rm -rf "$tree" "$to"
	mv -T "$new" "$to" 2>/dev/null || rm -rf "$new" # another test was quicker
	[ -e "$to/wanted" ]
}

# vm_kernel SUITE VERSION: folder with vmlinuz and modules into $kernel; not to be had: status 1
vm_kernel() {
	local suite=$1 version=$2 deb
	for _ in cached fetched; do
		deb=$(compgen -G "$vm_cache/linux-image-$version.*-cloud-amd64_*.deb" | sort -V | tail -n 1)
		[ -n "$deb" ] && break
		vm_fetch "$suite" "^linux-image-${version//./\\.}\.[0-9]+-[0-9]+-cloud-amd64\$" || return 1
	done
	kernel=${deb%.deb}
	[ "$(cat "$kernel/wanted" 2>/dev/null)" = "$vm_modules" ] || vm_unpack "$deb" "$kernel"
}

# vm_programs FILE: a root folder with the program under test, its stressors, mkfs, $vm_tools and all their libraries, as cpio
vm_programs() {
	local root=$work/vm-root program
	mkdir -p "$root"/{bin,sbin,proc,sys,dev,stressors}
	cp "$(command -v busybox)" "$root/bin/busybox"
	install -m 755 "$vm_lib/init" "$root/init"
	cp "$HANGAR" "$root/bin/hangar"
	find "$HANGAR_STRESSORS" -maxdepth 1 -type f -perm -u+x -exec cp {} "$root/stressors/" \;
	for program in mkfs.ext4 ${vm_tools-}; do cp "$(command -v "$program")" "$root/sbin/"; done
	for program in "$root"/bin/hangar "$root"/sbin/* "$root"/stressors/*; do
		ldd "$program" | grep -oE '/[^ ]+'
	done | sort -u | while read -r program; do cp -L --parents "$program" "$root/"; done
	(cd "$root" && find . | cpio -o -H newc --quiet) >"$1"
}

declare -A vm_pid=()

# QEMU before 10 runs stale code when a kernel patches itself while its CPUs run side by side (runner/vm/qemu/defects.c).
vm_threads() {
	case $("$vm_program" --version) in
	*" version "[0-9].*) echo single ;;
	*) echo multi ;;
	esac
}

# vm_start NAME KERNEL MODE SECONDS FOLDER: boot, with FOLDER as the guest's /disk; no longer than SECONDS. $vm_append goes
# to the kernel's command line.
vm_start() {
	local name=$1 kernel=$2 mode=$3 seconds=$4 folder=$5 disk=$work/$1.img
	[ -e "$work/programs.cpio" ] || vm_programs "$work/programs.cpio"
	{
		cat "$work/programs.cpio" # each piece ends on a multiple of 512 bytes
		(cd "$kernel" && find modules | cpio -o -H newc --quiet)
	} >"$work/$name.initrd"
	truncate -s 256M "$disk"
	mkfs.ext4 -q -F -d "$folder" "$disk"
	# no_timer_check: on a busy host the emulated timer is late, and the kernel takes it for broken and panics
	timeout -k 5 "$seconds" "$vm_program" -accel "tcg,thread=$(vm_threads)" -cpu max,la57=off -smp 2 -m 1G \
		-nodefaults -display none ${vm_reboot:+"$vm_reboot"} -kernel "$kernel/vmlinuz" -initrd "$work/$name.initrd" \
		-append "console=ttyS0 quiet panic=-1 no_timer_check hangar.cgroup=$mode ${vm_append-}" -serial "${vm_serial:-file:$work/$name.console}" \
		-drive "file=$disk,if=none,id=disk,format=raw,cache=unsafe" -device virtio-blk-pci,drive=disk ${vm_qemu[@]+"${vm_qemu[@]}"} \
		>"$work/$name.qemu" 2>&1 </dev/null &
	vm_pid[$name]=$! # a job of the test itself: clean_up in tap.sh ends it
}

# vm_finish NAME: wait until it powers off; its files are in $work/NAME
vm_finish() {
	local name=$1 rc=0
	wait "${vm_pid[$name]}" || rc=$?
	mkdir -p "$work/$name"
	debugfs -R "rdump / $work/$name" "$work/$name.img" 2>/dev/null
	rm -f "$work/$name.img" "$work/$name.initrd"
	return $rc
}
