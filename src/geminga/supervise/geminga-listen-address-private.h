/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What kind of place an address names. */
typedef enum
{
  GEMINGA_LISTEN_ANY,      /* a port of all interfaces */
  GEMINGA_LISTEN_HOST,     /* a port of a host name or an IPv4 address */
  GEMINGA_LISTEN_IPV6,     /* a port of an IPv6 address, not of IPv4 too */
  GEMINGA_LISTEN_PATH,     /* a unix socket in the file system */
  GEMINGA_LISTEN_ABSTRACT, /* a unix socket that has no file */
  GEMINGA_LISTEN_FD,       /* a descriptor that whoever started the program opened */
} GemingaListenKind;

/* GemingaListenAddress: what the text of one address means; cleared by its owner. */
typedef struct
{
  GemingaListenKind kind;
  char *host; /* (owned) (nullable): host name or address */
  char *path; /* (owned) (nullable): absolute file name, or abstract name without its @ */
  guint16 port;
  int fd;
} GemingaListenAddress;

gboolean
geminga_listen_address_parse (GemingaListenAddress *address, const char *text, GError **error);
void geminga_listen_address_clear (GemingaListenAddress *address);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GemingaListenAddress, geminga_listen_address_clear)

G_END_DECLS
