#define _GNU_SOURCE
#include "cnetworks.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
  const char *name_space;
  const char *interface;
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

// A namespace belongs to a thread; a socket stays in the one where it was made.
static void *in_thread(void *argument) {
  struct request *request = argument;
  int file = open(request->name_space, O_RDONLY | O_CLOEXEC);
  if (file < 0 || setns(file, CLONE_NEWNET) != 0) {
    request->result = -errno;
  } else {
    request->result = capture_here(request->interface);
  }
  if (file >= 0) close(file);
  return NULL;
}

int cnetworks_capture(const char *name_space, const char *interface) {
  struct request request = {.name_space = name_space, .interface = interface, .result = -EINVAL};
  pthread_t thread;
  int code = pthread_create(&thread, NULL, in_thread, &request);
  if (code != 0) return -code;
  pthread_join(thread, NULL);
  return request.result;
}
