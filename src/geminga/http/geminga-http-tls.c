/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-tls-private.h"

#include <glib/gi18n-lib.h>

#include "geminga-error.h"

/* Helpers */

static GTlsCertificate *
read_files (const char *certificate_path, const char *key_path, GError **error)
{
  GTlsCertificate *certificate =
      g_str_equal (certificate_path, key_path)
          ? g_tls_certificate_new_from_file (certificate_path, error)
          : g_tls_certificate_new_from_files (certificate_path, key_path, error);

  if (certificate == NULL)
    g_prefix_error (error, _ ("Cannot use the TLS certificate %s: "), certificate_path);

  return certificate;
}

static gboolean
has_key (GTlsCertificate *certificate)
{
  g_autofree char *key = NULL;

  g_object_get (certificate, "private-key-pem", &key, NULL);

  return key != NULL;
}

/* Private API */

GTlsCertificate *
geminga_http_tls_load (const char *certificate_path, const char *key_path, GError **error)
{
  const char *key = key_path != NULL && *key_path != '\0' ? key_path : certificate_path;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) why = NULL;

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
                           _ ("There is no TLS here: install the package glib-networking"));
      return NULL;
    }

  certificate = read_files (certificate_path, key, error);
  if (certificate == NULL)
    return NULL;
  if (!has_key (certificate))
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                   _ ("There is no private key with the TLS certificate %s: name one with tls-key"),
                   certificate_path);
      return NULL;
    }
  if (!geminga_http_tls_try (certificate, &why))
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                   _ ("The TLS certificate %s and the key %s do not belong together: %s"),
                   certificate_path, key, why->message);
      return NULL;
    }

  return g_steal_pointer (&certificate);
}
