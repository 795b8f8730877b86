#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// It shares its memory with the process that made it, and so does nothing but wait for its end.
static int wait_for_end(void *unused) {
  for (;;)
    pause();
  return unused != NULL;
}

static int write_file(pid_t process, const char *name, const char *text) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", process, name);
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0)
    return -1;
  ssize_t count = write(file, text, strlen(text));
  int error = errno;
  close(file);
  errno = error;
  return count == (ssize_t)strlen(text) ? 0 : -1;
}

static int open_namespace(pid_t process, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/%s", process, name);
  return open(path, O_RDONLY | O_CLOEXEC);
}

// Capabilities have to outlive the change of user: a namespace belongs to the effective user of its maker.
static int become_owner(uid_t user) {
  return prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) || clinux_become(user) ? -1 : 0;
}

int clinux_make_namespaces(uid_t user, const char *map, int *user_namespace, int *network_namespace) {
  const size_t size = 16384;
  char *stack = aligned_alloc(16, size);
  if (!stack)
    return -1;
  *user_namespace = -1;
  if (network_namespace)
    *network_namespace = -1;
  pid_t process = -1;
  int flags = CLONE_VM | CLONE_FILES | CLONE_NEWUSER | (network_namespace ? CLONE_NEWNET : 0) | SIGCHLD;
  if (become_owner(user) == 0)
    process = clone(wait_for_end, stack + size, flags, NULL);
  int error = errno, made = 0;
  if (process > 0) {
    errno = 0;
    made = write_file(process, "uid_map", map) == 0 && write_file(process, "gid_map", map) == 0 &&
           (*user_namespace = open_namespace(process, "user")) >= 0 &&
           (!network_namespace || (*network_namespace = open_namespace(process, "net")) >= 0);
    error = errno;
    kill(process, SIGKILL);
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR)
      ;
  }
  free(stack);
  if (made)
    return 0;
  if (*user_namespace >= 0)
    close(*user_namespace);
  *user_namespace = -1;
  errno = error;
  return -1;
}

int clinux_unshare_network(void) {
  return unshare(CLONE_NEWNET) ? -1 : open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

int clinux_configure_loopback(uint32_t other) {
  int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0)
    return -1;
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  int result = ioctl(socket_, SIOCSIFFLAGS, &loopback);
  // Of an address of class B the kernel takes all 16 bits: the whole of 169.254.0.0/16 then ends here, and with it the metadata service
  // of the machine that this one may be on.
  struct ifreq alias = {.ifr_name = "lo:1"};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = other};
  memcpy(&alias.ifr_addr, &address, sizeof address);
  if (result == 0)
    result = ioctl(socket_, SIOCSIFADDR, &alias);
  int error = errno;
  close(socket_);
  errno = error;
  return result;
}
