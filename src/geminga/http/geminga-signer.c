/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-signer.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-signer-private.h"

#define MIN_KEY     32 /* bytes */
#define DIGEST_SIZE 32

/**
 * GemingaSigner:
 *
 * Signs text that is given to clients, so that what comes back is known to be ours.
 *
 * A signature is an HMAC-SHA256 with a key that all processes of a service share. Text is signed for a
 * purpose: what was signed for one is not taken for another. It is not hidden: clients can read it.
 *
 * To change the key, make a signer with the new one and add the old one with
 * [method@Geminga.Signer.add_old_key] until nothing signed by it is in use.
 *
 * After it is set up, a signer may be used from any thread.
 *
 * Since: 0.1
 */
struct _GemingaSigner
{
  GObject parent_instance;

  GPtrArray *keys; /* (element-type GBytes): the first one signs */
};

G_DEFINE_FINAL_TYPE (GemingaSigner, geminga_signer, G_TYPE_OBJECT)

/* Helpers */

static gboolean
check_key (GBytes *key, GError **error)
{
  if (g_bytes_get_size (key) >= MIN_KEY)
    return TRUE;

  g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_PARAMETER,
               "A key for signatures has at least %d bytes: this one has %" G_GSIZE_FORMAT, MIN_KEY,
               g_bytes_get_size (key));

  return FALSE;
}

/* @payload is the text and the time, encoded. */
static char *
make_signature (GBytes *key, const char *purpose, const char *payload)
{
  gsize key_size = 0;
  const guchar *key_data = g_bytes_get_data (key, &key_size);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, key_data, key_size);
  guint8 digest[DIGEST_SIZE];
  gsize size = sizeof digest;

  g_hmac_update (hmac, (const guchar *) purpose, (gssize) strlen (purpose) + 1);
  g_hmac_update (hmac, (const guchar *) payload, (gssize) strlen (payload));
  g_hmac_get_digest (hmac, digest, &size);

  return geminga_http_base64url_encode (digest, size);
}

static char *
decode (const char *text)
{
  g_autoptr (GString) padded = g_string_new (text);
  g_autofree guchar *data = NULL;
  gsize size = 0;

  g_strdelimit (padded->str, "-", '+');
  g_strdelimit (padded->str, "_", '/');
  while (padded->len % 4 != 0)
    g_string_append_c (padded, '=');

  data = g_base64_decode (padded->str, &size);
  if (size > 0 && !g_utf8_validate_len ((const char *) data, size, NULL))
    return NULL;

  return g_strndup ((const char *) data, size);
}

static gboolean
is_signed (GemingaSigner *self, const char *purpose, const char *payload, const char *signature)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      g_autofree char *expected =
          make_signature (g_ptr_array_index (self->keys, i), purpose, payload);

      if (geminga_http_is_same_secret (expected, signature))
        return TRUE;
    }

  return FALSE;
}

/* GObject */

static void
geminga_signer_finalize (GObject *object)
{
  g_ptr_array_unref (GEMINGA_SIGNER (object)->keys);

  G_OBJECT_CLASS (geminga_signer_parent_class)->finalize (object);
}

static void
geminga_signer_class_init (GemingaSignerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_signer_finalize;
}

static void
geminga_signer_init (GemingaSigner *self)
{
  self->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

/* Private API */

char *
geminga_http_base64url_encode (gconstpointer data, gsize size)
{
  char *text = g_base64_encode (data, size);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';

  return text;
}

gboolean
geminga_http_is_same_secret (const char *a, const char *b)
{
  gsize len = strlen (a);
  gsize other_len = strlen (b);
  guint difference = other_len != len;

  /* All of it is compared, whatever is found: only the length is no secret. */
  for (gsize i = 0; i < MIN (len, other_len); i++)
    difference |= (guint) (guchar) (a[i] ^ b[i]);

  return difference == 0;
}

char *
geminga_signer_sign_at (GemingaSigner *self, const char *purpose, const char *text, gint64 time)
{
  g_autofree char *encoded = geminga_http_base64url_encode (text, strlen (text));
  g_autofree char *payload = g_strdup_printf ("%s.%" G_GINT64_MODIFIER "x", encoded, time);
  g_autofree char *signature = make_signature (g_ptr_array_index (self->keys, 0), purpose, payload);

  return g_strconcat (payload, ".", signature, NULL);
}

/* Public API */

/**
 * geminga_signer_new:
 * @key: a key of at least 32 random bytes
 * @error: return location for an error
 *
 * Creates a signer.
 *
 * It fails with %GEMINGA_HTTP_ERROR_INVALID_PARAMETER when the key is too short.
 *
 * Returns: (transfer full): the signer
 *
 * Since: 0.1
 */
GemingaSigner *
geminga_signer_new (GBytes *key, GError **error)
{
  GemingaSigner *self = NULL;

  g_return_val_if_fail (key != NULL, NULL);

  if (!check_key (key, error))
    return NULL;

  self = g_object_new (GEMINGA_TYPE_SIGNER, NULL);
  g_ptr_array_add (self->keys, g_bytes_ref (key));

  return self;
}

/**
 * geminga_signer_add_old_key:
 * @self: a signer
 * @key: a key
 * @error: return location for an error
 *
 * Has signatures by another key taken, too.
 *
 * It fails with %GEMINGA_HTTP_ERROR_INVALID_PARAMETER when the key is too short.
 *
 * Returns: %TRUE if it was added
 *
 * Since: 0.1
 */
gboolean
geminga_signer_add_old_key (GemingaSigner *self, GBytes *key, GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_SIGNER (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  if (!check_key (key, error))
    return FALSE;

  g_ptr_array_add (self->keys, g_bytes_ref (key));

  return TRUE;
}

/**
 * geminga_signer_sign:
 * @self: a signer
 * @purpose: what it is for, as "session"
 * @text: a text
 *
 * Signs a text.
 *
 * Returns: (transfer full): the text, the time and the signature, of letters, digits, `-`, `_` and `.`
 *
 * Since: 0.1
 */
char *
geminga_signer_sign (GemingaSigner *self, const char *purpose, const char *text)
{
  g_return_val_if_fail (GEMINGA_IS_SIGNER (self), NULL);
  g_return_val_if_fail (purpose != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  return geminga_signer_sign_at (self, purpose, text, g_get_real_time () / G_USEC_PER_SEC);
}

/**
 * geminga_signer_unsign:
 * @self: a signer
 * @purpose: what it is for
 * @signed_text: what [method@Geminga.Signer.sign] gave
 * @max_age: how many seconds ago it may have been signed; 0: any
 *
 * Reads a text that was signed.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL when it was not signed by one of the keys for that
 *   purpose, or too long ago
 *
 * Since: 0.1
 */
char *
geminga_signer_unsign (GemingaSigner *self,
                       const char *purpose,
                       const char *signed_text,
                       guint max_age)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *payload = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  guint64 time;

  g_return_val_if_fail (GEMINGA_IS_SIGNER (self), NULL);
  g_return_val_if_fail (purpose != NULL, NULL);
  g_return_val_if_fail (signed_text != NULL, NULL);

  parts = g_strsplit (signed_text, ".", 4);
  if (g_strv_length (parts) != 3)
    return NULL;

  payload = g_strconcat (parts[0], ".", parts[1], NULL);
  if (!is_signed (self, purpose, payload, parts[2]) ||
      !g_ascii_string_to_unsigned (parts[1], 16, 0, G_MAXINT64, &time, NULL))
    return NULL;
  if (max_age > 0 && now - (gint64) time > (gint64) max_age)
    return NULL;

  return decode (parts[0]);
}
