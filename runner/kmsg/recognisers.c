/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recogniser proper: noise out, then the first row whose form fits. The rows of a family lie in
 * a file of their own, by what they tell of: stalls, memory, faults, checkers (sanitizers,
 * lockdep), devices and file systems.
 */
#include "kmsg/recognisers.h"

#include <stddef.h>

#include "kmsg/noise.h"

const struct recogniser_family *const recogniser_families[] = {
	&recognisers_checkers, /* first: "WARNING: possible circular locking" is no plain warning */
	&recognisers_stalls,   &recognisers_memory, &recognisers_faults, &recognisers_devices, NULL,
};

bool recogniser_matches(const struct recogniser *row, const char *text, struct kmsg_fields *ret,
			unsigned int *ret_form)
{
	for (unsigned int i = 0; i < RECOGNISER_FORMS && row->forms[i]; i++) {
		*ret = (struct kmsg_fields){ .cpu = -1 };
		if (pattern_match(row->forms[i], text, ret)) {
			*ret_form = i;
			return true;
		}
	}
	return false;
}

const struct recogniser *recognise(const char *text, struct kmsg_fields *ret)
{
	unsigned int form;

	if (noise_is(text))
		return NULL;
	for (unsigned int i = 0; recogniser_families[i]; i++)
		for (unsigned int k = 0; k < recogniser_families[i]->count; k++)
			if (recogniser_matches(&recogniser_families[i]->rows[k], text, ret, &form))
				return &recogniser_families[i]->rows[k];
	return NULL;
}
