/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels in folders and trees. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/cleanup.h"
#include "kernel_files.h"
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/vmlinux.h"

#define MODULES_61 "lib/modules/6.1.0-50-cloud-amd64"

static void an_unpacked_folder_is_used_in_place(void **state)
{
	struct kernel k;
	struct diag d;

	put_image("k/boot/vmlinuz-6.1.0-50-cloud-amd64", BANNER_61);
	put_text("k/boot/config-6.1.0-50-cloud-amd64",
		 "CONFIG_EXT4_FS=y\nCONFIG_XFS_FS=m\n# CONFIG_LKDTM is not set\n"
		 "CONFIG_XFS_FS_QUOTA=y\n");
	put_text("k/" MODULES_61 "/kernel/virtio.ko", "module");
	put_text("k/" MODULES_61 "/modules.dep", "kernel/virtio.ko:\n");
	assert_int_equal(find(at("k"), &k, &d), 0);
	assert_string_equal(k.release, "6.1.0-50-cloud-amd64");
	assert_string_equal(k.vmlinuz, at("k/boot/vmlinuz-6.1.0-50-cloud-amd64"));
	assert_string_equal(k.modules, at("k/" MODULES_61));
	assert_int_equal(strlen(k.key), 64);
	assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), 1);
	assert_int_equal(kernel_config(&k, "CONFIG_XFS_FS"), 2);
	assert_int_equal(kernel_config(&k, "CONFIG_LKDTM"), 0);
	assert_int_equal(kernel_config(&k, "CONFIG_XFS"), 0);
	k.config[0] = '\0';
	assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), -ENOENT);
}

static void the_key_follows_the_modules(void **state)
{
	struct kernel a, b;
	struct diag d;

	put_image("k/vmlinuz", BANNER_61);
	put_text("k/" MODULES_61 "/modules.dep", "a.ko:\n");
	put_text("k/" MODULES_61 "/a.ko", "module");
	assert_int_equal(find(at("k"), &a, &d), 0);
	assert_int_equal(find(at("k"), &b, &d), 0);
	assert_string_equal(a.key, b.key);
	put_text("k/" MODULES_61 "/a.ko", "module, built anew");
	assert_int_equal(find(at("k"), &b, &d), 0);
	assert_string_not_equal(a.key, b.key);
}

static void the_newest_of_a_folder_wins(void **state)
{
	struct kernel k;
	struct diag d;

	put_image("boot/vmlinuz-6.1.9", "6.1.9 (a@b) #1 SMP");
	put_image("boot/vmlinuz-6.1.10", "6.1.10 (a@b) #1 SMP");
	put_image("boot/vmlinuz-5.10.200", "5.10.200 (a@b) #1 SMP");
	assert_int_equal(find(folder, &k, &d), 0);
	assert_string_equal(k.release, "6.1.10");
	assert_string_equal(k.modules, "");
}

static void an_image_brings_its_modules_along(void **state)
{
	char spec[900];
	struct kernel k;
	struct diag d;

	put_image("boot/vmlinuz-6.1.0-50-cloud-amd64", BANNER_61);
	put_text(MODULES_61 "/modules.dep", "a.ko:\n");
	put_text(MODULES_61 "/a.ko", "module");
	assert_int_equal(find(at("boot/vmlinuz-6.1.0-50-cloud-amd64"), &k, &d), 0);
	assert_string_equal(k.modules, at(MODULES_61));
	put_text("elsewhere/modules.dep", "a.ko:\n");
	put_text("elsewhere/a.ko", "module");
	snprintf(spec, 250, "%s:%s", at("boot/vmlinuz-6.1.0-50-cloud-amd64"), at("elsewhere"));
	assert_int_equal(find(spec, &k, &d), 0);
	assert_string_equal(k.modules, at("elsewhere"));
	put_text("6.1.0-51-cloud-amd64/modules.dep", "a.ko:\n");
	snprintf(spec, 250, "%s:%s", at("boot/vmlinuz-6.1.0-50-cloud-amd64"),
		 at("6.1.0-51-cloud-amd64"));
	assert_int_equal(find(spec, &k, &d), -EINVAL);
	assert_non_null(strstr(d.message, "another kernel"));
	snprintf(spec, 250, "%s:%s", at("boot/vmlinuz-6.1.0-50-cloud-amd64"), at("nowhere"));
	assert_int_equal(find(spec, &k, &d), -ENOENT);
}

static void a_built_tree_without_modules_is_a_kernel(void **state)
{
	struct kernel k;
	struct diag d;

	put_image("tree/arch/x86/boot/bzImage", BANNER_61);
	put_text("tree/.config", "CONFIG_EXT4_FS=y\n");
	make_vmlinux("tree/vmlinux", LINUX_BANNER_61, true);
	assert_int_equal(find(at("tree"), &k, &d), 0);
	assert_string_equal(k.vmlinuz, at("tree/arch/x86/boot/bzImage"));
	assert_string_equal(k.modules, "");
	assert_int_equal(kernel_config(&k, "CONFIG_EXT4_FS"), 1);
	assert_int_equal(kernel_symbols(&k, NULL, false, NULL, NULL, &d), 0);
	assert_string_equal(k.vmlinux, at("tree/vmlinux"));
}

static void what_is_no_kernel_is_told(void **state)
{
	static const struct {
		const char *spec, *word;
		int err;
	} rows[] = {
		{ "nowhere.deb", "no kernel \"nowhere.deb\"", -ENOENT },
		{ "/dev/null", "neither a file nor a folder", -EINVAL },
		{ "/dev", "holds no kernel", -ENOENT },
		{ "/etc/passwd", "no boot header", -EINVAL },
		{ "debian:", "pattern", -EINVAL },
		{ "debian:../x", "suite", -EINVAL },
		{ "debian:6.1;rm", "pattern", -EINVAL },
		{ ",", "names no package", -EINVAL },
		{ "/etc/passwd,/etc/group", "neither a .deb nor an .rpm", -EINVAL },
		{ "", "no kernel", -ENOENT },
	};
	struct kernel k;
	struct diag d;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int r = find(rows[i].spec, &k, &d);

		if (r != rows[i].err || !strstr(d.message, rows[i].word))
			fail_msg("\"%s\": %d \"%s\"", rows[i].spec, r, d.message);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_unpacked_folder_is_used_in_place),
		CASE(the_key_follows_the_modules),
		CASE(the_newest_of_a_folder_wins),
		CASE(an_image_brings_its_modules_along),
		CASE(a_built_tree_without_modules_is_a_kernel),
		CASE(what_is_no_kernel_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
