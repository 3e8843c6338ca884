/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GEMINGA_WIRE_MAX_SIGNATURE 255
#define GEMINGA_WIRE_MAX_NESTING   32

/*
 * One type of a signature, followed by the types it contains: a struct and a dictionary entry by
 * their members, an array by its element. The next type of the same container is @span further on.
 */
typedef struct
{
  guint16 span;
  guint16 size;      /* bytes as a GVariant, 0 if that depends on the value */
  char code;         /* '(' struct, '{' dictionary entry, 'a', or a type without members */
  guint8 wire_align; /* on the wire */
  guint8 align;      /* as a GVariant */
  guint8 is_flat;    /* an array of it has the same bytes on the wire and as a GVariant */
} GemingaWireType;

/* A signature, read and found valid. The first type is a struct of all the complete types in it. */
typedef struct
{
  GemingaWireType *types; /* (owned) unless it is @few_types */
  guint n_types;
  GemingaWireType few_types[24];
} GemingaWireSignature;

#define GEMINGA_WIRE_SIGNATURE_INIT \
  {                                 \
    0                               \
  }

gboolean geminga_wire_signature_init (GemingaWireSignature *self,
                                      const char *text,
                                      gsize length,
                                      GError **error);
void geminga_wire_signature_clear (GemingaWireSignature *self);
gboolean geminga_wire_signature_is_single (const GemingaWireSignature *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GemingaWireSignature, geminga_wire_signature_clear)

G_END_DECLS
