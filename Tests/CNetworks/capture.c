#define _GNU_SOURCE
#include "cnetworks.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
  const char *name_space;
  const char *interface;
  int (*work)(const char *interface);
  int result;
};

static int capture_here(const char *interface) {
  unsigned index = if_nametoindex(interface);
  if (index == 0) return -errno;
  int packets = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
  if (packets < 0) return -errno;
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)index};
  if (bind(packets, (struct sockaddr *)&address, sizeof address) != 0) {
    int code = -errno;
    close(packets);
    return code;
  }
  return packets;
}

static int join_here(const char *interface) {
  int packets = capture_here(interface);
  int yes = 1;
  if (packets >= 0 && setsockopt(packets, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) != 0) {
    int code = -errno;
    close(packets);
    return code;
  }
  return packets;
}

static int make_plain_here(const char *interface) {
  static const unsigned features[] = {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_STXCSUM};
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return -errno;
  int code = 0;
  for (size_t at = 0; at < sizeof features / sizeof *features; at++) {
    struct ethtool_value value = {.cmd = features[at], .data = 0};
    struct ifreq request = {.ifr_data = (void *)&value};
    strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
    if (ioctl(control, SIOCETHTOOL, &request) != 0) code = -errno;
  }
  close(control);
  return code;
}

// A namespace belongs to a thread; a socket stays in the one where it was made.
static void *in_thread(void *argument) {
  struct request *request = argument;
  int file = open(request->name_space, O_RDONLY | O_CLOEXEC);
  if (file < 0 || setns(file, CLONE_NEWNET) != 0) {
    request->result = -errno;
  } else {
    request->result = request->work(request->interface);
  }
  if (file >= 0) close(file);
  return NULL;
}

static int there(const char *name_space, const char *interface, int (*work)(const char *)) {
  struct request request = {.name_space = name_space, .interface = interface, .work = work, .result = -EINVAL};
  pthread_t thread;
  int code = pthread_create(&thread, NULL, in_thread, &request);
  if (code != 0) return -code;
  pthread_join(thread, NULL);
  return request.result;
}

int cnetworks_capture(const char *name_space, const char *interface) { return there(name_space, interface, capture_here); }
int cnetworks_join(const char *name_space, const char *interface) { return there(name_space, interface, join_here); }
int cnetworks_make_plain(const char *name_space, const char *interface) {
  return there(name_space, interface, make_plain_here);
}
