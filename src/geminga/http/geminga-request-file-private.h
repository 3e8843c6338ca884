/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/stat.h>

#include "geminga-request.h"

G_BEGIN_DECLS

/* A file that was opened to answer with. */
typedef struct
{
  int fd; /* -1: none */
  struct stat info;
  const char *coding; /* (nullable): it is compressed so */
} GemingaHttpOpened;

/* Opens a name as it was asked for, and with the suffixes of compressed siblings: a descriptor, or -1 with errno. */
typedef int (*GemingaHttpOpenFunc) (const char *name, gpointer user_data);

/* 0, or an errno value: only a regular file is taken. With @accept, the field Accept-Encoding, a sibling that is compressed so
 * is preferred. */
int geminga_http_opened_find (GemingaHttpOpened *self,
                              const char *name,
                              const char *accept,
                              GemingaHttpOpenFunc open,
                              gpointer user_data);
void geminga_http_opened_clear (GemingaHttpOpened *self);

/* Answers with it, takes over its descriptor; @content_type (nullable) is guessed from @name. */
void geminga_request_respond_opened (GemingaRequest *request,
                                     GemingaHttpOpened *opened,
                                     const char *name,
                                     const char *content_type);
/* Answers that @name could not be opened. */
void geminga_request_respond_errno (GemingaRequest *request, const char *name, int code);

G_END_DECLS
