/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-settings.h"

G_BEGIN_DECLS

/* Where a value can come from; a later layer beats an earlier one. */
typedef enum
{
  GEMINGA_SETTINGS_LAYER_DEFAULT,
  GEMINGA_SETTINGS_LAYER_CODE,
  GEMINGA_SETTINGS_LAYER_FILE,
  GEMINGA_SETTINGS_LAYER_ENVIRONMENT,
  GEMINGA_SETTINGS_LAYER_ARGUMENTS,
  GEMINGA_SETTINGS_LAYER_RUNTIME,
  GEMINGA_SETTINGS_N_LAYERS,
} GemingaSettingsLayer;

/* A value in one layer. */
typedef struct
{
  GVariant *value;
  char *origin;
} GemingaSettingsCell;

/* A setting and its value in force. */
typedef struct
{
  GemingaSettingInfo *info;
  GVariant *value;    /* under lock */
  const char *origin; /* under lock, interned */
  GStrv items;        /* (nullable), under lock: a list's value */
  GPtrArray *kept;    /* (nullable), under lock: what was in force before */
} GemingaSettingsSlot;

struct _GemingaSettings
{
  GObject parent_instance;

  char *service_id;
  char *prefix;          /* (nullable) */
  char *summary;         /* (nullable) */
  char *version;         /* (nullable) */
  char *arguments_usage; /* (nullable) */
  GStrv config_files;    /* (nullable): instead of the standard places */

  GMutex lock; /* of what slots have */

  GPtrArray *slots;    /* (element-type GemingaSettingsSlot), in the order they were added */
  GHashTable *by_name; /* (element-type utf8 GemingaSettingsSlot), borrows from slots */

  /* (element-type utf8 GemingaSettingsCell); the drafts become the layers when all of them are good */
  GHashTable *layers[GEMINGA_SETTINGS_N_LAYERS];
  GHashTable *drafts[GEMINGA_SETTINGS_N_LAYERS]; /* (nullable) */

  GemingaSettings *parent; /* (unowned) (nullable): has this among its children */
  GPtrArray *children;     /* (element-type GemingaSettings) */

  GStrv arguments; /* what is left of the command line */
  GStrv files;     /* configuration files that were read */
  GStrv changed;
  GStrv pending;
  gboolean is_loaded;
};

/* The group of keys in a configuration file, unless there is a prefix. */
#define GEMINGA_SETTINGS_GROUP "service"

GemingaSettingsSlot *geminga_settings_find (GemingaSettings *self, const char *name);
GemingaSettingsSlot *
geminga_settings_find_or_fail (GemingaSettings *self, const char *name, GError **error);
gboolean geminga_settings_accepts (GemingaSettings *self, GemingaSettingsSlot *slot);
const char *geminga_settings_get_group (GemingaSettings *self);
GPtrArray *geminga_settings_list_keys (GHashTable *table);
char *geminga_settings_suggest (const char *name, GPtrArray *candidates);

GemingaSettingsCell *geminga_settings_cell_new (GVariant *value, const char *origin);
void geminga_settings_cell_free (gpointer data);
GHashTable *geminga_settings_layer_new (void);
void geminga_settings_draft (GemingaSettings *self,
                             GemingaSettingsLayer layer,
                             GemingaSettingsSlot *slot,
                             GVariant *value,
                             const char *origin);
GemingaSettingsCell *
geminga_settings_lookup (GemingaSettings *self, GemingaSettingsLayer layer, const char *name);
GemingaSettingsCell *geminga_settings_resolve (GemingaSettings *self,
                                               GemingaSettingsSlot *slot,
                                               GemingaSettingsLayer highest);
gboolean geminga_settings_update (GemingaSettings *self, GemingaSettingsSlot *slot);
void geminga_settings_slot_free (gpointer data);
void geminga_settings_emit_changed (GemingaSettings *self);
void geminga_settings_prefix_error (GError **error, const char *name, const char *where);

gboolean geminga_settings_read_arguments (GemingaSettings *self,
                                          const char *const *argv,
                                          GStrv *rest,
                                          GError **error);
gboolean geminga_settings_read_environment (GemingaSettings *self, GError **error);
gboolean geminga_settings_read_files (GemingaSettings *self, GStrv *files, GError **error);

/* Whether values that were just read are good. */
typedef gboolean (*GemingaSettingsCheck) (gpointer data, GError **error);
/* As geminga_settings_reload(); where @check says no the values before are back and nobody is told. */
gboolean geminga_settings_reload_checked (GemingaSettings *self,
                                          GemingaSettingsCheck check,
                                          gpointer data,
                                          GError **error);

/* All values, with those of the children: to go back to after a reload that was no good. */
typedef GPtrArray GemingaSettingsState;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaSettingsState, g_ptr_array_unref)
GemingaSettingsState *geminga_settings_save (GemingaSettings *self) G_GNUC_WARN_UNUSED_RESULT;
/* Emits "changed" for each that differs. What was set at run time since then stays. */
void geminga_settings_restore (GemingaSettings *self, GemingaSettingsState *state);

void geminga_settings_set_config_files (GemingaSettings *self, const char *const *files);

G_END_DECLS
