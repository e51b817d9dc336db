#ifndef CNCURSES_H
#define CNCURSES_H
/// The terminal, for Swift: the only code of Reeve that includes <curses.h>.
///
/// Plain integers and structures only, because Swift sees neither curses' globals nor its macros with casts. All of it is called
/// on one thread, the one that called `cn_open`, unless a comment says otherwise.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// One column of a row. `scalar` 0: the right half of the wide character before it.
typedef struct {
  uint32_t scalar;
  /// 0, or one scalar of no width.
  uint32_t combining;
  /// From `cn_pair`.
  int32_t pair;
  /// CN_BOLD | …
  uint32_t attributes;
} cn_cell;

enum { CN_BOLD = 1, CN_DIM = 2, CN_UNDERLINE = 4, CN_REVERSE = 8, CN_ITALIC = 16 };

/// Columns of the widest row that is drawn.
enum { CN_MOST_COLUMNS = 2048 };

/* Session */

enum { CN_OPENED = 0, CN_NO_TERMINAL = 1, CN_UNKNOWN_TERM = 2 };

/// Takes over the terminal: alternate screen, raw keys, mouse and paste reports; keeps what is written to standard error until the
/// terminal is given back.
/// `kind` is the name of a terminal's description; null: the one in TERM.
int cn_open(int input, int output, const char *_Nullable kind);
/// Whether there is a description of that name. Before `cn_open`.
bool cn_knows_kind(const char *kind);
/// Gives the terminal back.
void cn_close(void);
/// Gives it back for a while: another program has it.
void cn_suspend_begin(void);
/// Takes it again and paints everything anew. False: it is still the shell's (this process is in the background).
bool cn_suspend_end(void);
/// Stops this process and its group as ^Z does anywhere; returns when it goes on.
void cn_stop_self(void);
/// Runs a shell command with a path as its last word, on the terminal, which must have been given back; returns when it is over.
///
/// - Returns: its exit status, 128 and more for a signal, or minus errno.
int cn_run_child(const char *_Nonnull command, const char *_Nonnull path);
/// Asks the system for the size of the terminal.
void cn_resize(void);
int cn_rows(void);
int cn_columns(void);
/// 0: none.
int cn_colors(void);
/// Colour numbers are 0xRRGGBB.
bool cn_is_direct(void);
/// Whether the locale that the person set is UTF-8. Before or after `cn_open`.
bool cn_is_utf8(void);

/* Drawing */

/// The pair of two colours, -1 being the terminal's own.
int cn_pair(int32_t foreground, int32_t background);
void cn_forget_pairs(void);
void cn_draw_row(int row, const cn_cell *cells, int count);
/// Sends the frame, in one piece.
void cn_flush(void);
/// Everything is painted anew with the next frame.
void cn_repaint(void);
/// Writes past curses, between frames only: a bell, OSC 52…
void cn_write(const char *bytes, size_t count);

/* Signals */

/// A descriptor on which each signal that came is one byte: SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT. -1: none.
/// SIGPIPE is ignored from then on.
int cn_signals_open(void);
/* Lets the signals through that end, stop and resize a console. */
void cn_signals_allow(void);
/// Restores the terminal when the program crashes, then lets the crash go its way.
void cn_crash_guard(void);
/// A stack for signal handlers, for the calling thread: without it a stack overflow could not restore the terminal.
void cn_alternate_stack(void);

/// A descriptor that other threads make readable.
int cn_wake_open(void);
/// From any thread.
void cn_wake(int descriptor);
void cn_wake_clear(int descriptor);

#pragma clang assume_nonnull end
#endif
