/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of functions that tell nothing, by the reason why. A function belongs here when it stands
 * in the stacks of a hundred different bugs; one that names a subsystem's own lock or queue does
 * not.
 */
#include "kmsg/dull.h"

#include <stddef.h>

/* the scheduler, and what every sleeper calls */
static const char waiting[] =
	"complete_all complete_with_flags swake_up* rcuwait_* __sched_text_start "
	"init_srcu_struct* check_init_srcu_struct balance_callback* __balance_callback* "
	"schedule* __schedule* io_schedule* _cond_resched __cond_resched preempt_schedule* "
	"___preempt_schedule* "
	"__switch_to* wait_for_completion* wait_for_common* __wait_for_common "
	"do_wait_for_common __wait_for_completion* bit_wait* wait_on_bit* __wait_on_bit* "
	"out_of_line_wait_on_bit* sleep_on_page* sleep_on_buffer finish_task_switch* "
	"context_switch* usleep_range* msleep* prepare_to_wait* finish_wait swait_* __swait_* "
	"do_nanosleep __wait_rcu_gp wait_rcu_gp* __synchronize_srcu* flush_work __flush_work* "
	"start_flush_work flush_workqueue __flush_workqueue drain_workqueue destroy_workqueue "
	"cancel_work_sync __cancel_work* cancel_delayed_work* flush_delayed_work "
	"try_to_grab_pending kthread_stop* kthread_park __wake_up* wake_up_process "
	"try_to_wake_up default_wake_function autoremove_wake_function del_timer* "
	"timer_delete* __timer_delete* try_to_del_timer* deactivate_task dequeue_task* "
	"pick_next_task*";

/* locks */
static const char locking[] =
	"task_blocks_on_rt_mutex* remove_waiter* try_to_take_rt_mutex "
	"mutex_lock* __mutex_lock* mutex_unlock* __mutex_unlock* mutex_trylock* "
	"mutex_spin_on_owner* mutex_remove_waiter mutex_optimistic_spin* rwsem_* __rwsem_* "
	"call_rwsem_* down down_* __down* up up_read* up_write* __up_* rt_mutex_* "
	"__rt_mutex_* rtlock_* __rt_spin* rt_spin_* rt_read_* rt_write_* spin_lock* "
	"spin_unlock* spin_trylock* spin_bug spin_dump rwlock_bug read_lock* write_lock* "
	"do_raw_* _raw_spin* _raw_read* _raw_write* __raw_spin* __raw_read* __raw_write* "
	"raw_spin* _spin_* _read_lock* _read_unlock* _write_lock* _write_unlock* "
	"__lock_text_start native_queued_* queued_* __pv_queued* pv_queued* pv_wait* kvm_wait "
	"__raw_callee_save___pv_queued* __pv_spin* __ticket_spin* ticket_spin* arch_spin_* "
	"arch_read_* arch_write_* osq_lock osq_unlock percpu_down* percpu_up* __percpu_down* "
	"percpu_rwsem* rcu_read_* __rcu_read_* srcu_read_* __srcu_read_* lock_page __lock_page* "
	"lock_acquire* __lock_acquire* lock_release* "
	"__lock_release* lock_is_held* lock_acquired lock_contended lock_torture* "
	"reacquire_held_locks lock_class* find_held_lock ww_mutex_lock* __ww_mutex* owner_on_cpu "
	"release_sock "
	"__lock_task_sighand lock_set_class lock_sock* ldsem_* __ldsem_* tty_ldisc_lock* "
	"__lock_set_class register_lock_class "
	"assign_lock_key look_up_lock_class debug_locks_off bit_spin_lock* hlock_class "
	"lock_downgrade arch_local_irq_restore raw_local_irq_restore native_irq_enable "
	"trace_hardirqs_* trace_softirqs_* preempt_count_* local_bh_* __local_bh_* _local_bh_*";

/* entry, exit, interrupts and what every thread begins with */
static const char entering[] =
	"__queue_work queue_work* insert_work* __queue_delayed_work queue_delayed_work* "
	"mod_delayed_work* entry_SYSCALL* do_syscall* system_call* syscall_* sysenter* tracesys* "
	"x64_sys_call "
	"ia32_sys_call do_fast_syscall* __do_fast_syscall* do_int80* entry_INT80* sysret_* "
	"int_ret_from* ret_from_* ret_fast_syscall ret_slow_syscall __sys_trace_return el0* "
	"el1* do_el0_svc invoke_syscall call_on_stack call_on_irq_stack "
	"common_interrupt do_IRQ "
	"ret_from_intr __common_interrupt common_interrupt_return retint_* restore_args "
	"error_entry error_exit apic_timer_* smp_apic_* local_apic_timer* __sysvec_* sysvec_* "
	"asm_* reschedule_interrupt smp_reschedule_interrupt call_function_* "
	"smp_call_function_interrupt smp_call_function_single_interrupt irq_exit* __irq_exit* "
	"irq_enter* invoke_softirq __irq_svc __irq_usr __dabt_svc __und_svc __pabt_svc "
	"gic_handle_irq* gic_* handle_domain_irq __handle_domain_irq generic_handle_* "
	"handle_irq* __handle_irq* handle_edge_irq handle_fasteoi_irq handle_level_irq "
	"handle_percpu_* handle_simple_irq asm_do_IRQ arch_timer_handler* timer_interrupt "
	"__timer_interrupt decrementer_* hardware_interrupt_* kthread kthread_worker_fn "
	"worker_thread process_one_work process_scheduled_works smpboot_thread_fn ksoftirqd "
	"kernel_thread* ret_to_user* secondary_start* start_secondary start_kernel rest_init "
	"cpu_startup_entry swapper_* x86_64_start_* secondary_startup* xen_hvm_callback* "
	"xen_evtchn_* __xen_evtchn_* xen_pv_evtchn* handle_exception ret_from_exception "
	"interrupt_* system_interrupt* restore_check_irq_replay restore_interrupts "
	"fast_exception_return irqentry_* idtentry_* exit_to_user_mode* do_irq "
	"handle_riscv_irq do_io_irq do_ext_irq ext_int_handler io_int_handler "
	"plat_irq_dispatch handle_vint do_vint __do_IRQ";

/* where a CPU stands that idles, or that serves soft interrupts */
static const char standing[] =
	"do_softirq* __do_softirq* ____do_softirq handle_softirqs* call_timer_fn run_timer_* "
	"__run_timers* expire_timers __run_timer_* tasklet_action* tasklet_hi_action* "
	"run_ksoftirqd do_idle cpu_idle* default_idle* arch_cpu_idle* native_safe_halt "
	"safe_halt pv_native_safe_halt mwait_idle* acpi_idle_* acpi_safe_halt "
	"acpi_processor_ffh* intel_idle* cpuidle_* poll_idle call_cpuidle xen_safe_halt "
	"xen_hypercall* hypercall_page";

/* unwinding, dying and reporting */
static const char reporting[] =
	"deref_stack_reg __unwind_* unwind_done save_trace filter_irq_stacks set_track* "
	"rcu_is_watching rcu_lockdep_* page_table_check_* __page_table_check_* "
	"kthread_should_* __kthread_parkme rust_helper_BUG "
	"xfs_error_report xfs_corruption_error __report_bad_irq note_interrupt "
	"dump_stack* __dump_stack show_stack* show_trace* dump_trace print_trace* show_regs* "
	"print_context_stack* should_fail* __should_fail* fail_dump "
	"__show_regs unwind_backtrace dump_backtrace* show_call_trace sched_show_task "
	"_sched_show_task show_state_filter dump_cpu_task printk _printk vprintk* printk_* "
	"dev_vprintk* __printk* "
	"__dev_printk dev_printk* _dev_* dev_err dev_warn dev_info dev_notice netdev_printk "
	"__netdev_printk netdev_err netdev_warn netdev_info netdev_notice netdev_alert netdev_crit "
	"netdev_emerg __dynamic_* panic panic_* vpanic nmi_panic "
	"check_panic_on_warn __warn* warn_slowpath* warn_bogus_irq_restore report_bug "
	"handle_bug fixup_bug* exc_* do_invalid_op invalid_op do_error_trap do_trap* "
	"math_error bug_handler brk_handler do_debug_exception call_break_hook die die_* "
	"__die* oops_* crash_kexec __crash_kexec machine_kexec* bust_spinlocks no_context "
	"do_no_context bad_kernel_fault do_kernel_fault* __bad_area* bad_area* do_page_fault "
	"__do_page_fault ___do_page_fault page_fault* async_page_fault do_async_page_fault "
	"do_bad_page_fault* bad_page_fault __bad_page_fault handle_page_fault data_access_* "
	"instruction_access_* program_check_* do_program_check __do_program_check pgm_check_* "
	"__do_pgm_check do_protection_exception do_dat_exception do_user_addr_fault "
	"do_kern_addr_fault trace_do_page_fault page_fault_oops spurious_* general_protection "
	"do_general_protection* divide_error do_divide_error int3 do_int3 stack_segment "
	"do_stack_segment double_fault do_double_fault df_debug kernelmode_fixup* "
	"do_translation_fault do_mem_abort do_tag_check_fault arm64_serror_panic "
	"arm64_is_fatal_ras_serror do_serror abort add_taint "
	"print_bad_pte do_bad_area __do_kernel_fault* do_alignment_fault "
	"do_sea do_DataAbort do_PrefetchAbort do_sect_fault do_undefinstr do_bp do_ade do_ri "
	"tlb_do_page_fault* do_trap_or_bp unknown_exception watchdog_* watchdog "
	"__run_hrtimer* __hrtimer_run* hrtimer_interrupt hrtimer_run_queues nmi nmi_* "
	"default_do_nmi do_nmi end_repeat_nmi first_nmi repeat_nmi perf_event_nmi_handler "
	"perf_ibs_nmi* intel_pmu_handle_irq* x86_pmu_handle_irq amd_pmu_handle_irq "
	"__perf_event_overflow perf_event_overflow perf_trace_* trigger_all_cpu* "
	"trigger_single_cpu* trigger_cpumask* trigger_allbutself* trigger_hardlockup* "
	"arch_trigger_* check_hung_* hung_task_* check_hung_uninterruptible* rcu_dump_* "
	"rcu_check_* rcu_pending __rcu_pending rcu_sched_clock_irq rcu_stall_* "
	"print_cpu_stall* print_other_cpu_stall check_cpu_stall* rcu_gp_kthread* rcu_gp_fqs* "
	"rcu_gp_init* force_qs_rnp rcu_implicit* update_process_times tick_sched_* "
	"tick_nohz_* tick_periodic tick_handle_* tick_irq_exit scheduler_tick sched_tick "
	"timer_tick dump_header* oom_kill_process out_of_memory __out_of_memory "
	"mem_cgroup_out_of_memory pagefault_out_of_memory warn_alloc* panic_on_oom* "
	"check_panic_on_oom* oom_kill_* print_bad_page_map print_report print_address_* "
	"check_memory_region* check_region_inline memory_is_poisoned* complete_report* "
	"end_report __asan_* __hwasan_* asan_* read_word_at_a_time __read_once_word_nocheck "
	"read_once_word_nocheck kfence_* __msan_* msan_* __kcov_* kcov_remote_* write_comp_data "
	"check_kcov_mode __tsan_* "
	"tsan_* __sanitizer* __ubsan* handle_overflow* val_to_string kmemleak_* "
	"create_object* __create_object* __link_object* print_circular_* print_usage_bug* "
	"print_irq_* print_deadlock* print_bad_irq* print_unlock_imbalance* check_prev_add "
	"check_prevs_add check_noncircular check_deadlock* check_irq_usage check_usage* "
	"validate_chain* mark_lock* mark_held* valid_state print_lock_* debug_* __debug_* "
	"___might_sleep __might_sleep __might_resched __might_fault might_fault "
	"__schedule_bug schedule_debug bad_page* free_pages_check_bad free_page_is_bad* "
	"check_new_page_bad dump_page* check_preemption_disabled debug_smp_processor_id "
	"__this_cpu_preempt_check refcount_* __refcount_* kref_warn __list_* list_del "
	"list_del_* list_move* list_splice* list_replace* slab_err slab_bug slab_fix "
	"object_err print_trailer check_bytes_and_report check_object check_slab on_freelist "
	"free_debug_processing alloc_debug_processing slab_pad_check usercopy_* "
	"__check_object_size __check_heap_object check_heap_object __stack_chk_fail "
	"stack_chk* fortify_panic __fortify_* __kernel_text_address watchdog_hardlockup_check "
	"handle_no_stack* timer_is_static_object work_is_static_object hrtimer_is_static* "
	"fixup_red_left is_bpf_text* list_add list_add_tail __list_add unwind_next_frame* "
	"unwind_start __unwind_start unwind_get_* arch_stack_walk* stack_trace_save* "
	"stack_trace_consume* save_stack* __save_stack_trace* walk_stackframe* orc_find "
	"__orc_find* stack_depot_* depot_save* is_module_text_address kernel_text_address "
	"debug_print_object";

/* string, memory and device-model helpers: whoever called them is meant */
static const char helping[] =
	"devres_release_group release_nodes get_device ioread8* ioread16* ioread32* "
	"ioread64* iowrite8* iowrite16* iowrite32* iowrite64* insb insw insl outsb "
	"outsw outsl find_first_* find_next_* find_last_bit _find_* __find_nth_* "
	"bitmap_* __bitmap_* __sw_hweight* percpu_ref_* __percpu_counter_* hlist_* "
	"__hlist_* llist_* siphash* __siphash* hsiphash* __hsiphash* jhash* "
	"__skb_queue_* iov_iter_* debugfs_remove* kernfs_remove* __kernfs_remove* "
	"psi_group_change psi_task_switch psi_task_change _atomic_dec_and_lock* "
	"memcpy* __memcpy* memset* __memset* memmove* __memmove* memcmp* __memcmp memchr* "
	"memscan bcmp strlen* strnlen* __strlen strcmp strncmp strcasecmp strncasecmp strcpy "
	"strncpy strlcpy strscpy* sized_strscpy strcat strlcat strncat strchr strrchr strnchr "
	"strstr strnstr strsep strim strspn strcspn clear_page* copy_page* copy_to_user* "
	"copy_from_user* _copy_to_user _copy_from_user __copy_to_user* __copy_from_user* "
	"copy_user_* raw_copy_* __arch_copy_* __arch_clear_user copyin copyout instrument_* "
	"__get_user* __put_user* get_user put_user vsnprintf* snprintf scnprintf vscnprintf "
	"sprintf vsprintf kasprintf kvasprintf* string string_nocheck hex_string symbol_string "
	"bitmap_string mac_address_string pointer format_decode "
	"number __x86_indirect_thunk* __x86_return_thunk* srso_* kobject_* "
	"get_device_parent kref_put* add_uevent_var device_add "
	"device_del device_unregister device_destroy device_for_each_child device_remove_file "
	"atomic_* arch_atomic* raw_atomic* hex_dump_to_buffer print_hex_dump* __phys_addr* "
	"unlock_page "
	"folio_unlock _copy_to_iter _copy_from_iter* copy_to_iter copy_from_iter* "
	"copy_page_to_iter* "
	"copy_page_from_iter* ref_tracker_* init_timer_key __init_work hrtimer_init* "
	"__hrtimer_init* hrtimer_setup* "
	"__hrtimer_setup* timer_init_key add_timer* mod_timer* __mod_timer __seqprop_* "
	"seqcount_* rb_erase* __rb_erase* rb_insert_* __rb_insert_* "
	"rb_next rb_prev rb_first rb_last "
	"rb_replace_node* crc32* __crc32* crc16 crc_* skb_panic skb_over_panic skb_under_panic "
	"skb_put __skb_put skb_push __skb_push skb_pull __skb_pull skb_trim "
	"dpm_sysfs_remove i2c_del_adapter sysfs_remove* usb_submit_urb usb_hcd_submit_urb "
	"usb_kill_urb usb_kill_anchored_urbs "
	"usb_control_msg* usb_bulk_msg usb_interrupt_msg usb_start_wait_urb "
	"dummy_urb_enqueue rhashtable_* __rhashtable_* rhltable_* rht_* unregister_netdev* "
	"call_rcu* "
	"__call_rcu* kvfree_call_rcu set_bit* __set_bit* clear_bit* __clear_bit* change_bit* "
	"__change_bit* test_bit* _test_bit test_and_* __test_and_* arch_set_bit arch_clear_bit "
	"arch_test_bit put_device device_release devres_release_all klist_* dput fast_dput iput "
	"iput_final ihold drop_nlink ida_free xas_start xas_load xas_find* complete kfree_skb* "
	"readb readw readl readq writeb writew writel writeq __raw_readb __raw_readw "
	"__raw_readl __raw_readq __raw_writeb __raw_writew __raw_writel __raw_writeq logic_in* "
	"logic_out* tty_unregister_device hwrng_unregister __unregister_client "
	"rollback_registered* cleanup_srcu_struct va_format assertfail get_taint print_tainted "
	"lock_timer_base sk_stop_timer_sync copy_folio_to_iter* kref_* kset_* kobj_* atomic64_* "
	"hlist_add* hlist_del* __hlist_del hlist_move_list hlist_bl_add* hlist_bl_del* "
	"hlist_nulls_add* hlist_nulls_del* llist_add* llist_del* plist_add plist_del "
	"percpu_counter_* widen_string escaped_string ip4_string ip6_string ip4_addr_string* "
	"ip6_addr_string* ip_addr_string uuid_string resource_string default_pointer "
	"restricted_pointer ptr_to_id special_hex_number put_dec* __strscpy";

/* of networks and ciphers: what they are fed with comes from elsewhere */
static const char feeding[] = "alloc_skb* __alloc_skb alloc_skb_with_frags sock_alloc_send* "
			      "netlink_ack netlink_rcv_skb crypto_* cipher_* drbg_* rng_*";

/* buffers of packets that die of what was asked of them */
static const char packets[] = "skb_*";

/* allocators: at first those that die of an object that another has spoilt */
static const char slabs[] =
	"kmalloc* __kmalloc* kzalloc* kcalloc* krealloc* __do_krealloc kvmalloc* __kvmalloc* "
	"kvrealloc* kmem_* __kmem_* slab_* __slab_* ___slab_* allocate_slab new_slab* "
	"alloc_slab_page get_partial* cache_alloc* cache_grow* ____cache_alloc* "
	"fallback_alloc do_slab_free deferred_* free_to_partial* kfree* __kfree kvfree* "
	"kzfree* kstrdup* kstrndup* kmemdup* memdup_user* vmemdup_user strndup_user";

static const char allocating[] =
	"__free_slab put_cpu_partial kvzalloc* kvcalloc* devm_kcalloc* "
	"vmalloc* __vmalloc* vzalloc* vfree* __vfree* vunmap* __vunmap* "
	"__get_vm_area* alloc_vmap_area alloc_pages* __alloc_pages* alloc_page* __alloc_page* "
	"alloc_frozen_* __alloc_frozen* get_page_from_freelist __get_free_pages* "
	"get_free_pages* get_zeroed_page* get_order folio_alloc* __folio_alloc* vma_alloc_* "
	"rmqueue* prep_new_page free_compound_page __put_compound_page put_compound_page "
	"page_frag_free swiotlb_alloc* x86_swiotlb_alloc* post_alloc_hook free_pages* "
	"__free_pages* __free_one_page free_one_page free_unref_* free_hot_cold* "
	"free_frozen_* free_pcp* free_page_* free_large_kmalloc* __put_page put_page "
	"folio_put __folio_put* release_pages free_contig* discard_slab free_slab mempool_* "
	"dma_alloc* dma_direct_alloc* __dma_direct_alloc* dma_generic_alloc* idr_get* "
	"devm_kmalloc* devm_kzalloc* devm_kasprintf devm_kvasprintf sock_kmalloc "
	"idr_pre_get idr_alloc* radix_tree_node_alloc* xas_alloc* "
	"filemap_alloc_folio* __filemap_get_folio* find_or_create_page do_read_cache_folio "
	"read_cache_page* pagecache_get_page grab_cache_page_write_begin pcpu_create* pcpu_alloc* "
	"__alloc_percpu* "
	"alloc_percpu* free_percpu create_object list_lru_init* __list_lru_init qlist_free* "
	"qlink_free quarantine_* "
	"____kasan_* cma_alloc dma_pool_alloc dma_common_alloc*";

/* charging memory to a group */
static const char charging[] =
	"try_charge* __mem_cgroup_try_charge mem_cgroup_try_charge* mem_cgroup_charge* "
	"__mem_cgroup_charge charge_memcg obj_cgroup_* memcg_* __memcg_* "
	"mem_cgroup_newpage_charge mem_cgroup_cache_charge";

/* waits on behalf of whoever called */
static const char waits[] =
	"wait_on_page* __wait_on_page* wait_on_buffer __wait_on_buffer folio_wait_* "
	"__folio_wait* __folio_lock* folio_lock* wait_on_page_bit* submit_bio_wait "
	"do_wait_intr* cpus_read_lock get_online_cpus cpu_hotplug_begin __wait_event* "
	"wait_woken stop_two_cpus __filemap_fdatawait* filemap_fdatawait* fdatawait_one_bdev "
	"filemap_write_and_wait* file_write_and_wait* __filemap_get_folio* "
	"pagecache_get_page* find_lock_page* find_or_create_page grab_cache_page* "
	"blk_mq_freeze_queue_wait wait_for_stable_page wait_sb_inodes "
	"inode_wait_for_writeback __inode_wait_for_writeback wb_wait_for_completion "
	"cv_wait* __cv_wait* cv_timedwait* __cv_timedwait* ktime_get* delayacct_* __delayacct_* "
	"blk_flush_plug* __blk_flush_plug* read_tsc "
	"kvm_clock_* wake_atomic_t_function wake_bit_function sched_clock* native_sched_clock*";

const struct dull_table dull_everywhere[] = {
	{ "scheduler", waiting }, { "lock", locking },        { "entry", entering },
	{ "idle", standing },     { "reporting", reporting }, { "helper", helping },
	{ NULL, NULL },
};

const struct dull_table dull_allocators[] = { { "slab", slabs },
					      { "allocator", allocating },
					      { NULL, NULL } };

const struct dull_table dull_slabs[] = { { "slab", slabs }, { NULL, NULL } };

const struct dull_table dull_feeders[] = { { "feeding", feeding }, { NULL, NULL } };

const struct dull_table dull_packets[] = { { "packet", packets }, { NULL, NULL } };

const struct dull_table dull_charges[] = { { "charge", charging }, { NULL, NULL } };

const struct dull_table dull_waits[] = { { "wait", waits }, { NULL, NULL } };

const struct dull_table dull_entries[] = { { "entry", entering },
					   { "idle", standing },
					   { NULL, NULL } };

const struct dull_table dull_nowhere[] = {
	{ "scheduler", waiting },
	{ "entry", entering },
	{ "reporting", reporting },
	{ NULL, NULL },
};

const struct dull_table dull_reporters[] = { { "reporting", reporting }, { NULL, NULL } };
