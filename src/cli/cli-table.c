/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-table.h"

#include "cli-output.h"
#include "cli-text.h"

/* Rows of cells in columns that are as wide as they must be. */

typedef struct
{
  char *text;        /* (owned) */
  const char *color; /* (nullable) */
} Cell;

struct _CliTable
{
  Cli *cli;
  guint n_columns;
  GArray *cells; /* (owned) (element-type Cell), row by row, the headings first */
};

/* Helpers */

static void
clear_cell (gpointer data)
{
  Cell *cell = data;

  g_free (cell->text);
}

static void
add_cell (CliTable *self, char *text)
{
  const Cell cell = { *text != '\0' ? text : g_strdup ("-"), NULL };

  if (*text == '\0')
    g_free (text);
  g_array_append_val (self->cells, cell);
}

static Cell *
get_cell (CliTable *self, guint row, guint column)
{
  return &g_array_index (self->cells, Cell, row * self->n_columns + column);
}

static int
measure_column (CliTable *self, guint column, guint n_rows)
{
  int width = 0;

  for (guint row = 0; row < n_rows; row++)
    width = MAX (width, cli_text_get_width (get_cell (self, row, column)->text));

  return width;
}

static void
print_cell (CliTable *self, const Cell *cell, int width)
{
  int padding = width - cli_text_get_width (cell->text);

  if (cell->color != NULL)
    cli_output_print (self->cli, "%s%s\033[0m", cell->color, cell->text);
  else
    cli_output_print (self->cli, "%s", cell->text);
  if (padding > 0)
    cli_output_print (self->cli, "%*s", padding, "");
}

/* Public API */

/* Makes a table of the named columns; the names stay as they are, for scripts. */
CliTable *
cli_table_new (Cli *cli, const char *first_column, ...)
{
  CliTable *self = g_new0 (CliTable, 1);
  va_list columns;

  self->cli = cli;
  self->cells = g_array_new (FALSE, TRUE, sizeof (Cell));
  g_array_set_clear_func (self->cells, clear_cell);

  va_start (columns, first_column);
  for (const char *name = first_column; name != NULL; name = va_arg (columns, const char *))
    add_cell (self, g_strdup (name));
  va_end (columns);
  self->n_columns = self->cells->len;
  for (guint i = 0; i < self->n_columns && cli->has_color; i++)
    get_cell (self, 0, i)->color = "\033[1m";

  return self;
}

/* Adds a row; the table takes the cells, which must be safe to print. */
void
cli_table_add (CliTable *self, char *first_cell, ...)
{
  guint before = self->cells->len;
  va_list cells;

  va_start (cells, first_cell);
  for (char *text = first_cell; text != NULL; text = va_arg (cells, char *))
    add_cell (self, text);
  va_end (cells);

  g_assert (self->cells->len == before + self->n_columns);
}

/* Colours a cell of the last row. */
void
cli_table_set_color (CliTable *self, guint column, const char *color)
{
  get_cell (self, self->cells->len / self->n_columns - 1, column)->color = color;
}

void
cli_table_print (CliTable *self, const char *indent)
{
  guint n_rows = self->cells->len / self->n_columns;
  g_autofree int *widths = g_new0 (int, self->n_columns);

  for (guint column = 0; column < self->n_columns; column++)
    widths[column] = measure_column (self, column, n_rows);

  for (guint row = 0; row < n_rows; row++)
    {
      cli_output_print (self->cli, "%s", indent);
      for (guint column = 0; column < self->n_columns; column++)
        {
          gboolean is_last = column == self->n_columns - 1;

          print_cell (self, get_cell (self, row, column), is_last ? 0 : widths[column]);
          cli_output_print (self->cli, "%s", is_last ? "\n" : "  ");
        }
    }
}

void
cli_table_free (CliTable *self)
{
  g_array_unref (self->cells);
  g_free (self);
}
