/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-link-headers-private.h"

#include <string.h>

/* Helpers */

static const char *
get_body_type (const GemingaWireMessage *message)
{
  return message->body != NULL ? g_variant_get_type_string (message->body) : "()";
}

static gboolean
is_equal (const char *one, const char *other)
{
  return one == other || (one != NULL && other != NULL && strcmp (one, other) == 0);
}

static gboolean
matches (const GemingaLinkHeader *self, const GemingaWireMessage *message, const char *type)
{
  return self->template != NULL && is_equal (self->member, message->member) &&
         is_equal (self->path, message->path) && is_equal (self->type, type) &&
         is_equal (self->sender, message->sender) && is_equal (self->interface, message->interface);
}

static void
header_clear (GemingaLinkHeader *self)
{
  g_clear_pointer (&self->template, geminga_wire_template_free);
  g_free (self->path);
  g_free (self->interface);
  g_free (self->member);
  g_free (self->sender);
  g_free (self->type);
  *self = (GemingaLinkHeader){ NULL };
}

/* A template costs more than a message: it is made for what comes again. */
static gboolean
comes_again (GemingaLinkHeader *self, const GemingaWireMessage *message, const char *type)
{
  if (self->other_path == message->path && self->other_member == message->member &&
      self->other_type == type)
    return TRUE;

  self->other_path = message->path;
  self->other_member = message->member;
  self->other_type = type;

  return FALSE;
}

/* Not for what has no template: a body that D-Bus has no type for. */
static void
learn (GemingaLinkHeader *self, const GemingaWireMessage *message, const char *type)
{
  g_autofree char *signature = g_strndup (type + 1, strlen (type) - 2);
  GemingaWireTemplate *template = geminga_wire_template_new (message, signature, NULL);

  if (template == NULL)
    return;

  header_clear (self);
  self->template = template;
  self->path = g_strdup (message->path);
  self->interface = g_strdup (message->interface);
  self->member = g_strdup (message->member);
  self->sender = g_strdup (message->sender);
  self->type = g_strdup (type);
}

static gboolean
is_for_templates (const GemingaWireMessage *message, const char *type)
{
  return message->type >= GEMINGA_WIRE_MESSAGE_CALL &&
         message->type <= GEMINGA_WIRE_MESSAGE_SIGNAL && message->error_name == NULL &&
         message->destination == NULL && *type == '(';
}

/* Private API */

void
geminga_link_headers_clear (GemingaLinkHeaders *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->header); i++)
    header_clear (&self->header[i]);
}

gboolean
geminga_link_headers_write (GemingaLinkHeaders *self,
                            GByteArray *out,
                            const GemingaWireMessage *message,
                            GError **error)
{
  const char *type = get_body_type (message);
  GemingaLinkHeader *header;

  if (!is_for_templates (message, type))
    return geminga_wire_write (out, message, error);

  header = &self->header[message->type - 1];
  if (matches (header, message, type))
    return geminga_wire_template_write (header->template, out, message, error);
  if (!geminga_wire_write (out, message, error))
    return FALSE;

  if (comes_again (header, message, type))
    learn (header, message, type);

  return TRUE;
}
