/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU's word on a fault, and the kernel's on itself: error codes, ESR, taint. Pure. */
#ifndef HANGAR_OOPS_FAULT_H
#define HANGAR_OOPS_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* x86 page fault: "a write, by the kernel, to a page that is not present". */
void oops_page_fault_words(uint64_t error, char *buf, size_t size);
/* x86 general protection fault: "" for 0, else the selector that it names. */
void oops_selector_words(uint64_t error, char *buf, size_t size);
/* arm64: "data abort in the kernel, a read; translation fault, level 0". */
void oops_esr_words(uint64_t esr, char *buf, size_t size);

/* "P (a proprietary module), W (a warning before)"; @taint as kernels print it. "" : none known. */
void oops_taint_words(const char *taint, char *buf, size_t size);
bool oops_taint_has(const char *taint, char letter);

#endif
