/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-form.h"

#include <string.h>

#include "geminga-form-private.h"
#include "geminga-http-error.h"
#include "geminga-http-multipart-private.h"
#include "geminga-http-query-private.h"
#include "geminga-upload-private.h"

#define PIECE (64 * 1024)

/**
 * GemingaForm:
 *
 * A form that was sent as the body of a request, from [method@Geminga.Request.get_form].
 *
 * A form is only read, from any thread.
 *
 * Since: 0.1
 */
struct _GemingaForm
{
  GObject parent_instance;

  GArray *pairs;      /* (element-type GemingaHttpPair) */
  GPtrArray *uploads; /* (element-type GemingaUpload) */
};

G_DEFINE_FINAL_TYPE (GemingaForm, geminga_form, G_TYPE_OBJECT)

/* A multipart body that is being read. */
typedef struct
{
  GemingaForm *form;
  char *name;            /* (nullable): of a part that is no file */
  GString *value;        /* (nullable) */
  GemingaUpload *upload; /* (owned) (nullable) */
} Reading;

/* Helpers */

static void
pair_clear (gpointer data)
{
  GemingaHttpPair *pair = data;

  g_free (pair->name);
  g_free (pair->value);
}

static void
reading_clear (Reading *self)
{
  g_clear_pointer (&self->name, g_free);
  if (self->value != NULL)
    g_string_free (g_steal_pointer (&self->value), TRUE);
  g_clear_object (&self->upload);
}

static gboolean
begin_cb (const GemingaHttpPart *part, gpointer user_data, GError **error)
{
  Reading *self = user_data;

  if (part->filename != NULL)
    {
      self->upload = geminga_upload_new (part->name, part->filename, part->content_type);
      return TRUE;
    }

  self->name = g_strdup (part->name);
  self->value = g_string_new (NULL);

  return TRUE;
}

static gboolean
data_cb (const char *data, gsize size, gpointer user_data, GError **error)
{
  Reading *self = user_data;

  if (self->upload != NULL)
    return geminga_upload_append (self->upload, data, size, GEMINGA_FORM_MAX_MEMORY, error);

  if (self->value->len + size > GEMINGA_FORM_MAX_FIELD)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_TOO_LARGE,
                   "The value of the form field “%s” is too long", self->name);
      return FALSE;
    }

  g_string_append_len (self->value, data, (gssize) size);

  return TRUE;
}

static gboolean
end_cb (gpointer user_data, GError **error)
{
  Reading *self = user_data;
  GemingaHttpPair pair = { 0 };

  if (self->upload != NULL)
    {
      g_ptr_array_add (self->form->uploads, g_steal_pointer (&self->upload));
      return TRUE;
    }

  if (self->value->len > 0 && !g_utf8_validate_len (self->value->str, self->value->len, NULL))
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY,
                   "The value of the form field “%s” is not UTF-8, or has a NUL", self->name);
      return FALSE;
    }

  pair.name = g_steal_pointer (&self->name);
  pair.value = g_string_free (g_steal_pointer (&self->value), FALSE);
  g_array_append_val (self->form->pairs, pair);

  return TRUE;
}

static const GemingaHttpMultipartFuncs multipart_funcs = { begin_cb, data_cb, end_cb };

/* GObject */

static void
geminga_form_finalize (GObject *object)
{
  GemingaForm *self = GEMINGA_FORM (object);

  g_clear_pointer (&self->pairs, g_array_unref);
  g_clear_pointer (&self->uploads, g_ptr_array_unref);

  G_OBJECT_CLASS (geminga_form_parent_class)->finalize (object);
}

static void
geminga_form_class_init (GemingaFormClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_form_finalize;
}

static void
geminga_form_init (GemingaForm *self)
{
  self->pairs = g_array_new (FALSE, FALSE, sizeof (GemingaHttpPair));
  g_array_set_clear_func (self->pairs, pair_clear);
  self->uploads = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Private API */

GemingaForm *
geminga_form_new_urlencoded (GBytes *body, GError **error)
{
  g_autoptr (GemingaForm) self = g_object_new (GEMINGA_TYPE_FORM, NULL);
  gsize size = 0;
  const char *data = g_bytes_get_data (body, &size);
  g_autofree char *text = g_strndup (size > 0 ? data : "", size);
  guint n_pairs = 1;

  if (strlen (text) != size)
    {
      g_set_error_literal (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY,
                           "The form has a NUL");
      return NULL;
    }

  for (const char *p = text; *p != '\0'; p++)
    n_pairs += *p == '&';
  if (n_pairs > GEMINGA_HTTP_MAX_PAIRS)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_TOO_LARGE,
                   "The form has more than %d fields", GEMINGA_HTTP_MAX_PAIRS);
      return NULL;
    }

  g_array_unref (self->pairs);
  self->pairs = geminga_http_query_parse (text);

  return g_steal_pointer (&self);
}

GemingaForm *
geminga_form_new_multipart (GBytes *body, const char *content_type, GError **error)
{
  g_autoptr (GemingaForm) self = g_object_new (GEMINGA_TYPE_FORM, NULL);
  g_autofree char *boundary = geminga_http_multipart_get_boundary (content_type);
  g_autoptr (GemingaHttpMultipart) multipart = NULL;
  Reading reading = { self };
  gsize size = 0;
  const char *data = g_bytes_get_data (body, &size);
  gboolean is_valid = TRUE;

  if (boundary == NULL)
    {
      g_set_error_literal (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY,
                           "The multipart body has no valid boundary");
      return NULL;
    }

  multipart = geminga_http_multipart_new (boundary, &multipart_funcs, &reading);
  for (gsize i = 0; is_valid && i < size; i += PIECE)
    is_valid = geminga_http_multipart_feed (multipart, data + i, MIN (PIECE, size - i), error);
  is_valid = is_valid && geminga_http_multipart_close (multipart, error);
  reading_clear (&reading);

  return is_valid ? g_steal_pointer (&self) : NULL;
}

/* Public API */

/**
 * geminga_form_get_names:
 * @self: a form
 *
 * Lists the names of all fields that are no files, each once.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, in their order
 *
 * Since: 0.1
 */
GStrv
geminga_form_get_names (GemingaForm *self)
{
  g_autoptr (GStrvBuilder) names = NULL;
  g_autoptr (GHashTable) seen = NULL;

  g_return_val_if_fail (GEMINGA_IS_FORM (self), NULL);

  names = g_strv_builder_new ();
  seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->pairs->len; i++)
    {
      const GemingaHttpPair *pair = &g_array_index (self->pairs, GemingaHttpPair, i);

      if (g_hash_table_add (seen, pair->name))
        g_strv_builder_add (names, pair->name);
    }

  return g_strv_builder_end (names);
}

/**
 * geminga_form_get_value:
 * @self: a form
 * @name: the name of a field
 *
 * Gets the first value of a field.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL when the form does not have it
 *
 * Since: 0.1
 */
const char *
geminga_form_get_value (GemingaForm *self, const char *name)
{
  g_return_val_if_fail (GEMINGA_IS_FORM (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->pairs->len; i++)
    {
      const GemingaHttpPair *pair = &g_array_index (self->pairs, GemingaHttpPair, i);

      if (strcmp (pair->name, name) == 0)
        return pair->value;
    }

  return NULL;
}

/**
 * geminga_form_get_values:
 * @self: a form
 * @name: the name of a field
 *
 * Gets all values of a field.
 *
 * Returns: (transfer full) (array zero-terminated=1): the values, in their order; empty when there is none
 *
 * Since: 0.1
 */
GStrv
geminga_form_get_values (GemingaForm *self, const char *name)
{
  g_autoptr (GStrvBuilder) values = NULL;

  g_return_val_if_fail (GEMINGA_IS_FORM (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  values = g_strv_builder_new ();
  for (guint i = 0; i < self->pairs->len; i++)
    {
      const GemingaHttpPair *pair = &g_array_index (self->pairs, GemingaHttpPair, i);

      if (strcmp (pair->name, name) == 0)
        g_strv_builder_add (values, pair->value);
    }

  return g_strv_builder_end (values);
}

/**
 * geminga_form_get_upload:
 * @self: a form
 * @name: the name of a field
 *
 * Gets the first file of a field.
 *
 * Returns: (transfer none) (nullable): the file, or %NULL when the form does not have it
 *
 * Since: 0.1
 */
GemingaUpload *
geminga_form_get_upload (GemingaForm *self, const char *name)
{
  g_return_val_if_fail (GEMINGA_IS_FORM (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->uploads->len; i++)
    {
      GemingaUpload *upload = g_ptr_array_index (self->uploads, i);

      if (strcmp (geminga_upload_get_name (upload), name) == 0)
        return upload;
    }

  return NULL;
}

/**
 * geminga_form_list_uploads:
 * @self: a form
 *
 * Lists all files.
 *
 * Returns: (transfer container) (element-type GemingaUpload): the files, in their order
 *
 * Since: 0.1
 */
GPtrArray *
geminga_form_list_uploads (GemingaForm *self)
{
  GPtrArray *list = NULL;

  g_return_val_if_fail (GEMINGA_IS_FORM (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_extend (list, self->uploads, (GCopyFunc) g_object_ref, NULL);

  return list;
}
