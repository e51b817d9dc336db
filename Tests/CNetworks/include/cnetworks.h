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

#endif
