/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of anything, as a hostile dump could make a script print them: a JSON answer's subjects are
 * taken and judged, and what comes after its first NUL is the dump's log.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vmcore/subject.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = malloc(size + 2);
	json_t *from, *subjects = NULL, *explanations = NULL, *examined = NULL;
	const char *log;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = text[size + 1] = '\0';
	log = text + strlen(text) + 1;
	from = json_loads(text, 0, NULL);
	if (subjects_take(from, &subjects, NULL) == 0 &&
	    subjects_judge(subjects, "6.1.192", log, &explanations, &examined) == 0) {
		json_decref(explanations);
		json_decref(examined);
	}
	json_decref(subjects);
	json_decref(from);
	return 0;
}
