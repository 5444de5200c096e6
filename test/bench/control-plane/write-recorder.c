/*
 * Loaded before libc (LD_PRELOAD) into a process that writes files: records every write, truncation, sync and removal of
 * the files in one folder, in the order in which the process asked for them, so that every state that a power cut could
 * leave can be built afterwards. RECORD_FOLDER names the folder, RECORD_LOG the log.
 *
 * A record: type (1 byte), file (1), zero (2), length (4), offset (8), then `length` bytes; little-endian.
 * Types: 1 open (bytes: the name), 2 write, 3 sync, 4 truncate (offset: the new size), 5 remove (bytes: the name).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { OPENED = 1, WRITTEN, SYNCED, TRUNCATED, REMOVED };
enum { FDS = 4096, FILES = 64 };

static int log_fd = -1;
static char folder[512];
static unsigned char file_of[FDS]; /* 0: not one of ours */
static char names[FILES][128];
static int names_count = 1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  const char *log = getenv("RECORD_LOG"), *where = getenv("RECORD_FOLDER");
  if (!log || !where) return;
  strncpy(folder, where, sizeof folder - 1);
  log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void record(int type, int file, uint64_t offset, const void *bytes, uint32_t length) {
  unsigned char head[16] = {(unsigned char)type, (unsigned char)file, 0, 0};
  memcpy(head + 4, &length, 4);
  memcpy(head + 8, &offset, 8);
  pthread_mutex_lock(&lock);
  syscall(SYS_write, log_fd, head, sizeof head);
  if (length && bytes) syscall(SYS_write, log_fd, bytes, length);
  pthread_mutex_unlock(&lock);
}

static const char *name_in_folder(const char *path) {
  size_t length = strlen(folder);
  if (log_fd < 0 || !path || strncmp(path, folder, length) != 0 || path[length] != '/') return NULL;
  return path + length + 1;
}

static int file_named(const char *name) {
  for (int at = 1; at < names_count; at++)
    if (strcmp(names[at], name) == 0) return at;
  if (names_count == FILES) abort();
  strncpy(names[names_count], name, sizeof names[0] - 1);
  return names_count++;
}

static int opened(int fd, const char *path) {
  const char *name = name_in_folder(path);
  if (fd >= 0 && fd < FDS) {
    file_of[fd] = name ? (unsigned char)file_named(name) : 0;
    if (name) record(OPENED, file_of[fd], 0, name, (uint32_t)strlen(name));
  }
  return fd;
}

static int file_at(int fd) { return fd >= 0 && fd < FDS ? file_of[fd] : 0; }

static mode_t mode_of(int flags, va_list rest) { return flags & O_CREAT ? va_arg(rest, mode_t) : 0; }

#define OPEN(name)                                                        \
  int name(const char *path, int flags, ...) {                            \
    va_list rest;                                                         \
    va_start(rest, flags);                                                \
    mode_t mode = mode_of(flags, rest);                                   \
    va_end(rest);                                                         \
    return opened(syscall(SYS_openat, AT_FDCWD, path, flags, mode), path); \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (fd >= 0 && fd < FDS) file_of[fd] = 0;
  return syscall(SYS_close, fd);
}

#define PWRITE(name)                                                             \
  ssize_t name(int fd, const void *bytes, size_t length, off64_t offset) {       \
    ssize_t done = syscall(SYS_pwrite64, fd, bytes, length, offset);             \
    if (file_at(fd) && done > 0)                                                 \
      record(WRITTEN, file_at(fd), (uint64_t)offset, bytes, (uint32_t)done);     \
    return done;                                                                 \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int fd, const void *bytes, size_t length) {
  int file = file_at(fd);
  uint64_t offset = file ? (uint64_t)lseek64(fd, 0, SEEK_CUR) : 0;
  ssize_t done = syscall(SYS_write, fd, bytes, length);
  if (file && done > 0) record(WRITTEN, file, offset, bytes, (uint32_t)done);
  return done;
}

int fsync(int fd) {
  int done = syscall(SYS_fsync, fd);
  if (file_at(fd) && done == 0) record(SYNCED, file_at(fd), 0, NULL, 0);
  return done;
}

int fdatasync(int fd) {
  int done = syscall(SYS_fdatasync, fd);
  if (file_at(fd) && done == 0) record(SYNCED, file_at(fd), 0, NULL, 0);
  return done;
}

#define FTRUNCATE(name)                                                                  \
  int name(int fd, off64_t size) {                                                       \
    int done = syscall(SYS_ftruncate, fd, size);                                         \
    if (file_at(fd) && done == 0) record(TRUNCATED, file_at(fd), (uint64_t)size, NULL, 0); \
    return done;                                                                         \
  }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

int unlink(const char *path) {
  const char *name = name_in_folder(path);
  int done = syscall(SYS_unlink, path);
  if (name && done == 0) record(REMOVED, file_named(name), 0, name, (uint32_t)strlen(name));
  return done;
}
