/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "geminga-actor-ref.h"

G_BEGIN_DECLS

/*
 * GemingaBus: the service on D-Bus. It connects to a message bus and stays connected, owns the names of
 * the service, and shows actors as objects whose interfaces are those of their classes.
 *
 * Bound to the thread-default main context it was made in; nothing of it blocks. Actors may be added
 * and removed at any time, also without a bus; one costs a node in a tree until somebody asks for it.
 */
typedef struct _GemingaBus GemingaBus;

/* Called in the main context of the bus, never after geminga_bus_free (). */
typedef struct
{
  /* Both names are ours (again). */
  void (*acquired) (gpointer data);
  /*
   * There is no bus, it is gone, or a name belongs to somebody else: one sentence for people. Said once
   * each time the reason changes; what can be tried again is tried again.
   */
  void (*lost) (gpointer data, const char *why);
  /* error, warning, message, info or debug. */
  const char *(*get_log_level) (gpointer data);
  gboolean (*set_log_level) (gpointer data, const char *level, GError **error);
  /* (nullable): where the log goes, for people; "console" without it. */
  const char *(*get_log_target) (gpointer data);
} GemingaBusFuncs;

/* @service_id is a well-known bus name such as "org.example.Hello". @funcs is copied. */
GemingaBus *geminga_bus_new (const char *service_id,
                             const GemingaBusFuncs *funcs,
                             gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/* @bus: "session", "system" or a D-Bus address. Keeps trying until it is stopped. */
void geminga_bus_start (GemingaBus *self, const char *bus);

/* Gives the names back, sends what is still to be sent, and closes; at most two seconds. */
void geminga_bus_stop_async (GemingaBus *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean geminga_bus_stop_finish (GemingaBus *self, GAsyncResult *result, GError **error);

/* The object at @path is that actor of class @type; another one that was there is replaced. */
void geminga_bus_add_actor (GemingaBus *self, const char *path, GType type, GemingaActorRef *ref);
void geminga_bus_remove_actor (GemingaBus *self, const char *path);

/*
 * The actor at @path says something: a D-Bus signal, also org.freedesktop.DBus.Properties
 * PropertiesChanged. A floating reference to @arguments is taken. Without a bus, or when the bus does
 * not read what it is sent, nothing is kept.
 */
void geminga_bus_emit_event (GemingaBus *self,
                             const char *path,
                             const char *interface,
                             const char *member,
                             GVariant *arguments);

void geminga_bus_free (GemingaBus *self);

/* "org.example.Hello" -> "org.geminga1.Service.org_2eexample_2eHello". */
char *geminga_bus_dup_service_name (const char *service_id) G_GNUC_WARN_UNUSED_RESULT;

/* Letters and digits stay, any other byte becomes _XX; an empty id becomes "_". And back; NULL if it cannot be. */
char *geminga_bus_escape (const char *id) G_GNUC_WARN_UNUSED_RESULT;
char *geminga_bus_unescape (const char *escaped) G_GNUC_WARN_UNUSED_RESULT;

/* PARENT/ESCAPED. */
char *geminga_bus_build_path (const char *parent, const char *id) G_GNUC_WARN_UNUSED_RESULT;

#define GEMINGA_BUS_ROOT_PATH "/org/geminga1"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaBus, geminga_bus_free)

G_END_DECLS
