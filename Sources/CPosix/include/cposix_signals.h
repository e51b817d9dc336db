#ifndef CPOSIX_SIGNALS_H
#define CPOSIX_SIGNALS_H

/// Blocks these signals in the calling thread and makes them readable from a descriptor (non-blocking, close-on-exec).
///
/// - Returns: the descriptor, or minus errno.
int cposix_signal_descriptor(const int *_Nonnull signals, int count);

/// Takes one signal that came: its number, 0 when there is none now, or minus errno.
int cposix_next_signal(int descriptor);

/// Finds a child that has ended and leaves it as it is: its id and that of its group stay taken until it is waited for.
///
/// - Returns: its id, 0 when there is none, or minus errno.
int cposix_ended_child(void);

/// Whether one child has ended, leaving it as it is. 1, 0, or minus errno.
int cposix_has_ended(int child);

/// Makes the calling process the one that orphans below it are handed to. 0, or minus errno.
int cposix_adopt_orphans(void);

#endif
