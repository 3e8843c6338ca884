/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-link-socket-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-link-body-private.h"
#include "geminga-link-headers-private.h"
#include "geminga-link-slots-private.h"

/* One read. */
#define READ_SIZE (64 * 1024)
/* So many full reads, then other sources get their turn. */
#define READS 16
/* A larger buffer is given back once it is sent or read: pages are dear to get again each time. */
#define KEPT_SIZE (2 * 1024 * 1024)
/* What the kernel passes in one message. */
#define MAX_FDS 253

/* The descriptors that came with one message. */
typedef struct
{
  GUnixFDList *fds;     /* (owned) */
  gboolean is_complete; /* the kernel had room for all of them */
} Batch;

/* The descriptors that go with the message that starts at a place in the output. */
typedef struct
{
  guint64 position;
  GUnixFDList *fds; /* (owned) */
} Attachment;

struct _GemingaLinkSocket
{
  GSource source;

  const GemingaLinkSocketFuncs *funcs;
  gpointer data;
  int fd; /* (owned) */
  gpointer tag;

  guint8 *in; /* (owned) (nullable): bytes from in_start to in_end are not parsed */
  gsize in_size;
  gsize in_start;
  gsize in_end;
  gsize needed;    /* size of the message at in_start, as far as it is known */
  GQueue *batches; /* (owned) (element-type Batch): came and are not taken by a message */
  GemingaWireHeaderCache cache;

  GemingaLinkSlots *slots; /* (owned) */
  GemingaLinkHeaders headers;
  GByteArray *out;     /* (owned): bytes from out_start on are not sent */
  guint out_start;     /* index in @out */
  guint64 sent;        /* bytes sent ever; counts what positions count */
  GQueue *attachments; /* (owned) (element-type Attachment) */
  gboolean is_waiting; /* for the peer to read */
  char *broken;        /* (owned) (nullable): what sending failed with */
};

/* Helpers */

static void
batch_free (Batch *batch)
{
  g_object_unref (batch->fds);
  g_free (batch);
}

static void
attachment_free (Attachment *attachment)
{
  g_object_unref (attachment->fds);
  g_free (attachment);
}

static void
close_with (GemingaLinkSocket *self, const char *violation)
{
  const GemingaLinkSocketFuncs *funcs = self->funcs;
  gpointer data = self->data;

  if (g_source_is_destroyed ((GSource *) self))
    return;

  geminga_link_socket_destroy (self);
  funcs->closed (data, violation);
}

/* Helpers: input */

static void
make_room (GemingaLinkSocket *self)
{
  gsize wanted = MAX (READ_SIZE, self->needed);
  gsize length = self->in_end - self->in_start;

  if (self->in_size - self->in_start >= wanted && self->in_end < self->in_size)
    return;

  if (length > 0 && self->in_start > 0)
    memmove (self->in, self->in + self->in_start, length);
  self->in_start = 0;
  self->in_end = length;

  if (self->in_size < wanted || (length == 0 && self->in_size > MAX (wanted, KEPT_SIZE)))
    {
      self->in = g_realloc (self->in, wanted);
      self->in_size = wanted;
    }
}

static void
take_control (GemingaLinkSocket *self, struct msghdr *header)
{
  for (struct cmsghdr *control = CMSG_FIRSTHDR (header); control != NULL;
       control = CMSG_NXTHDR (header, control))
    {
      Batch *batch;
      gsize size;

      if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
        continue;

      size = control->cmsg_len - CMSG_LEN (0);
      batch = g_new0 (Batch, 1);
      batch->is_complete = (header->msg_flags & MSG_CTRUNC) == 0;
      batch->fds = g_unix_fd_list_new_from_array ((const int *) (gpointer) CMSG_DATA (control),
                                                  (int) (size / sizeof (int)));
      g_queue_push_tail (self->batches, batch);
      return;
    }

  /* Not even one fitted. */
  if ((header->msg_flags & MSG_CTRUNC) != 0)
    {
      Batch *batch = g_new0 (Batch, 1);

      batch->fds = g_unix_fd_list_new ();
      g_queue_push_tail (self->batches, batch);
    }
}

/* The kernel ends a read behind bytes that descriptors came with: one batch is one message's. */
static gboolean
take_fds (GemingaLinkSocket *self,
          const GemingaWireMessage *message,
          GUnixFDList **fds,
          gboolean *are_lost,
          GError **error)
{
  Batch *batch;
  guint n_fds;

  *fds = NULL;
  *are_lost = FALSE;
  if (message->n_fds == 0)
    return TRUE;

  batch = g_queue_pop_head (self->batches);
  n_fds = batch != NULL ? (guint) g_unix_fd_list_get_length (batch->fds) : 0;
  if (batch == NULL || (batch->is_complete && n_fds != message->n_fds))
    {
      g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                   "Message %u announces %u file descriptors, but %u came", message->serial,
                   message->n_fds, n_fds);
      g_clear_pointer (&batch, batch_free);
      return FALSE;
    }

  *are_lost = n_fds != message->n_fds;
  if (!*are_lost)
    *fds = g_object_ref (batch->fds);
  batch_free (batch);

  return TRUE;
}

static gboolean
unpack_shared (GemingaLinkSocket *self,
               GemingaWireMessage *message,
               GUnixFDList **fds,
               gboolean are_fds_lost,
               GError **error)
{
  guint64 kind;

  if (!geminga_wire_message_get_extension (message, GEMINGA_WIRE_EXTENSION_KIND, &kind) ||
      kind != GEMINGA_LINK_KIND_SHARED)
    return TRUE;

  return geminga_link_slots_unpack (self->slots, message, fds, are_fds_lost, error);
}

/* The message is out of the buffer before it is handed on: whoever gets it may run the loop. */
static gboolean
parse_one (GemingaLinkSocket *self, GError **error)
{
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GUnixFDList) fds = NULL;
  const guint8 *bytes = self->in + self->in_start;
  gsize size = self->needed;
  gboolean are_fds_lost;

  self->in_start += size;
  self->needed = GEMINGA_WIRE_FIXED_HEADER;
  if (!geminga_wire_parse (bytes, size, &geminga_wire_limits_default, &self->cache, &message,
                           error) ||
      !geminga_link_body_unpack (&message, error) ||
      !take_fds (self, &message, &fds, &are_fds_lost, error) ||
      !unpack_shared (self, &message, &fds, are_fds_lost, error))
    return FALSE;

  self->funcs->received (self->data, &message, fds, are_fds_lost);

  return TRUE;
}

static gboolean
check_left_overs (GemingaLinkSocket *self, GError **error)
{
  if (self->in_start < self->in_end || g_queue_is_empty (self->batches))
    return TRUE;

  g_set_error_literal (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                       "File descriptors came that no message announces");

  return FALSE;
}

static gboolean
parse_all (GemingaLinkSocket *self, GError **error)
{
  while (!g_source_is_destroyed ((GSource *) self))
    {
      gsize length = self->in_end - self->in_start;

      if (!geminga_wire_peek_size (self->in + self->in_start, length, &geminga_wire_limits_default,
                                   &self->needed, error))
        return FALSE;
      if (length < GEMINGA_WIRE_FIXED_HEADER || length < self->needed)
        return check_left_overs (self, error);
      if (!parse_one (self, error))
        return FALSE;
    }

  return TRUE;
}

/* Gives the bytes read; 0: there are none for now, or the socket is closed. */
static gsize
read_once (GemingaLinkSocket *self)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (int) * MAX_FDS)];
    struct cmsghdr alignment;
  } control;
  struct iovec vector;
  struct msghdr header = { .msg_iov = &vector,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes };
  gssize n_read;

  make_room (self);
  vector.iov_base = self->in + self->in_end;
  vector.iov_len = self->in_size - self->in_end;
  do
    n_read = recvmsg (self->fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  while (n_read < 0 && errno == EINTR);

  if (n_read < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return 0;
  if (n_read <= 0)
    {
      close_with (self, NULL);
      return 0;
    }

  self->in_end += (gsize) n_read;
  if (header.msg_controllen > 0 || (header.msg_flags & MSG_CTRUNC) != 0)
    take_control (self, &header);

  return (gsize) n_read;
}

/* FALSE: there is no more for now. */
static gboolean
receive (GemingaLinkSocket *self)
{
  for (guint i = 0; i < READS && !g_source_is_destroyed ((GSource *) self); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize n_read = read_once (self);
      gboolean is_full = self->in_end == self->in_size;

      if (n_read == 0)
        return FALSE;
      if (!parse_all (self, &error))
        {
          close_with (self, error->message);
          return FALSE;
        }
      if (!is_full)
        return TRUE;
    }

  return TRUE;
}

/* Helpers: output */

static void
set_waiting (GemingaLinkSocket *self, gboolean is_waiting)
{
  if (self->is_waiting == is_waiting)
    return;

  self->is_waiting = is_waiting;
  g_source_modify_unix_fd ((GSource *) self, self->tag, is_waiting ? G_IO_IN | G_IO_OUT : G_IO_IN);
}

static void
attach_fds (struct msghdr *header, char *control, GUnixFDList *list)
{
  int n_fds;
  const int *fds = g_unix_fd_list_peek_fds (list, &n_fds);
  gsize size = sizeof (int) * (gsize) n_fds;
  struct cmsghdr *rights;

  header->msg_control = control;
  header->msg_controllen = CMSG_SPACE (size);
  memset (control, 0, header->msg_controllen);
  rights = CMSG_FIRSTHDR (header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN (size);
  memcpy (CMSG_DATA (rights), fds, size);
}

/* Sends up to the next message with descriptors, or that message's first bytes with them. */
static gssize
send_once (GemingaLinkSocket *self)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (int) * MAX_FDS)];
    struct cmsghdr alignment;
  } control;
  Attachment *first = g_queue_peek_head (self->attachments);
  Attachment *stop = first;
  struct iovec vector = { self->out->data + self->out_start, self->out->len - self->out_start };
  struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1 };
  gboolean is_attached = first != NULL && first->position == self->sent;
  gssize n_sent;

  if (is_attached)
    {
      attach_fds (&header, control.bytes, first->fds);
      stop = g_queue_peek_nth (self->attachments, 1);
    }
  if (stop != NULL)
    vector.iov_len = (gsize) (stop->position - self->sent);

  do
    n_sent = sendmsg (self->fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n_sent < 0 && errno == EINTR);

  if (n_sent > 0 && is_attached)
    attachment_free (g_queue_pop_head (self->attachments));

  return n_sent;
}

static void
drop_output (GemingaLinkSocket *self)
{
  self->sent += self->out->len - self->out_start;
  self->out_start = 0;
  if (self->out->len > KEPT_SIZE)
    {
      g_byte_array_unref (self->out);
      self->out = g_byte_array_new ();
    }
  else
    {
      g_byte_array_set_size (self->out, 0);
    }
}

/* A peer that has closed is noticed by reading, which may find more of its messages first. */
static void
note_send_error (GemingaLinkSocket *self, int code)
{
  drop_output (self);
  g_queue_clear_full (self->attachments, (GDestroyNotify) attachment_free);
  if (code == EPIPE || code == ECONNRESET || self->broken != NULL)
    return;

  self->broken = g_strdup_printf ("sending failed: %s", g_strerror (code));
  g_source_set_ready_time ((GSource *) self, 0);
}

/* Half of what is kept has been sent: move the rest to the front. */
static void
compact_output (GemingaLinkSocket *self)
{
  if (self->out_start < KEPT_SIZE || self->out_start < self->out->len / 2)
    return;

  g_byte_array_remove_range (self->out, 0, self->out_start);
  self->out_start = 0;
}

/* GSource */

static gboolean
socket_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  GemingaLinkSocket *self = (GemingaLinkSocket *) source;
  GIOCondition condition = g_source_query_unix_fd (source, self->tag);

  if (self->broken != NULL)
    {
      g_autofree char *broken = g_strdup (self->broken);

      close_with (self, broken);
      return G_SOURCE_REMOVE;
    }

  if ((condition & G_IO_OUT) != 0)
    geminga_link_socket_flush (self);
  if ((condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0 && !g_source_is_destroyed (source))
    {
      receive (self);
      if (!g_source_is_destroyed (source))
        self->funcs->dispatched (self->data);
    }

  return G_SOURCE_CONTINUE;
}

static void
socket_finalize (GSource *source)
{
  GemingaLinkSocket *self = (GemingaLinkSocket *) source;

  g_queue_free_full (self->batches, (GDestroyNotify) batch_free);
  g_queue_free_full (self->attachments, (GDestroyNotify) attachment_free);
  geminga_link_headers_clear (&self->headers);
  geminga_link_slots_free (self->slots);
  g_byte_array_unref (self->out);
  g_free (self->in);
  g_free (self->broken);
}

static GSourceFuncs socket_funcs = { NULL, NULL, socket_dispatch, socket_finalize, NULL, NULL };

/* Private API */

GemingaLinkSocket *
geminga_link_socket_new (int fd,
                         GMainContext *context,
                         const GemingaLinkSocketFuncs *funcs,
                         gpointer data)
{
  GSource *source = g_source_new (&socket_funcs, sizeof (GemingaLinkSocket));
  GemingaLinkSocket *self = (GemingaLinkSocket *) source;

  self->funcs = funcs;
  self->data = data;
  self->fd = fd;
  self->needed = GEMINGA_WIRE_FIXED_HEADER;
  self->slots = geminga_link_slots_new (funcs->released, data, funcs->ref, funcs->unref);
  self->batches = g_queue_new ();
  self->out = g_byte_array_new ();
  self->attachments = g_queue_new ();
  self->tag = g_source_add_unix_fd (source, fd, G_IO_IN);
  g_source_set_callback (source, NULL, NULL, NULL);
  g_source_set_can_recurse (source, TRUE);
  g_source_set_static_name (source, "GemingaLinkSocket");
  g_source_attach (source, context);

  return self;
}

void
geminga_link_socket_destroy (GemingaLinkSocket *self)
{
  GSource *source = (GSource *) self;

  if (g_source_is_destroyed (source))
    return;

  g_source_destroy (source);
  close (self->fd);
  self->fd = -1;
  g_source_unref (source);
}

/* Those of other types than D-Bus has go packed. */
static gboolean
write_message (GemingaLinkSocket *self, const GemingaWireMessage *message, GError **error)
{
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (GError) failure = NULL;
  GemingaWireMessage copy = *message;

  if (geminga_link_headers_write (&self->headers, self->out, message, &failure))
    return TRUE;

  packed = geminga_link_body_pack (message->body);
  copy.body = packed;
  geminga_wire_message_set_extension (&copy, GEMINGA_WIRE_EXTENSION_KIND, GEMINGA_LINK_KIND_PACKED);
  if (packed != NULL && geminga_wire_write (self->out, &copy, NULL))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

static void
attach (GemingaLinkSocket *self, guint start, GUnixFDList *fds)
{
  Attachment *attachment = g_new0 (Attachment, 1);

  attachment->position = self->sent + (start - self->out_start);
  attachment->fds = g_object_ref (fds);
  g_queue_push_tail (self->attachments, attachment);
}

/* FALSE: it has no large array, or cannot be sent so. */
static gboolean
write_shared (GemingaLinkSocket *self, const GemingaWireMessage *message)
{
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  GemingaWireMessage copy = *message;
  guint start = self->out->len;
  guint32 slot;

  if (message->n_fds > 0 ||
      !geminga_link_slots_pack (self->slots, message->body, &packed, &fds, &slot))
    return FALSE;

  copy.body = packed;
  copy.n_fds = fds != NULL ? 1 : 0;
  geminga_wire_message_set_extension (&copy, GEMINGA_WIRE_EXTENSION_KIND, GEMINGA_LINK_KIND_SHARED);
  if (!geminga_link_headers_write (&self->headers, self->out, &copy, NULL))
    {
      geminga_link_slots_release (self->slots, slot, fds == NULL);
      return FALSE;
    }

  if (fds != NULL)
    attach (self, start, fds);

  return TRUE;
}

gboolean
geminga_link_socket_write (GemingaLinkSocket *self,
                           const GemingaWireMessage *message,
                           GUnixFDList *fds,
                           GError **error)
{
  guint start = self->out->len;

  if (write_shared (self, message))
    return TRUE;
  if (!write_message (self, message, error))
    return FALSE;

  if (message->n_fds > 0)
    attach (self, start, fds);

  return TRUE;
}

void
geminga_link_socket_release (GemingaLinkSocket *self, guint32 slot, gboolean is_known)
{
  geminga_link_slots_release (self->slots, slot, is_known);
}

void
geminga_link_socket_flush (GemingaLinkSocket *self)
{
  gboolean had_output = self->out_start < self->out->len;

  while (self->out_start < self->out->len)
    {
      gssize n_sent = send_once (self);

      if (n_sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        {
          compact_output (self);
          set_waiting (self, TRUE);
          return;
        }
      if (n_sent < 0)
        {
          note_send_error (self, errno);
          break;
        }

      self->sent += (guint64) n_sent;
      self->out_start += (guint) n_sent;
    }

  drop_output (self);
  set_waiting (self, FALSE);
  if (had_output)
    self->funcs->drained (self->data);
}

void
geminga_link_socket_receive_rest (GemingaLinkSocket *self)
{
  g_source_ref ((GSource *) self);
  while (!g_source_is_destroyed ((GSource *) self) && receive (self))
    continue;
  g_source_unref ((GSource *) self);
}

gsize
geminga_link_socket_get_unsent (GemingaLinkSocket *self)
{
  return self->out->len - self->out_start;
}

gboolean
geminga_link_socket_is_waiting (GemingaLinkSocket *self)
{
  return self->is_waiting;
}

int
geminga_link_socket_get_fd (GemingaLinkSocket *self)
{
  return self->fd;
}
