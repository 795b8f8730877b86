#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int clinux_unshare_mounts(int user) {
  return unshare(CLONE_NEWNS | (user ? CLONE_NEWUSER : 0));
}

int clinux_make_mounts_private(void) {
  return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int clinux_mount_overlay(const char *target, const char *options) {
  return mount("overlay", target, "overlay", MS_RDONLY | MS_NODEV | MS_NOSUID, options);
}

int clinux_unmount(const char *target) {
  return umount2(target, MNT_DETACH);
}

int clinux_enter_network_namespace(int fd) {
  return setns(fd, CLONE_NEWNET);
}

int clinux_sync_file_system(int fd) {
  return syncfs(fd);
}

int clinux_pipe(int fds[2]) {
  return pipe2(fds, O_CLOEXEC);
}

int clinux_resize_pipe(int fd, int size) {
  return fcntl(fd, F_SETPIPE_SZ, size);
}

int clinux_open_in_root(int root, const char *path, int folder) {
  struct open_how how = {
      .flags = O_PATH | O_CLOEXEC | (folder ? O_DIRECTORY : 0),
      .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
  };
  long result;
  // A path with ".." asks for another try while anything of the machine is renamed.
  for (int attempt = 0; attempt < 64; attempt++) {
    result = syscall(SYS_openat2, root, path, &how, sizeof how);
    if (result >= 0 || errno != EAGAIN)
      break;
  }
  return (int)result;
}

int clinux_open_folder(int parent, const char *name) {
  return openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int clinux_start_writeback(int fd, off_t offset, off_t length) {
  return sync_file_range(fd, offset, length, SYNC_FILE_RANGE_WRITE);
}

ssize_t clinux_read_cached(int fd, void *buffer, size_t count, off_t offset) {
  struct iovec piece = {.iov_base = buffer, .iov_len = count};
  return preadv2(fd, &piece, 1, offset, RWF_NOWAIT);
}

const void *clinux_memmem(const void *bytes, size_t count, const void *piece, size_t piece_count) {
  return memmem(bytes, count, piece, piece_count);
}

int clinux_return_freed(int bytes) {
  return mallopt(M_MMAP_THRESHOLD, bytes);
}
