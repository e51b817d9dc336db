#ifndef CNCURSES_INTERNAL_H
#define CNCURSES_INTERNAL_H
/* SwiftPM drops the -D flags of ncursesw.pc, so the wide API is asked for here. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#define NCURSES_WIDECHAR 1
#include "include/cncurses.h"
#include <curses.h>

/* Writes what brings the terminal back: made ready at start, so that a crash handler needs no more than write(2). */
void cn_restore_terminal(void);
/* What is written to standard error is kept aside, and shown when the terminal has been given back. Both async-signal-safe. */
void cn_capture_errors(void);
void cn_release_errors(void);
/* In a child: errors go where they went before. Async-signal-safe. */
void cn_child_errors(void);

#endif
