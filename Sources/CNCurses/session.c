#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* <term.h> pollutes the name space; these are all that is wanted of it. */
extern char *tigetstr(const char *);
extern int tigetflag(const char *);
extern int tputs(const char *, int, int (*)(int));

static SCREEN *screen;
static int in_no = 0, out_no = 1;
static struct termios saved_modes;
static bool have_modes;
static char restore_bytes[512];
static size_t restore_count;

/* Mouse (presses, releases and drags, in SGR form), bracketed paste. */
static const char modes_on_bytes[] = "\033[?2004h\033[?1000h\033[?1002h\033[?1006h";
static const char modes_off_bytes[] = "\033[?1006l\033[?1002l\033[?1000l\033[?2004l";

static void modes_on(void) { cn_write(modes_on_bytes, sizeof modes_on_bytes - 1); }
static void modes_off(void) { cn_write(modes_off_bytes, sizeof modes_off_bytes - 1); }

static int remember_char(int c) {
  if (restore_count < sizeof restore_bytes) restore_bytes[restore_count++] = (char)c;
  return c;
}

static void remember(const char *capability) {
  const char *text = tigetstr(capability);
  if (text == NULL || text == (char *)-1) return;
  tputs(text, 1, remember_char); /* not a copy: vt100's sgr0 has a padding mark in it */
}

static void remember_bytes(const char *text) {
  for (; *text != 0; text++) remember_char((unsigned char)*text);
}

void cn_restore_terminal(void) {
  if (screen != NULL) {
    ssize_t ignored = write(out_no, restore_bytes, restore_count);
    (void)ignored;
    if (have_modes) tcsetattr(in_no, TCSANOW, &saved_modes);
  }
  cn_release_errors();
}

bool cn_is_utf8(void) {
  setlocale(LC_CTYPE, "");
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int cn_open(int input, int output, const char *kind) {
  setlocale(LC_CTYPE, "");
  /* LC_ALL=C, or a locale that this machine lacks: curses would drop everything that is not ASCII. */
  if (MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
  in_no = input;
  out_no = output;
  have_modes = tcgetattr(input, &saved_modes) == 0;
  if (!have_modes || !isatty(output)) return CN_NO_TERMINAL;
  /* Left behind by somebody else, curses' flush would spin on it. */
  fcntl(output, F_SETFL, fcntl(output, F_GETFL) & ~O_NONBLOCK);
  FILE *in_file = input == 0 ? stdin : fdopen(dup(input), "r");
  FILE *out_file = fdopen(fcntl(output, F_DUPFD_CLOEXEC, 10), "w");
  if (in_file == NULL || out_file == NULL) return CN_NO_TERMINAL;
  use_env(true);
  use_tioctl(true); /* the system's size wins over a stale $LINES or $COLUMNS */
  set_escdelay(25);
  screen = newterm(kind, out_file, in_file);
  if (screen == NULL) return CN_UNKNOWN_TERM;
  set_term(screen);
  raw(); /* ^Z ^C ^S ^Q are keys */
  noecho();
  nonl();
  intrflush(stdscr, false);
  keypad(stdscr, true);
  curs_set(0);
  typeahead(-1);
  idlok(stdscr, true);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  restore_count = 0;
  remember_bytes(modes_off_bytes);
  remember("sgr0");
  remember("op");
  remember("cnorm");
  remember("rmkx");
  remember("rmcup");
  remember_bytes("\r\n");
  refresh();
  /* curses flushes after every movement of the cursor until the first endwin + refresh: newterm leaves its state "initial", and
     only that makes it "running". Without it a frame goes out in two hundred pieces. */
  endwin();
  refresh();
  modes_on();
  cn_capture_errors();
  return CN_OPENED;
}

void cn_close(void) {
  if (screen == NULL) return;
  modes_off();
  endwin();
  delscreen(screen);
  screen = NULL;
  cn_release_errors();
}

void cn_suspend_begin(void) {
  modes_off();
  endwin();
}

bool cn_suspend_end(void) {
  /* After "bg", or "kill %1" of a stopped job, SIGCONT comes while the terminal is the shell's: touching it then would stop us
     again, with SIGTTOU. */
  if (tcgetpgrp(in_no) != getpgrp()) return false;
  reset_prog_mode(); /* a SIGSTOP from outside skipped endwin, and the shell may have changed the modes */
  cn_resize();
  clearok(curscr, true);
  refresh();
  modes_on();
  return true;
}

void cn_stop_self(void) {
  struct sigaction old, standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &standard, &old);
  kill(0, SIGTSTP); /* the whole group, as the terminal's driver does; where there is no job control nothing happens */
  sigaction(SIGTSTP, &old, NULL);
}

void cn_resize(void) {
  struct winsize size;
  if (ioctl(out_no, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
    if (is_term_resized(size.ws_row, size.ws_col)) resizeterm(size.ws_row, size.ws_col);
}

int cn_rows(void) { return getmaxy(stdscr); }
int cn_columns(void) { return getmaxx(stdscr); }
int cn_colors(void) { return has_colors() ? COLORS : 0; }
bool cn_is_direct(void) { return tigetflag("RGB") > 0; }

void cn_write(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(out_no, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}
