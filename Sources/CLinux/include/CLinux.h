// Linux calls that Swift's Glibc module leaves out: they are variadic, macros, or behind _GNU_SOURCE.
#ifndef CLINUX_H
#define CLINUX_H

#include "sandbox.h"

#include <stdio.h>
#include <sys/types.h>

/// openat2(2) with RESOLVE_IN_ROOT: opens what a path names as if the folder were the root, whatever links are on the way.
/// The descriptor is one for the calls that take a folder's (O_PATH), and must be a folder's when `folder` is not 0. -1 with errno.
int clinux_open_in_root(int root, const char *path, int folder);

/// openat(2) of a folder for the calls that take a folder's descriptor (O_PATH); a link is none. A descriptor, or -1 with errno.
int clinux_open_folder(int parent, const char *name);

/// syncfs(2): writes all of the descriptor's file system to the disk. 0, or -1 with errno.
int clinux_sync_file_system(int fd);

/// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: begins to write a range to disk, and waits for nothing. 0, or -1 with errno.
int clinux_start_writeback(int fd, off_t offset, off_t length);

/// preadv2(2) with RWF_NOWAIT: what of a file's range is in memory already, which may be less than asked for. Bytes, or -1 with errno.
ssize_t clinux_read_cached(int fd, void *buffer, size_t count, off_t offset);

/// memmem(3): the first place of a piece in bytes, or null.
const void *clinux_memmem(const void *bytes, size_t count, const void *piece, size_t piece_count);

/// fopencookie(3): a stream of what another gives, which fails once `*left` bytes were read, and counts that down. It owns the other
/// stream, and `left` has to outlive it. NULL with errno, when the other stream is the caller's still.
FILE *clinux_bounded_stream(FILE *stream, size_t *left);

/// mallopt(3) with M_MMAP_THRESHOLD: allocations from so many bytes on go back to the system when they are freed. 1, or 0.
int clinux_return_freed(int bytes);

#endif
