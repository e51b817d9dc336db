#include "cncurses.h"

/* Apart from the rest: term.h takes words such as "columns" and "lines" for itself. */
#include <curses.h>
#include <term.h>

bool cn_knows_kind(const char *kind) {
  int result = 0;
  if (setupterm(kind, 1, &result) != OK) return false;
  del_curterm(cur_term);
  return true;
}
