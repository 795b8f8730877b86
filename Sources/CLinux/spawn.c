#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Raw, since glibc's own would tell all threads.
int clinux_become(uid_t user) {
  return syscall(SYS_setgroups, 0, NULL) || syscall(SYS_setresgid, user, user, user) || syscall(SYS_setresuid, user, user, user) ? -1 : 0;
}

// In the child of a vfork: system calls only.
static int prepare(const struct clinux_program *program, const int *copies) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++)
    sigaction(number, &standard, NULL);
  setpgid(0, 0);
  umask(022);
  // A process that writes itself is moved without a wait for all others, which takes milliseconds.
  for (size_t index = 0; index < program->cgroup_count; index++)
    if (write(program->cgroups[index], "0", 1) != 1)
      return -1;
  for (size_t index = 0; index < program->limit_count; index++) {
    struct rlimit limit = {program->limits[index].value, program->limits[index].value};
    if (setrlimit(program->limits[index].resource, &limit))
      return -1;
  }
  if (program->network >= 0 && setns(program->network, CLONE_NEWNET))
    return -1;
  if (program->user != (uid_t)-1 && clinux_become(program->user))
    return -1;
  for (size_t index = 0; index < program->descriptor_count; index++)
    if (copies[index] >= 0 ? dup2(copies[index], (int)index) < 0 : close((int)index) && errno != EBADF)
      return -1;
  // Not every library opens its files close-on-exec.
  if (syscall(SYS_close_range, (unsigned)program->descriptor_count, ~0U, 0))
    for (int descriptor = (int)program->descriptor_count; descriptor < 65536; descriptor++)
      close(descriptor);
  sigset_t none;
  sigemptyset(&none);
  return sigprocmask(SIG_SETMASK, &none, NULL);
}

static pid_t start(const struct clinux_program *program, const int *copies) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  volatile int failure = 0;
  pid_t process = vfork();
  if (process == 0) {
    if (prepare(program, copies) == 0)
      execve(program->path, program->arguments, program->environment);
    failure = errno;
    _exit(127);
  }
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (process > 0 && failure) {
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR)
      ;
    error = failure;
    process = -1;
  }
  errno = error;
  return process;
}

pid_t clinux_spawn(const struct clinux_program *program) {
  size_t count = program->descriptor_count;
  int *copies = malloc(count * sizeof *copies);
  if (!copies)
    return -1;
  // Above the numbers that the child shall have, so that no dup2 overwrites what a later one copies.
  pid_t process = 0;
  for (size_t index = 0; index < count; index++) {
    copies[index] = program->descriptors[index] < 0 ? -1 : fcntl(program->descriptors[index], F_DUPFD_CLOEXEC, (int)count);
    if (copies[index] < 0 && program->descriptors[index] >= 0)
      process = -1;
  }
  if (process == 0)
    process = start(program, copies);
  int error = errno;
  for (size_t index = 0; index < count; index++)
    if (copies[index] >= 0)
      close(copies[index]);
  free(copies);
  errno = error;
  return process;
}

int clinux_limit_processes(pid_t process, unsigned count) {
  struct rlimit limit = {count, count};
  return prlimit(process, RLIMIT_NPROC, &limit, NULL);
}
