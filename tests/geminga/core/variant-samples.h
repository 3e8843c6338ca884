/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <float.h>
#include <gio/gio.h>
#include <math.h>

/* Values of every type there is, and of types made from them. Handles are 0 or 1. */

static inline void
variant_samples_add (GPtrArray *samples, GVariant *value)
{
  g_ptr_array_add (samples, g_variant_ref_sink (value));
}

static inline void
variant_samples_add_basic (GPtrArray *samples)
{
  static const char *const parsed[] = {
    "true",
    "false",
    "byte 0x00",
    "byte 0xff",
    "int16 -32768",
    "int16 32767",
    "uint16 65535",
    "-2147483648",
    "2147483647",
    "uint32 4294967295",
    "int64 9223372036854775807",
    "uint64 0",
    "uint64 18446744073709551615",
    "''",
    "'größer als 𝄞'",
    "objectpath '/'",
    "objectpath '/org/geminga1/node/1/x'",
    "signature ''",
    "signature 'a{sv}(ii)'",
    "handle 0",
    "handle 1",
    "<'v'>",
    "<<<uint64 7>>>",
  };
  static const double doubles[] = { 1.5, -0.0, 5e-324, DBL_MAX, NAN, INFINITY, -INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (parsed); i++)
    variant_samples_add (samples, g_variant_new_parsed (parsed[i]));
  variant_samples_add (samples, g_variant_new_int64 (G_MININT64));
  for (guint i = 0; i < G_N_ELEMENTS (doubles); i++)
    variant_samples_add (samples, g_variant_new_double (doubles[i]));
}

/* Containers of one value. */
static inline void
variant_samples_add_around (GPtrArray *samples, GVariant *value)
{
  const GVariantType *type = g_variant_get_type (value);
  GVariant *twice[] = { value, value };
  GVariant *entry;

  variant_samples_add (samples, g_variant_new_array (type, NULL, 0));
  variant_samples_add (samples, g_variant_new_array (type, twice, 2));
  variant_samples_add (samples, g_variant_new_tuple (twice, 1));
  variant_samples_add (samples, g_variant_new_tuple (twice, 2));
  variant_samples_add (samples, g_variant_new_variant (value));
  variant_samples_add (samples, g_variant_new_maybe (type, NULL));
  variant_samples_add (samples, g_variant_new_maybe (type, value));
  entry = g_variant_ref_sink (g_variant_new_dict_entry (g_variant_new_string ("key"), value));
  variant_samples_add (samples, entry);
  variant_samples_add (samples, g_variant_new_array (NULL, &entry, 1));
  variant_samples_add (samples, g_variant_new_array (g_variant_get_type (entry), NULL, 0));
  g_variant_unref (entry);
}

/* Dictionaries by every type that may be a key. */
static inline void
variant_samples_add_keyed (GPtrArray *samples, GVariant *key)
{
  GVariant *entry;

  if (!g_variant_type_is_basic (g_variant_get_type (key)))
    return;

  entry = g_variant_new_dict_entry (key, g_variant_new_variant (g_variant_new_boolean (TRUE)));
  variant_samples_add (samples, g_variant_new_array (NULL, &entry, 1));
}

static inline GPtrArray *
variant_samples_new (void)
{
  GPtrArray *samples = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  guint begin = 0;

  variant_samples_add_basic (samples);
  variant_samples_add (samples, g_variant_new_tuple (NULL, 0));
  for (guint depth = 0; depth < 3; depth++)
    {
      guint end = samples->len;
      /* Each further round takes some of the last one: it would be thousands. */
      guint step = depth == 0 ? 1 : depth == 1 ? 7 : 31;

      for (guint i = begin; i < end; i += step)
        {
          variant_samples_add_around (samples, g_ptr_array_index (samples, i));
          variant_samples_add_keyed (samples, g_ptr_array_index (samples, i));
        }
      begin = end;
    }

  return samples;
}
