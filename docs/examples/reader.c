/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An actor that reads what strangers send, in a sandbox. See docs/sandboxing.md. */

#include <geminga.h>

#define READER_TYPE (reader_get_type ())
G_DECLARE_FINAL_TYPE (Reader, reader, EXAMPLE, READER, GemingaActor)

struct _Reader
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Reader, reader, GEMINGA_TYPE_ACTOR)

static void
reader_count (GemingaActor *actor, GemingaCall *call)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  const char *path;
  gsize length;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &path);
  if (g_file_get_contents (path, &text, &length, &error))
    geminga_call_return_value (call, g_variant_new_uint64 (length));
  else
    geminga_call_return_error (call, error);
}

static const GemingaCommandEntry reader_commands[] = {
  { "Count", "s", "t", "path", "Counts the bytes of a file", 0, reader_count },
};

static void
reader_class_init (ReaderClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);
  static const char *const calls[] = { "@io", NULL };
  g_autoptr (GemingaSandbox) sandbox = geminga_sandbox_new ();

  geminga_sandbox_add_read_path (sandbox, "/usr/share");
  geminga_sandbox_allow_system_calls (sandbox, calls);
  geminga_actor_class_set_sandbox (actor_class, sandbox);

  geminga_actor_class_set_interface_name (actor_class, "org.example.Reader1");
  geminga_actor_class_add_commands (actor_class, reader_commands, G_N_ELEMENTS (reader_commands));
}

static void
reader_init (Reader *self)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Reader");

  geminga_service_add_actor (service, READER_TYPE, "reader", GEMINGA_PLACEMENT_PROCESS, NULL, NULL);

  return geminga_service_run (service, argc, argv);
}
