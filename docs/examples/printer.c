/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A printer that is slower than those who print. Its mailbox is small: who prints more than fits waits.
 * Pages that come while there is no paper are put aside; the display shows the newest state only.
 *
 *     busctl --user call org.example.Printing /org/geminga1/Printing/printer \
 *       org.example.Printer1 Print s "Hello"
 */
#include <geminga.h>

/* The display */

#define DISPLAY_TYPE (display_get_type ())
G_DECLARE_FINAL_TYPE (Display, display, EXAMPLE, DISPLAY, GemingaActor)

struct _Display
{
  GemingaActor parent_instance;

  GHashTable *lines; /* (owned) (element-type utf8 utf8) */
};

G_DEFINE_FINAL_TYPE (Display, display, GEMINGA_TYPE_ACTOR)

static void
show (GemingaActor *actor, GemingaCall *call)
{
  const char *device;
  const char *state;

  g_variant_get (geminga_call_get_arguments (call), "(&s&s)", &device, &state);
  g_hash_table_replace (EXAMPLE_DISPLAY (actor)->lines, g_strdup (device), g_strdup (state));
  geminga_call_return_value (call, NULL);
}

static void
read_line (GemingaActor *actor, GemingaCall *call)
{
  const char *device;
  const char *state;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &device);
  state = g_hash_table_lookup (EXAMPLE_DISPLAY (actor)->lines, device);
  geminga_call_return_value (call, g_variant_new_string (state != NULL ? state : ""));
}

static const GemingaCommandEntry display_commands[] = {
  { "Show", "(ss)", NULL, "device state", "Shows the state of a device", 0, show, "device" },
  { "Read", "s", "s", "device", "Tells what it shows", 0, read_line },
};

static void
display_finalize (GObject *object)
{
  g_hash_table_unref (EXAMPLE_DISPLAY (object)->lines);

  G_OBJECT_CLASS (display_parent_class)->finalize (object);
}

static void
display_class_init (DisplayClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = display_finalize;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Display1");
  geminga_actor_class_add_commands (actor_class, display_commands, G_N_ELEMENTS (display_commands));
  geminga_actor_class_set_mailbox_policy (actor_class, GEMINGA_MAILBOX_POLICY_COALESCE);
}

static void
display_init (Display *self)
{
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* The printer */

#define PRINTER_TYPE (printer_get_type ())
G_DECLARE_FINAL_TYPE (Printer, printer, EXAMPLE, PRINTER, GemingaActor)

struct _Printer
{
  GemingaActor parent_instance;

  GemingaActorRef *display; /* (owned) (nullable) */
  guint32 n_sheets;         /* in the tray */
  guint32 n_printed;
};

G_DEFINE_FINAL_TYPE (Printer, printer, GEMINGA_TYPE_ACTOR)

static void
tell_state (Printer *self)
{
  g_autofree char *state = g_strdup_printf ("%u printed", self->n_printed);

  geminga_actor_ref_tell (self->display, "Show", g_variant_new ("(ss)", "printer", state), NULL);
}

static void
print (GemingaActor *actor, GemingaCall *call)
{
  Printer *self = EXAMPLE_PRINTER (actor);
  g_autoptr (GError) error = NULL;

  if (self->n_sheets == 0)
    {
      if (!geminga_call_stash (call, &error))
        geminga_call_return_error (call, error);
      return;
    }

  self->n_sheets--;
  self->n_printed++;
  tell_state (self);
  geminga_call_return_value (call, g_variant_new_uint32 (self->n_printed));
}

static void
refill (GemingaActor *actor, GemingaCall *call)
{
  g_variant_get (geminga_call_get_arguments (call), "(u)", &EXAMPLE_PRINTER (actor)->n_sheets);
  geminga_actor_unstash_all (actor);
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry printer_commands[] = {
  { "Print", "s", "u", "text", "Prints a page", 0, print },
  { "Refill", "u", NULL, "sheets", "Puts paper in", GEMINGA_COMMAND_FLAGS_URGENT, refill },
};

static void
printer_started (GemingaActor *actor)
{
  Printer *self = EXAMPLE_PRINTER (actor);
  g_autoptr (GError) error = NULL;

  self->display =
      geminga_actor_spawn (actor, DISPLAY_TYPE, "display", GEMINGA_PLACEMENT_SHARED, NULL, &error);
  if (self->display == NULL)
    geminga_actor_fail (actor, error);
}

static void
printer_dispose (GObject *object)
{
  g_clear_object (&EXAMPLE_PRINTER (object)->display);

  G_OBJECT_CLASS (printer_parent_class)->dispose (object);
}

static void
printer_class_init (PrinterClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = printer_dispose;
  actor_class->started = printer_started;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Printer1");
  geminga_actor_class_add_commands (actor_class, printer_commands, G_N_ELEMENTS (printer_commands));
  geminga_actor_class_set_mailbox_limit (actor_class, 10);
  geminga_actor_class_set_mailbox_policy (actor_class, GEMINGA_MAILBOX_POLICY_CREDIT);
}

static void
printer_init (Printer *self)
{
  self->n_sheets = 2;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Printing");
  g_autoptr (GError) error = NULL;

  g_type_ensure (DISPLAY_TYPE);
  if (!geminga_service_add_actor (service, PRINTER_TYPE, "printer", GEMINGA_PLACEMENT_SHARED, NULL,
                                  &error))
    g_error ("%s", error->message);

  return geminga_service_run (service, argc, argv);
}
