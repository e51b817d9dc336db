#ifndef CNETWORKS_H
#define CNETWORKS_H
#include <stddef.h>

/// Listens to all that passes an interface of another network namespace.
///
/// - Parameters:
///   - name_space: its file, as /run/netns/name.
///   - interface: its name there.
/// - Returns: a descriptor from which whole Ethernet frames are read, or minus errno.
int cnetworks_capture(const char *_Nonnull name_space, const char *_Nonnull interface);

/// The same, without what is sent through it: whole Ethernet frames are read from the descriptor, and written to it.
int cnetworks_join(const char *_Nonnull name_space, const char *_Nonnull interface);

/// Lets an interface send frames as they travel on a wire: no longer than that, and with their checksums.
///
/// - Returns: 0, or minus errno.
int cnetworks_make_plain(const char *_Nonnull name_space, const char *_Nonnull interface);

#endif
