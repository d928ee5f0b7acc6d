/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encoding happens on the machine under test while no memory may be had: everything lies in buffers
 * of the caller and on the stack. Decoding happens elsewhere, on bytes that anybody may have sent:
 * nothing is believed before it was checked.
 */
#include "heartbeat.h"

#include <errno.h>
#include <jansson.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/jline.h"
#include "base/textfile.h"
#include "event.h"

#define MAC_DIGITS ((size_t)2 * SHA256_DIGEST_SIZE)

static const char mark[] = "HANGAR-BEAT 1\n";
#define MARK_BYTES (sizeof(mark) - 1)

int heartbeat_key_load(const char *path, struct heartbeat_key *ret, struct diag *d)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	int err = textfile_load(path, sizeof(ret->bytes), &text, &size);

	if (err == -EFBIG)
		return diag_set(d, err, "%s: a key has at most %zu bytes", path,
				sizeof(ret->bytes));
	if (err < 0)
		return diag_set(d, err, "%s: %s", path, strerror(-err));
	while (size && text[size - 1] == '\n')
		size--;
	if (size < HEARTBEAT_KEY_MIN)
		return diag_set(d, -EINVAL, "%s: a key has at least %d bytes", path,
				HEARTBEAT_KEY_MIN);
	memcpy(ret->bytes, text, size);
	ret->size = size;
	return 0;
}

static void sign(const struct heartbeat_key *key, const void *data, size_t size,
		 char digits[MAC_DIGITS + 1])
{
	unsigned char mac[SHA256_DIGEST_SIZE];
	struct hmac_sha256_ctx hmac;

	hmac_sha256_set_key(&hmac, key->size, key->bytes);
	hmac_sha256_update(&hmac, size, data);
	hmac_sha256_digest(&hmac, sizeof(mac), mac);
	for (size_t i = 0; i < sizeof(mac); i++)
		snprintf(digits + 2 * i, 3, "%02x", mac[i]);
}

static size_t put_members(const struct heartbeat *h, char *buf, size_t size)
{
	struct jline l;

	jline_begin(&l, buf, size);
	jline_str(&l, "run", h->run);
	jline_uint(&l, "beat", h->beat);
	jline_uint(&l, "ticks", h->ticks);
	jline_uint(&l, "mono_us", h->mono_us);
	jline_uint(&l, "seq", h->seq);
	jline_str(&l, "release", h->release);
	jline_str(&l, "phase", h->phase);
	if (h->over) {
		jline_bool(&l, "over", true);
		jline_str(&l, "verdict", h->verdict);
	}
	return jline_end(&l);
}

size_t heartbeat_encode(const struct heartbeat *h, const struct heartbeat_key *key, char *buf)
{
	size_t len = MARK_BYTES;
	char digits[MAC_DIGITS + 1];

	memcpy(buf, mark, MARK_BYTES);
	len += put_members(h, buf + len, HEARTBEAT_BYTES_MAX - len - sizeof(digits));
	if (!key || !key->size)
		return len;
	sign(key, buf, len, digits);
	memcpy(buf + len, digits, MAC_DIGITS);
	buf[len + MAC_DIGITS] = '\n';
	return len + MAC_DIGITS + 1;
}

/* The signature line behind @size signed bytes. */
static bool is_signed(const char *data, size_t size, size_t signed_size,
		      const struct heartbeat_key *key)
{
	char digits[MAC_DIGITS + 1];

	if (size - signed_size != MAC_DIGITS + 1 || data[size - 1] != '\n')
		return false;
	sign(key, data, signed_size, digits);
	return memeql_sec(digits, data + signed_size, MAC_DIGITS);
}

static int take_members(const json_t *o, struct heartbeat *ret)
{
	*ret = (struct heartbeat){
		.over = json_is_true(json_object_get(o, "over")),
		.beat = event_number(o, "beat"),
		.ticks = event_number(o, "ticks"),
		.mono_us = event_number(o, "mono_us"),
		.seq = event_number(o, "seq"),
	};
	event_copy(o, "run", ret->run, sizeof(ret->run));
	event_copy(o, "phase", ret->phase, sizeof(ret->phase));
	event_copy(o, "release", ret->release, sizeof(ret->release));
	event_copy(o, "verdict", ret->verdict, sizeof(ret->verdict));
	return ret->run[0] && ret->beat ? 0 : -EINVAL;
}

int heartbeat_decode(const void *data, size_t size, const struct heartbeat_key *key,
		     struct heartbeat *ret)
{
	const char *text = data, *end;
	json_t *o;
	int err;

	if (size <= MARK_BYTES || size > HEARTBEAT_BYTES_MAX || memcmp(text, mark, MARK_BYTES) != 0)
		return -EINVAL;
	end = memchr(text + MARK_BYTES, '\n', size - MARK_BYTES);
	if (!end)
		return -EINVAL;
	end++;
	if (key && key->size && !is_signed(text, size, (size_t)(end - text), key))
		return -EACCES;
	o = json_loadb(text + MARK_BYTES, (size_t)(end - text) - MARK_BYTES, 0, NULL);
	err = json_is_object(o) ? take_members(o, ret) : -EINVAL;
	json_decref(o);
	return err;
}
