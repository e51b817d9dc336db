#include "internal.h"

#include <wchar.h>

/* alloc_pair before start_color reads a null table. */
int cn_pair(int32_t foreground, int32_t background) { return has_colors() ? alloc_pair(foreground, background) : 0; }

void cn_forget_pairs(void) {
  if (has_colors()) reset_color_pairs();
}

static attr_t attributes(uint32_t set) {
  attr_t out = A_NORMAL;
  if (set & CN_BOLD) out |= A_BOLD;
  if (set & CN_DIM) out |= A_DIM;
  if (set & CN_UNDERLINE) out |= A_UNDERLINE;
  if (set & CN_REVERSE) out |= A_REVERSE;
  if (set & CN_ITALIC) out |= A_ITALIC;
  return out;
}

void cn_draw_row(int row, const cn_cell *cells, int count) {
  static cchar_t line[CN_MOST_COLUMNS + 1];
  if (count > CN_MOST_COLUMNS) count = CN_MOST_COLUMNS;
  int used = 0;
  for (int at = 0; at < count; at++) {
    const cn_cell *cell = &cells[at];
    if (cell->scalar == 0) continue;
    wchar_t text[3] = {(wchar_t)cell->scalar, (wchar_t)cell->combining, 0};
    int pair = cell->pair; /* by the last argument: the short one ends at 32,767 */
    setcchar(&line[used++], text, attributes(cell->attributes), (short)pair, &pair);
  }
  mvwadd_wchnstr(stdscr, row, 0, line, used);
}

void cn_flush(void) {
  wnoutrefresh(stdscr);
  doupdate();
}

void cn_repaint(void) { clearok(curscr, true); }
