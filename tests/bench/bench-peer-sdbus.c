/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-peer.h"

#include <sys/wait.h>
#include <systemd/sd-bus.h>

/*
 * sd-bus between two processes, over a socket pair. There is no main loop in the way: a call waits in
 * sd_bus_call(), and the server in sd_bus_wait().
 */

#define N_BETWEEN 10000

typedef struct
{
  sd_bus *bus; /* (owned) */
  GPid pid;
  char *payload; /* (owned) */

  guint n_left;
  guint n_open;
} Client;

/* Helpers */

static int
check (int result)
{
  if (result < 0)
    g_error ("sd-bus does not do that: %s", g_strerror (-result));

  return result;
}

/* FALSE: the other side has closed. */
static gboolean
iterate (sd_bus *bus)
{
  int result = sd_bus_process (bus, NULL);

  if (result == 0)
    result = sd_bus_wait (bus, UINT64_MAX);
  if (result == -ENOTCONN || result == -ECONNRESET)
    return FALSE;
  if (result != -EINTR)
    check (result);

  return TRUE;
}

/* The server */

static int
handle_add (sd_bus_message *message, void *user_data, sd_bus_error *error)
{
  uint64_t number;

  check (sd_bus_message_read (message, "t", &number));

  return sd_bus_reply_method_return (message, "t", number + 1);
}

static int
handle_size (sd_bus_message *message, void *user_data, sd_bus_error *error)
{
  const void *bytes;
  size_t size;

  check (sd_bus_message_read_array (message, 'y', &bytes, &size));

  return sd_bus_reply_method_return (message, "t", (uint64_t) size);
}

/* The client */

static sd_bus_message *
message_new (Client *self, const char *member)
{
  sd_bus_message *message;

  check (sd_bus_message_new_method_call (self->bus, &message, NULL, BENCH_PATH, BENCH_INTERFACE,
                                         member));

  return message;
}

static void
call (Client *self, sd_bus_message *message)
{
  sd_bus_message *reply = NULL;
  uint64_t number;

  check (sd_bus_call (self->bus, message, 0, NULL, &reply));
  check (sd_bus_message_read (reply, "t", &number));
  sd_bus_message_unref (reply);
  sd_bus_message_unref (message);
}

static void
op_ask (gpointer data, guint n)
{
  Client *self = data;

  for (guint i = 0; i < n; i++)
    {
      sd_bus_message *message = message_new (self, "Add");

      check (sd_bus_message_append (message, "t", (uint64_t) 1));
      call (self, message);
    }
}

static void call_next (Client *self);

static int
called (sd_bus_message *message, void *user_data, sd_bus_error *error)
{
  Client *self = user_data;
  uint64_t number;

  check (sd_bus_message_read (message, "t", &number));
  self->n_open--;
  call_next (self);

  return 0;
}

static void
call_next (Client *self)
{
  if (self->n_left == 0)
    return;

  self->n_left--;
  self->n_open++;
  check (sd_bus_call_method_async (self->bus, NULL, NULL, BENCH_PATH, BENCH_INTERFACE, "Add",
                                   called, self, "t", (uint64_t) 1));
}

static void
op_ask_many (gpointer data, guint n)
{
  Client *self = data;

  self->n_left = n;
  for (guint i = 0; i < BENCH_N_AT_ONCE; i++)
    call_next (self);
  while (self->n_open > 0)
    {
      if (!iterate (self->bus))
        g_error ("The sd-bus server has gone");
    }
}

static void
op_tell (gpointer data, guint n)
{
  Client *self = data;

  for (guint i = 0; i < n; i++)
    {
      sd_bus_message *message = message_new (self, "Add");

      check (sd_bus_message_append (message, "t", (uint64_t) 1));
      if (i % N_BETWEEN == N_BETWEEN - 1)
        {
          call (self, message);
          continue;
        }

      check (sd_bus_message_set_expect_reply (message, 0));
      check (sd_bus_send (self->bus, message, NULL));
      sd_bus_message_unref (message);
    }
}

static void
op_large (gpointer data, guint n)
{
  Client *self = data;

  for (guint i = 0; i < n; i++)
    {
      sd_bus_message *message = message_new (self, "Size");

      check (sd_bus_message_append_array (message, 'y', self->payload, BENCH_PAYLOAD));
      call (self, message);
    }
}

static double
cpu (gpointer data)
{
  return bench_cpu_process (((Client *) data)->pid);
}

/* Public API */

void
bench_sdbus_serve (void)
{
  static const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START (0),
    SD_BUS_METHOD ("Add", "t", "t", handle_add, 0),
    SD_BUS_METHOD ("Size", "ay", "t", handle_size, 0),
    SD_BUS_VTABLE_END,
  };
  sd_id128_t id;
  sd_bus *bus;

  check (sd_id128_randomize (&id));
  check (sd_bus_new (&bus));
  check (sd_bus_set_fd (bus, BENCH_CHILD_FD, BENCH_CHILD_FD));
  check (sd_bus_set_server (bus, 1, id));
  check (sd_bus_add_object_vtable (bus, NULL, BENCH_PATH, BENCH_INTERFACE, vtable, NULL));
  check (sd_bus_start (bus));
  while (iterate (bus))
    continue;
  sd_bus_unref (bus);
}

void
bench_sdbus_init (BenchWay *way)
{
  Client *self = g_new0 (Client, 1);
  int fd = bench_start_role ("sd-bus", &self->pid);

  self->payload = g_malloc0 (BENCH_PAYLOAD);
  check (sd_bus_new (&self->bus));
  check (sd_bus_set_fd (self->bus, fd, fd));
  check (sd_bus_start (self->bus));
  *way = (BenchWay){ "sd-bus", self, { op_ask, op_ask_many, op_tell, op_large }, cpu };
}

void
bench_sdbus_clear (BenchWay *way)
{
  Client *self = way->data;

  sd_bus_flush_close_unref (self->bus);
  waitpid (self->pid, NULL, 0);
  g_free (self->payload);
  g_free (self);
}
