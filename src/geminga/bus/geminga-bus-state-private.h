/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-bus-gate-private.h"
#include "geminga-bus-private.h"
#include "geminga-bus-tree-private.h"

G_BEGIN_DECLS

/* What the files of the bus share; nobody else includes this. All of it belongs to one thread. */

#define GEMINGA_BUS_DAEMON      "org.freedesktop.DBus"
#define GEMINGA_BUS_DAEMON_PATH "/org/freedesktop/DBus"

#define GEMINGA_BUS_PROPERTIES    "org.freedesktop.DBus.Properties"
#define GEMINGA_BUS_INTROSPECTION "org.freedesktop.DBus.Introspectable"
#define GEMINGA_BUS_MANAGER       "org.freedesktop.DBus.ObjectManager"
#define GEMINGA_BUS_LOG_CONTROL   "org.freedesktop.LogControl1"

/* Callers on D-Bus have deadlines of their own; this one only ends what was forgotten. */
#define GEMINGA_BUS_CALL_TIMEOUT (10 * 60 * 1000)

/* Milliseconds an actor has to tell its properties when many are asked. */
#define GEMINGA_BUS_GATHER_TIMEOUT 1000

/* Actors that are asked at the same time when many are. */
#define GEMINGA_BUS_GATHER_WINDOW 256

typedef enum
{
  GEMINGA_BUS_STOPPED,
  GEMINGA_BUS_STARTED,
  GEMINGA_BUS_STOPPING,
} GemingaBusState;

typedef enum
{
  GEMINGA_BUS_NAME_NOT_OURS,
  GEMINGA_BUS_NAME_REQUESTED,
  GEMINGA_BUS_NAME_OURS,
} GemingaBusNameState;

typedef struct
{
  char *name; /* (owned) */
  GemingaBusNameState state;
  gboolean is_changed; /* its owner changed while we asked for it */
  guint subscription;  /* to its NameOwnerChanged */
} GemingaBusName;

#define GEMINGA_BUS_N_NAMES 2

typedef struct _GemingaBusCaller GemingaBusCaller;
typedef struct _GemingaBusNews GemingaBusNews;

struct _GemingaBus
{
  guint ref_count;
  gboolean is_freed; /* what still comes is for nobody */
  GemingaBusFuncs funcs;
  gpointer data;
  char *service_id;      /* (owned) */
  GMainContext *context; /* (owned) */

  /* geminga-bus-connection.c */
  GemingaBusState state;
  char *bus;                   /* (owned) (nullable): which one */
  GDBusConnection *connection; /* (owned) (nullable) */
  GemingaBusGate *gate;        /* (owned) (nullable), together with connection */
  GCancellable *cancellable; /* (owned) (nullable): of what belongs to this connection or attempt */
  gulong closed_handler;
  GSource *limit;        /* (owned) (nullable): on one attempt */
  GSource *retry;        /* (owned) (nullable) */
  guint delay;           /* milliseconds before the next attempt, without jitter */
  GFileMonitor *monitor; /* (owned) (nullable): on the bus's socket, while there is no connection */
  guint64 message_limit; /* a connection that has carried more is replaced */

  /* geminga-bus-names.c */
  GemingaBusName names[GEMINGA_BUS_N_NAMES];
  gboolean is_acquired;
  char *reason;        /* (owned) (nullable): why they are not ours, as it was last said */
  GSource *name_retry; /* (owned) (nullable) */

  /* geminga-bus-objects.c */
  GemingaBusNode *tree; /* (owned) */
  GHashTable *classes;  /* (owned) (element-type GType GemingaBusClass) */
  guint64 n_dropped;    /* events, since the bus does not read */

  /* geminga-bus-manager.c */
  GHashTable *news;    /* (owned) (element-type utf8 GemingaBusNews): added and not announced yet */
  GQueue news_waiting; /* (element-type GemingaBusNews): not asked yet */
  guint n_news_asked;

  /* geminga-bus-callers.c */
  GHashTable *callers; /* (owned) (element-type utf8 GemingaBusCaller) */
  GSource *look_out;   /* (owned) (nullable): for callers whose calls take long */
  guint n_calls;       /* that are not answered yet */
};

GemingaBus *geminga_bus_ref (GemingaBus *self);
void geminga_bus_unref (GemingaBus *self);

/* geminga-bus-address.c */
/* What to connect to, or an error that says what is missing. */
char *geminga_bus_resolve_address (const char *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The file of the first socket in @address that has one. */
char *geminga_bus_get_socket_path (const char *address) G_GNUC_WARN_UNUSED_RESULT;

/* geminga-bus-connection.c */
/* Calls what the bus itself offers; @callback gets the connection as source. */
void geminga_bus_call_daemon (GemingaBus *self,
                              const char *method,
                              GVariant *arguments,
                              const char *reply_type,
                              GAsyncReadyCallback callback);
void geminga_bus_connection_open (GemingaBus *self);
/* Ends what there is of a connection, and of attempts to get one. Gives the connection. */
GDBusConnection *geminga_bus_connection_drop (GemingaBus *self);
/* Replaces a connection that has carried so many messages that it would soon break. */
void geminga_bus_connection_check_age (GemingaBus *self);

/* geminga-bus-names.c */
void geminga_bus_names_init (GemingaBus *self);
void geminga_bus_names_clear (GemingaBus *self);
/* There is a new connection. */
void geminga_bus_names_request (GemingaBus *self);
/* The connection is gone, or is about to. */
void geminga_bus_names_forget (GemingaBus *self);
void geminga_bus_say_lost (GemingaBus *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* geminga-bus-objects.c */
/* Borrowed; NULL if no actor is there. */
GemingaBusNode *geminga_bus_lookup_actor (GemingaBus *self, const char *path);
void geminga_bus_send_signal (GemingaBus *self,
                              const char *path,
                              const char *interface,
                              const char *member,
                              GVariant *arguments);

/*
 * GemingaBusCall: one method call from the bus, until it is answered. It keeps what it needs, so that
 * objects and connections may go meanwhile.
 */
typedef struct
{
  guint ref_count;
  gboolean is_answered;
  GemingaBus *bus;           /* (owned) */
  GemingaBusGate *gate;      /* (owned): of the connection it came from */
  GDBusMessage *message;     /* (owned) */
  GVariant *arguments;       /* (owned): a tuple */
  GemingaBusCaller *caller;  /* (nullable): while it is pending */
  GCancellable *cancellable; /* (owned): of what is asked for it */

  GemingaBusClass *klass; /* (owned) (nullable): of the actor the object is */
  GemingaActorRef *ref;   /* (owned) (nullable), together with klass */

  /* What the handler remembers. */
  GemingaBusInterface *interface; /* (nullable): of klass */
  GemingaCommand *command;        /* (nullable): of interface */
  int property;                   /* index in interface */
} GemingaBusCall;

/* geminga-bus-calls.c */
void geminga_bus_handle_message (GDBusMessage *message, gpointer bus);
GemingaBusCall *geminga_bus_call_ref (GemingaBusCall *self);
void geminga_bus_call_unref (GemingaBusCall *self);
/* Each answers; what comes later is ignored. A floating reference to @body, a tuple or NULL, is taken. */
void geminga_bus_call_return (GemingaBusCall *self, GVariant *body);
void geminga_bus_call_return_with_fds (GemingaBusCall *self, GVariant *body, GUnixFDList *fds);
void geminga_bus_call_fail (GemingaBusCall *self, const char *name, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void geminga_bus_call_fail_error (GemingaBusCall *self, const GError *error);
/* Tells whether the arguments are of that type; if not, it answers what is expected. */
gboolean geminga_bus_call_check_arguments (GemingaBusCall *self, const GVariantType *type);
/* Asks the actor that the object is; @callback gets a reference to the call. */
void geminga_bus_call_ask (GemingaBusCall *self,
                           const char *command,
                           GVariant *arguments,
                           GUnixFDList *fds,
                           GAsyncReadyCallback callback);

#define GEMINGA_BUS_ERROR_(name) "org.freedesktop.DBus.Error." name

/* geminga-bus-properties.c */
void geminga_bus_properties_handle (GemingaBusCall *self, const char *member);

/* geminga-bus-manager.c */
void geminga_bus_manager_handle (GemingaBusCall *self);
void geminga_bus_manager_added (GemingaBus *self, const char *path);
void geminga_bus_manager_removed (GemingaBus *self, const char *path, GemingaBusClass *klass);
void geminga_bus_manager_init (GemingaBus *self);
/* Nobody listens any more. */
void geminga_bus_manager_forget (GemingaBus *self);

/* geminga-bus-xml.c */
char *geminga_bus_introspect (GemingaBusNode *node, gboolean is_root) G_GNUC_WARN_UNUSED_RESULT;
/* Of an actor of that class, or of a path where there is none (NULL), with these names below. */
char *geminga_bus_write_xml (GemingaBusClass *klass,
                             gboolean is_root,
                             GPtrArray *below) G_GNUC_WARN_UNUSED_RESULT;

/* geminga-bus-log-control.c */
/* Floating; NULL: there is no such property. */
GVariant *geminga_bus_log_control_get (GemingaBus *self, const char *property);
GVariant *geminga_bus_log_control_get_all (GemingaBus *self);
/* Fails with a D-Bus error. */
gboolean geminga_bus_log_control_set (GemingaBus *self,
                                      const char *property,
                                      GVariant *value,
                                      GError **error);

/* geminga-bus-callers.c */
void geminga_bus_callers_add (GemingaBus *self, GemingaBusCall *call);
void geminga_bus_callers_remove (GemingaBus *self, GemingaBusCall *call);
void geminga_bus_callers_init (GemingaBus *self);
/* Cancels everything that is asked for anybody. */
void geminga_bus_callers_forget (GemingaBus *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaBusCall, geminga_bus_call_unref)

G_END_DECLS
