/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

#define ERROR_(name) "org.freedesktop.DBus.Error." name

static void
test_answer (Fixture *self, gconstpointer data)
{
  assert_answers (self, CALC_PATH, CALC, "Add", g_variant_new ("(dd)", 1.5, 2.0), "(3.5,)");
  assert_answers (self, CALC_PATH, CALC, "Divide", g_variant_new ("(ii)", 7, 2), "(3, 1)");
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  assert_answers (self, CALC_PATH, ACTOR, "Echo", g_variant_new ("(v)", g_variant_new_uint32 (5)),
                  "(<uint32 5>,)");
}

static const struct
{
  const char *path;
  const char *interface;
  const char *method;
  const char *arguments;
  const char *error;
  const char *text;
} failures[] = {
  { ROOT "/Hello/none", CALC, "Add", "()", ERROR_ ("UnknownObject"), ROOT "/Hello/none" },
  { ROOT, ACTOR, "Ping", "()", ERROR_ ("UnknownInterface"), ACTOR },
  { "/", ACTOR, "Ping", "()", ERROR_ ("UnknownInterface"), ACTOR },
  { CALC_PATH, "org.example.None", "Add", "()", ERROR_ ("UnknownInterface"), "org.example.None" },
  { CALC_PATH, CALC, "None", "()", ERROR_ ("UnknownMethod"), "no method “None”" },
  { CALC_PATH, CALC, "Secret", "()", ERROR_ ("UnknownMethod"), "no method “Secret”" },
  { CALC_PATH, ACTOR, "GetProperties", "()", ERROR_ ("UnknownMethod"), "GetProperties" },
  { CALC_PATH, CALC, "Add", "('a',)", ERROR_ ("InvalidArgs"), "takes “(dd)” (a, b), not “(s)”" },
  { CALC_PATH, ACTOR, "Ping", "(1,)", ERROR_ ("InvalidArgs"), "takes no arguments, not “(i)”" },
  { CALC_PATH, CALC, "Refuse", "()", "org.geminga1.Error.InvalidState", "Not now" },
  { CALC_PATH, CALC, "Divide", "(1, 0)",
    "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code13", "By zero" },
  { CALC_PATH, CALC, "Large", "()", ERROR_ ("LimitsExceeded"), "cannot be sent" },
  { CALC_PATH, "org.freedesktop.DBus.Introspectable", "Introspect", "(1,)", ERROR_ ("InvalidArgs"),
    "Introspect takes “()”, not “(i)”" },
};

static void
test_errors (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) arguments =
          g_variant_parse (NULL, failures[i].arguments, NULL, NULL, &error);

      g_assert_no_error (error);
      g_test_message ("%u: %s", i, failures[i].method);
      assert_fails (self, failures[i].path, failures[i].interface, failures[i].method, arguments,
                    failures[i].error, failures[i].text);
    }
}

static GDBusMessage *
send_message (Fixture *self, GDBusMessage *message)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_send_message_with_reply (self->client, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                             10000, NULL, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return g_dbus_connection_send_message_with_reply_finish (self->client, result, NULL);
}

static void
test_no_interface (Fixture *self, gconstpointer data)
{
  const char *const members[] = { "Ping", "Introspect", "None" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autoptr (GDBusMessage) message =
          g_dbus_message_new_method_call (SERVICE_ID, CALC_PATH, NULL, members[i]);
      g_autoptr (GDBusMessage) reply = send_message (self, message);

      g_assert_cmpstr (g_dbus_message_get_error_name (reply), ==,
                       i < 2 ? NULL : ERROR_ ("UnknownMethod"));
    }
}

static void
send_without_reply (Fixture *self, const char *method, GVariant *arguments, GUnixFDList *fds)
{
  g_autoptr (GDBusMessage) message =
      g_dbus_message_new_method_call (SERVICE_ID, CALC_PATH, CALC, method);
  g_autoptr (GError) error = NULL;

  g_dbus_message_set_body (message, arguments);
  g_dbus_message_set_unix_fd_list (message, fds);
  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_dbus_connection_send_message (self->client, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                  &error);
  g_assert_no_error (error);
}

static void
test_no_reply (Fixture *self, gconstpointer data)
{
  int pipe_fds[2];
  char text[6] = "";
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();

  g_atomic_int_set (&calc_n_told, 0);
  send_without_reply (self, "Note", g_variant_new ("(s)", "a"), NULL);
  AWAIT (g_atomic_int_get (&calc_n_told) == 1);

  /* Who wants an answer to what has none gets an empty one. */
  assert_answers (self, CALC_PATH, CALC, "Note", g_variant_new ("(s)", "b"), "()");
  AWAIT (g_atomic_int_get (&calc_n_told) == 2);

  /* What would fail says nothing. */
  send_without_reply (self, "Note", g_variant_new ("(i)", 1), NULL);
  send_without_reply (self, "Refuse", g_variant_new ("()"), NULL);
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  g_assert_cmpint (g_atomic_int_get (&calc_n_told), ==, 2);

  g_assert_cmpint (pipe2 (pipe_fds, O_CLOEXEC), ==, 0);
  g_unix_fd_list_append (fds, pipe_fds[1], NULL);
  close (pipe_fds[1]);
  send_without_reply (self, "Write", g_variant_new ("(h)", 0), fds);
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  g_assert_cmpint (read (pipe_fds[0], text, 5), ==, 5);
  g_assert_cmpstr (text, ==, "hello");
  close (pipe_fds[0]);
}

static void
test_fds (Fixture *self, gconstpointer data)
{
  int pipe_fds[2];
  char text[6] = "";
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GUnixFDList) answered = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  gint32 handle;
  int fd;

  g_assert_cmpint (pipe2 (pipe_fds, O_CLOEXEC), ==, 0);
  g_unix_fd_list_append (fds, pipe_fds[1], NULL);
  close (pipe_fds[1]);
  reply = call_with_fds (self, CALC_PATH, CALC, "Write", g_variant_new ("(h)", 0), fds, &answered,
                         &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (pipe_fds[0], text, 5), ==, 5);

  g_variant_get (reply, "(h)", &handle);
  fd = g_unix_fd_list_get (answered, handle, &error);
  g_assert_no_error (error);
  g_assert_cmpint (write (fd, "again", 5), ==, 5);
  g_assert_cmpint (read (pipe_fds[0], text, 5), ==, 5);
  g_assert_cmpstr (text, ==, "again");
  close (fd);
  close (pipe_fds[0]);
}

/* Somebody who does not answer holds nobody else up. */
static void
test_hung (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActorRef) hung = fixture_spawn (self, "hung", GEMINGA_PLACEMENT_THREAD);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  geminga_bus_add_actor (self->bus, ROOT "/Hello/hung", CALC_TYPE, hung);
  g_mutex_lock (&calc_gate);
  g_atomic_int_set (&calc_n_hanging, 0);
  g_dbus_connection_call (self->client, SERVICE_ID, ROOT "/Hello/hung", CALC, "Hang", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, keep_result_cb, &result);
  AWAIT (g_atomic_int_get (&calc_n_hanging) == 1);
  assert_answers (self, CALC_PATH, CALC, "Add", g_variant_new ("(dd)", 1.0, 2.0), "(3.0,)");
  g_assert_null (result);

  /* It is answered even if the object is not there any more. */
  geminga_bus_remove_actor (self->bus, ROOT "/Hello/hung");
  g_mutex_unlock (&calc_gate);
  AWAIT (result != NULL);
  reply = g_dbus_connection_call_finish (self->client, result, &error);
  g_assert_no_error (error);
}

static void
test_died (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_call (self->client, SERVICE_ID, CALC_PATH, CALC, "Keep", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, keep_result_cb, &result);
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  geminga_actor_ref_kill (self->calc);
  AWAIT (result != NULL);
  reply = g_dbus_connection_call_finish (self->client, result, &error);
  g_assert_null (reply);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);

  assert_fails (self, CALC_PATH, ACTOR, "Ping", NULL, "org.geminga1.Error.NoSuchActor", "calc");
}

static void
test_many (Fixture *self, gconstpointer data)
{
  enum
  {
    N_CALLS = 1000
  };
  g_autoptr (GPtrArray) results = g_ptr_array_new ();
  GAsyncResult **kept = g_new0 (GAsyncResult *, N_CALLS);

  for (guint i = 0; i < N_CALLS; i++)
    g_dbus_connection_call (self->client, SERVICE_ID, CALC_PATH, CALC, "Add",
                            g_variant_new ("(dd)", (double) i, 1.0), G_VARIANT_TYPE ("(d)"),
                            G_DBUS_CALL_FLAGS_NONE, 20000, NULL, keep_result_cb, &kept[i]);
  for (guint i = 0; i < N_CALLS; i++)
    {
      g_autoptr (GVariant) reply = NULL;
      g_autoptr (GError) error = NULL;
      double sum;

      AWAIT (kept[i] != NULL);
      reply = g_dbus_connection_call_finish (self->client, kept[i], &error);
      g_assert_no_error (error);
      g_variant_get (reply, "(d)", &sum);
      g_assert_cmpfloat (sum, ==, i + 1.0);
      g_object_unref (kept[i]);
    }
  g_free (kept);
}

static void
test_programs (Fixture *self, gconstpointer data)
{
  g_autofree char *bus = g_strconcat ("--address=", self->daemon.address, NULL);
  const struct
  {
    const char *argv[12];
    const char *text;
  } programs[] = {
    { { "gdbus", "call", "--address", self->daemon.address, "--dest", SERVICE_ID, "--object-path",
        CALC_PATH, "--method", CALC ".Add", "1.5", "2.0" },
      "(3.5,)\n" },
    { { "busctl", bus, "call", SERVICE_ID, CALC_PATH, CALC, "Add", "dd", "1.5", "2" }, "d 3.5\n" },
    { { "busctl", bus, "get-property", SERVICE_ID, CALC_PATH, CALC, "MaxPrecision" }, "u 10\n" },
    { { "busctl", bus, "tree", "--list", SERVICE_ID },
      "/\n/org\n/org/geminga1\n/org/geminga1/Hello\n/org/geminga1/Hello/calc\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = g_find_program_in_path (programs[i].argv[0]);
      g_autoptr (GSubprocess) process = NULL;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *out = NULL;
      char *argv[13] = { NULL };

      if (path == NULL)
        {
          g_test_message ("%s is not installed", programs[i].argv[0]);
          continue;
        }

      memcpy (argv, programs[i].argv, sizeof programs[i].argv);
      process =
          g_subprocess_newv ((const char *const *) argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
      g_assert_no_error (error);
      g_subprocess_communicate_utf8_async (process, NULL, NULL, keep_result_cb, &result);
      AWAIT (result != NULL);
      g_subprocess_communicate_utf8_finish (process, result, &out, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (out, ==, programs[i].text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/calls/answer", Fixture, NULL, fixture_set_up, test_answer, fixture_tear_down);
  g_test_add ("/bus/calls/errors", Fixture, NULL, fixture_set_up, test_errors, fixture_tear_down);
  g_test_add ("/bus/calls/no-interface", Fixture, NULL, fixture_set_up, test_no_interface,
              fixture_tear_down);
  g_test_add ("/bus/calls/no-reply", Fixture, NULL, fixture_set_up, test_no_reply,
              fixture_tear_down);
  g_test_add ("/bus/calls/fds", Fixture, NULL, fixture_set_up, test_fds, fixture_tear_down);
  g_test_add ("/bus/calls/hung", Fixture, NULL, fixture_set_up, test_hung, fixture_tear_down);
  g_test_add ("/bus/calls/died", Fixture, NULL, fixture_set_up, test_died, fixture_tear_down);
  g_test_add ("/bus/calls/many", Fixture, NULL, fixture_set_up, test_many, fixture_tear_down);
  g_test_add ("/bus/calls/programs", Fixture, NULL, fixture_set_up, test_programs,
              fixture_tear_down);

  return g_test_run ();
}
