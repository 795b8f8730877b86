#define _GNU_SOURCE
#include "CLinux.h"

#include <stdlib.h>

struct bounded_source {
  FILE *stream;
  size_t *left;
};

static ssize_t bounded_read(void *cookie, char *buffer, size_t size) {
  struct bounded_source *source = cookie;
  if (*source->left == 0)
    return -1;
  size_t count = fread(buffer, 1, size < *source->left ? size : *source->left, source->stream);
  *source->left -= count;
  return ferror(source->stream) ? -1 : (ssize_t)count;
}

static int bounded_close(void *cookie) {
  struct bounded_source *source = cookie;
  int result = fclose(source->stream);
  free(source);
  return result;
}

FILE *clinux_bounded_stream(FILE *stream, size_t *left) {
  struct bounded_source *source = malloc(sizeof *source);
  if (!source)
    return NULL;
  *source = (struct bounded_source){.stream = stream, .left = left};
  cookie_io_functions_t functions = {.read = bounded_read, .close = bounded_close};
  FILE *bounded = fopencookie(source, "r", functions);
  if (!bounded)
    free(source);
  return bounded;
}
