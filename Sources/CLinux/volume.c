#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

// include/uapi/linux/ext4.h, which older headers lack.
#define EXT4_IOC_SHUTDOWN _IOR('X', 125, uint32_t)
#define EXT4_GOING_FLAGS_NOLOGFLUSH 2

static int attach(int control, int file, int *number) {
  *number = ioctl(control, LOOP_CTL_GET_FREE);
  if (*number < 0)
    return -1;
  char path[32];
  snprintf(path, sizeof path, "/dev/loop%d", *number);
  int device = open(path, O_RDWR | O_CLOEXEC);
  if (device < 0)
    return -1;
  // Direct: what a function writes is in the page cache once, not twice.
  struct loop_config config = {
      .fd = (uint32_t)file, .block_size = 4096, .info = {.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO}};
  if (ioctl(device, LOOP_CONFIGURE, &config) == 0)
    return device;
  int error = errno;
  close(device);
  errno = error;
  return -1;
}

int clinux_attach_loop(int file, int *number) {
  int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0)
    return -1;
  int device = -1;
  // Another process may take the one that was free.
  for (int tries = 0; device < 0 && tries < 64; tries++) {
    device = attach(control, file, number);
    if (device < 0 && errno != EBUSY)
      break;
  }
  int error = errno;
  close(control);
  errno = error;
  return device;
}

int clinux_mount_volume(const char *source, const char *target, const char *type, const char *options) {
  return mount(source, target, type, MS_NODEV | MS_NOSUID | MS_NOATIME, options);
}

int clinux_discard_volume(const char *target) {
  int folder = open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    uint32_t how = EXT4_GOING_FLAGS_NOLOGFLUSH;
    struct stat own, parent;
    // Where nothing is mounted, the file system is the machine's.
    if (fstat(folder, &own) == 0 && fstatat(folder, "..", &parent, 0) == 0 && own.st_dev != parent.st_dev)
      ioctl(folder, EXT4_IOC_SHUTDOWN, &how);
    close(folder);
  }
  return umount2(target, MNT_DETACH);
}

int clinux_copy_sparse(int source, int target) {
  off_t start = 0;
  while ((start = lseek(source, start, SEEK_DATA)) >= 0) {
    off_t end = lseek(source, start, SEEK_HOLE);
    if (end < 0)
      return -1;
    off64_t from = start, to = start;
    while (from < end) {
      ssize_t count = copy_file_range(source, &from, target, &to, (size_t)(end - from), 0);
      if (count <= 0) {
        if (count == 0)
          errno = EIO;
        return -1;
      }
    }
    start = end;
  }
  return errno == ENXIO ? 0 : -1;
}
