/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A service whose actors try what their sandboxes do not allow. SEALED_FOLDER is where they may read. */

#include <errno.h>
#include <fcntl.h>
#include <geminga.h>
#include <sys/mount.h>
#include <unistd.h>

/* A thread that is older than the service, in each of its processes. */

typedef struct
{
  GAsyncQueue *paths;   /* (element-type filename) */
  GAsyncQueue *answers; /* error numbers and one */
} Elder;

static int
try_open (const char *path, int flags)
{
  int fd = open (path, flags | O_CLOEXEC, 0600);

  if (fd < 0)
    return errno;

  close (fd);

  return 0;
}

static gpointer
run_elder (gpointer data)
{
  Elder *elder = data;

  for (;;)
    {
      g_autofree char *path = g_async_queue_pop (elder->paths);

      g_async_queue_push (elder->answers, GINT_TO_POINTER (try_open (path, O_RDONLY) + 1));
    }

  return NULL;
}

static Elder *
get_elder (void)
{
  static Elder elder;

  if (g_once_init_enter (&elder.paths))
    {
      elder.answers = g_async_queue_new ();
      g_thread_unref (g_thread_new ("elder", run_elder, &elder));
      g_once_init_leave (&elder.paths, g_async_queue_new ());
    }

  return &elder;
}

/* What they all can. */

#define PROBE_TYPE (probe_get_type ())
G_DECLARE_DERIVABLE_TYPE (Probe, probe, SEALED, PROBE, GemingaActor)

struct _ProbeClass
{
  GemingaActorClass parent_class;
};

G_DEFINE_TYPE (Probe, probe, GEMINGA_TYPE_ACTOR)

static void
probe_open (GemingaActor *actor, GemingaCall *call)
{
  const char *path;
  gboolean is_to_write;

  g_variant_get (geminga_call_get_arguments (call), "(&sb)", &path, &is_to_write);
  geminga_call_return_value (
      call, g_variant_new_int32 (try_open (path, is_to_write ? O_WRONLY | O_CREAT : O_RDONLY)));
}

static void
probe_open_in_thread (GemingaActor *actor, GemingaCall *call)
{
  char *path;
  int answer;

  g_variant_get (geminga_call_get_arguments (call), "(s)", &path);
  g_async_queue_push (get_elder ()->paths, path);
  answer = GPOINTER_TO_INT (g_async_queue_pop (get_elder ()->answers)) - 1;
  geminga_call_return_value (call, g_variant_new_int32 (answer));
}

static void
probe_unmount (GemingaActor *actor, GemingaCall *call)
{
  int code = umount ("/nonexistent") == 0 ? 0 : errno;

  geminga_call_return_value (call, g_variant_new_int32 (code));
}

static void
probe_identify (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new ("(uu)", getuid (), (guint32) getpid ()));
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;

  if (geminga_actor_ref_wait_ready_finish (GEMINGA_ACTOR_REF (source), result, &error))
    geminga_call_return_value (call, NULL);
  else
    geminga_call_return_error (call, error);
}

static void
probe_spawn (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;
  const char *type;
  guint placement;

  g_variant_get (geminga_call_get_arguments (call), "(&su)", &type, &placement);
  ref = geminga_actor_spawn (actor, g_type_from_name (type), type, placement, NULL, &error);
  if (ref == NULL)
    geminga_call_return_error (call, error);
  else
    geminga_actor_ref_wait_ready_async (ref, NULL, on_ready, g_object_ref (call));
}

static void
probe_mirror (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, geminga_call_get_arguments (call));
}

static void
on_mirrored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer != NULL)
    geminga_call_return_value (call, g_variant_new_uint64 (g_variant_get_size (answer)));
  else
    geminga_call_return_error (call, error);
}

/* Has a new actor of that class send back an array of so many bytes. */
static void
probe_exchange (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = NULL;
  const char *type;
  guint size;

  g_variant_get (geminga_call_get_arguments (call), "(&su)", &type, &size);
  bytes = g_malloc0 (size);
  ref = geminga_actor_spawn (actor, g_type_from_name (type), type, GEMINGA_PLACEMENT_PROCESS, NULL,
                             &error);
  if (ref == NULL)
    geminga_call_return_error (call, error);
  else
    geminga_actor_ref_ask_async (
        ref, "Mirror",
        g_variant_new ("(@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, size, 1)),
        GEMINGA_DEFAULT_TIMEOUT, NULL, on_mirrored, g_object_ref (call));
}

static const GemingaCommandEntry probe_commands[] = {
  { "Open", "(sb)", "i", "path to-write", NULL, 0, probe_open },
  { "OpenInThread", "s", "i", "path", NULL, 0, probe_open_in_thread },
  { "Unmount", NULL, "i", NULL, NULL, 0, probe_unmount },
  { "Identify", NULL, "(uu)", NULL, NULL, 0, probe_identify },
  { "Spawn", "(su)", NULL, "type placement", NULL, 0, probe_spawn },
  { "Mirror", "(ay)", "(ay)", "bytes", NULL, 0, probe_mirror },
  { "Exchange", "(su)", "t", "type size", NULL, 0, probe_exchange },
};

static void
probe_class_init (ProbeClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  geminga_actor_class_set_interface_name (actor_class, "org.example.Probe1");
  geminga_actor_class_add_commands (actor_class, probe_commands, G_N_ELEMENTS (probe_commands));
}

static void
probe_init (Probe *self)
{
}

/* Classes that differ in their sandboxes. */

#define DEFINE(Name, name, build)                                           \
  typedef Probe Name;                                                       \
  typedef ProbeClass Name##Class;                                           \
  GType name##_get_type (void);                                             \
  G_DEFINE_TYPE (Name, name, PROBE_TYPE)                                    \
  static void name##_init (Name *self) {}                                   \
  static void name##_class_init (Name##Class *klass)                        \
  {                                                                         \
    g_autoptr (GemingaSandbox) sandbox = geminga_sandbox_new ();            \
    build (sandbox);                                                        \
    geminga_actor_class_set_sandbox (GEMINGA_ACTOR_CLASS (klass), sandbox); \
  }

static void
build_reader (GemingaSandbox *sandbox)
{
  g_autofree char *outbox = g_build_filename (g_getenv ("SEALED_FOLDER"), "outbox", NULL);

  geminga_sandbox_set_required (sandbox, TRUE);
  geminga_sandbox_add_read_path (sandbox, g_getenv ("SEALED_FOLDER"));
  geminga_sandbox_add_write_path (sandbox, outbox);
}

static void
build_guarded (GemingaSandbox *sandbox)
{
  geminga_sandbox_set_required (sandbox, TRUE);
  geminga_sandbox_allow_system_calls (sandbox, (const char *const[]){ "@io", "getpid", NULL });
}

static void
build_bare (GemingaSandbox *sandbox)
{
  geminga_sandbox_set_required (sandbox, TRUE);
  geminga_sandbox_allow_system_calls (sandbox, (const char *const[]){ "@basic", NULL });
}

static void
build_mild (GemingaSandbox *sandbox)
{
  build_guarded (sandbox);
  geminga_sandbox_set_system_call_action (sandbox, GEMINGA_SYSTEM_CALL_ACTION_FAIL);
}

static void
build_strange (GemingaSandbox *sandbox)
{
  geminga_sandbox_allow_system_calls (sandbox, (const char *const[]){ "make_coffee", NULL });
}

static void
build_servant (GemingaSandbox *sandbox)
{
  geminga_sandbox_set_required (sandbox, TRUE);
  geminga_sandbox_set_user (sandbox, "nobody");
  geminga_sandbox_set_no_new_privs (sandbox, TRUE);
}

static void
build_lost (GemingaSandbox *sandbox)
{
  geminga_sandbox_add_read_path (sandbox, "/nonexistent/folder");
}

static void
build_limited (GemingaSandbox *sandbox)
{
  geminga_sandbox_set_memory_max (sandbox, 512 * 1024 * 1024);
  geminga_sandbox_set_cpu_quota (sandbox, 50);
  geminga_sandbox_set_tasks_max (sandbox, 100);
}

static void
build_confined (GemingaSandbox *sandbox)
{
  build_limited (sandbox);
  geminga_sandbox_set_required (sandbox, TRUE);
}

DEFINE (Reader, reader, build_reader)
DEFINE (Guarded, guarded, build_guarded)
DEFINE (Bare, bare, build_bare)
DEFINE (Mild, mild, build_mild)
DEFINE (Strange, strange, build_strange)
DEFINE (Servant, servant, build_servant)
DEFINE (Lost, lost, build_lost)
DEFINE (Limited, limited, build_limited)
DEFINE (Confined, confined, build_confined)

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Sealed");
  const GType types[] = { reader_get_type (),  guarded_get_type (),  mild_get_type (),
                          strange_get_type (), servant_get_type (),  lost_get_type (),
                          limited_get_type (), confined_get_type (), bare_get_type () };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    g_type_ensure (types[i]);
  get_elder ();
  geminga_service_add_actor (service, PROBE_TYPE, "gate", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  geminga_service_add_actor (service, guarded_get_type (), "guarded", GEMINGA_PLACEMENT_PROCESS,
                             NULL, NULL);

  return geminga_service_run (service, argc, argv);
}
