// What starting a sandbox asks of Linux beyond posix_spawn(3): namespaces, users, cgroups, loop devices and limits.
#ifndef CLINUX_SANDBOX_H
#define CLINUX_SANDBOX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// unshare(2) with CLONE_NEWNS, and CLONE_NEWUSER too when `user` is not 0.
/// Both act on the calling thread: call before any other thread exists. Returns 0, or -1 with errno.
int clinux_unshare_mounts(int user);

/// Makes every mount of this namespace private, so that nothing mounted here reaches the host. 0, or -1 with errno.
int clinux_make_mounts_private(void);

/// mount(2) of an overlay with the given option text, read-only. 0, or -1 with errno.
int clinux_mount_overlay(const char *target, const char *options);

/// umount2(2) with MNT_DETACH. 0, or -1 with errno.
int clinux_unmount(const char *target);

/// Joins the network namespace behind a descriptor, this thread only. 0, or -1 with errno.
int clinux_enter_network_namespace(int fd);

/// pipe2(2) with O_CLOEXEC. 0, or -1 with errno.
int clinux_pipe(int fds[2]);

/// fcntl(2) with F_SETPIPE_SZ: the pipe's new size in bytes, or -1 with errno.
int clinux_resize_pipe(int fd, int size);

/// A limit of a process (getrlimit(2)), soft and hard.
struct clinux_limit {
  int resource;
  unsigned long long value;
};

/// A program to start.
struct clinux_program {
  const char *path;
  /// Each ends with NULL.
  char *const *arguments;
  char *const *environment;
  /// What stands for the child's descriptors from 0 on; -1 where it has none. It has no others.
  const int *descriptors;
  size_t descriptor_count;
  /// Open files of cgroups, `tasks` or `cgroup.procs`, to which the child writes itself before it is the program.
  const int *cgroups;
  size_t cgroup_count;
  const struct clinux_limit *limits;
  size_t limit_count;
  /// A network namespace to start in; -1 for the caller's.
  int network;
  /// The user and group to start as, with no other groups; (uid_t)-1 for the caller's.
  uid_t user;
};

/// Starts a program in a process group of its own, with the umask 022 and signals as a fresh process has them. Its process id, or -1 with errno.
pid_t clinux_spawn(const struct clinux_program *program);

/// Makes this thread alone a user's and its group's, in no other groups. 0, or -1 with errno.
int clinux_become(uid_t user);

/// Makes a user namespace that belongs to a user, and a network namespace in it unless `network_namespace` is null.
///
/// `map` is the text of its uid_map and gid_map. Both descriptors are close-on-exec. The calling thread becomes that user, keeps its
/// capabilities, and has to end afterwards. 0, or -1 with errno, when both are -1.
int clinux_make_namespaces(uid_t user, const char *map, int *user_namespace, int *network_namespace);

/// unshare(2) with CLONE_NEWNET, this thread only: a descriptor of its new network namespace, or -1 with errno.
int clinux_unshare_network(void);

/// Brings up the loopback of this thread's network namespace, with 127.0.0.1 and another address, in network order, of a network of
/// 16 bits. 0, or -1 with errno.
int clinux_configure_loopback(uint32_t other);

/// Attaches a file to a free loop device, which is free again when nothing has it open or mounted any more.
///
/// A descriptor of the device, whose number is in `*number`, or -1 with errno.
int clinux_attach_loop(int file, int *number);

/// mount(2) of an ext4 or a tmpfs for a function's files: no devices, no set-user-ID. 0, or -1 with errno.
int clinux_mount_volume(const char *source, const char *target, const char *type, const char *options);

/// Unmounts an ext4 whose files no one needs any more, without writing them first; a folder where nothing is mounted stays as it is. 0, or
/// -1 with errno.
int clinux_discard_volume(const char *target);

/// Copies what a file holds to another of the same size, and leaves holes holes. 0, or -1 with errno.
int clinux_copy_sparse(int source, int target);

/// prlimit(2) of another process: of how many processes its user may have, soft and hard. 0, or -1 with errno.
int clinux_limit_processes(pid_t process, unsigned count);

#endif
