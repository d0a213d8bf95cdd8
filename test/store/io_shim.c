/* A library for LD_PRELOAD that lets system calls on files fail, or records them. By the environment:
 *
 *   PEL_SHIM_PATH    a text in the path: other files are left alone (required)
 *   PEL_SHIM_CALL    which calls fail, with commas: open mkdir write allocate resize sync close rename link unlink list
 *                    find read
 *   PEL_SHIM_ERROR   how: EIO ENOSPC EDQUOT EROFS EACCES ENOENT EMLINK, or short: a write writes half of it
 *   PEL_SHIM_FIRST   the first that fails (1: from the beginning), counted in this process among those of the path
 *   PEL_SHIM_COUNT   how many fail (0: all from the first on)
 *   PEL_SHIM_RANK    in this rank alone (of Open MPI's)
 *   PEL_SHIM_TRACE   a file to which each call that changed something is appended, see struct record
 *
 * "write" is write, pwrite, writev and pwritev; "sync" fsync and fdatasync; a close that fails has closed; "list" is
 * readdir of the directory itself that PEL_SHIM_PATH ends with; "find" is an open for reading alone, "read" is read and
 * pread. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* One call in the trace, followed by its path, the second path of a rename or link, and the bytes of a write.
 * The whole is appended by one write(2) after the call has succeeded and before it returns, so that what one process
 * did because of another's call comes later. */
struct record {
  uint32_t kind; /* a letter: C create, T create and truncate, D mkdir, W write, S resize, Y sync, R rename, L link, U
                    unlink */
  uint32_t path_bytes, other_path_bytes, data_bytes;
  uint64_t offset; /* of a write; the size after a resize; of a sync: bytes of trace that were there when it began */
};

struct plan {
  const char *path, *calls, *error;
  long first, count;
  int active, trace;
};
static struct plan plan = {.trace = -1};
static atomic_long calls_seen;

static long number_of(const char *name, long fallback) {
  const char *text = getenv(name);
  return text == NULL ? fallback : strtol(text, NULL, 10);
}

__attribute__((constructor)) static void read_plan(void) {
  const char *rank = getenv("OMPI_COMM_WORLD_RANK");
  const char *trace = getenv("PEL_SHIM_TRACE");
  long wanted = number_of("PEL_SHIM_RANK", -1);
  plan.path = getenv("PEL_SHIM_PATH");
  plan.calls = getenv("PEL_SHIM_CALL");
  plan.error = getenv("PEL_SHIM_ERROR");
  plan.first = number_of("PEL_SHIM_FIRST", 1);
  plan.count = number_of("PEL_SHIM_COUNT", 0);
  plan.active = plan.path != NULL && (wanted < 0 || (rank != NULL && strtol(rank, NULL, 10) == wanted));
  if (trace != NULL)
    plan.trace = (int)syscall(SYS_openat, AT_FDCWD, trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int error_number(void) {
  static const struct {
    const char *name;
    int code;
  } known[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS},
               {"EACCES", EACCES}, {"ENOENT", ENOENT}, {"EMLINK", EMLINK}};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i)
    if (plan.error != NULL && strcmp(plan.error, known[i].name) == 0) return known[i].code;
  return 0;
}

/* Whether `call` is one word of the list. */
static int is_listed(const char *call) {
  size_t length = strlen(call);
  for (const char *at = plan.calls; at != NULL && (at = strstr(at, call)) != NULL; at += length) {
    int begins = at == plan.calls || at[-1] == ',';
    if (begins && (at[length] == ',' || at[length] == '\0')) return 1;
  }
  return 0;
}

static int is_ours(const char *path) { return plan.active && path != NULL && strstr(path, plan.path) != NULL; }

/* Whether this call, on a path of ours, is one that goes wrong. Says so on stderr the first time. */
static int goes_wrong(const char *call, const char *path) {
  if (!is_ours(path) || !is_listed(call)) return 0;
  long n = atomic_fetch_add(&calls_seen, 1) + 1;
  if (n == plan.first) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "io_shim: %s %s\n", call, path);
    if (syscall(SYS_write, STDERR_FILENO, line, (size_t)length) < 0) abort();
  }
  return n >= plan.first && (plan.count == 0 || n < plan.first + plan.count);
}

/* The same; then with errno set. A plan of short writes has no errors. */
static int fails(const char *call, const char *path) {
  int code = error_number();
  if (code == 0 || !goes_wrong(call, path)) return 0;
  errno = code;
  return 1;
}

/* The path behind a descriptor, relative names against a directory's; "" if there is none. */
static const char *path_of(int fd, char *buffer) {
  char link[64];
  int kept = errno;
  (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  buffer[length < 0 ? 0 : length] = '\0';
  errno = kept;
  return buffer;
}
static const char *path_at(int directory, const char *name, char *buffer) {
  if (name[0] == '/') return name;
  if (directory == AT_FDCWD) {
    if (getcwd(buffer, PATH_MAX) == NULL) return name;
  } else {
    (void)path_of(directory, buffer);
  }
  size_t length = strlen(buffer);
  (void)snprintf(buffer + length, PATH_MAX - length, "/%s", name);
  return buffer;
}

static void note(char kind, const char *path, const char *other, const void *data, size_t bytes, uint64_t offset) {
  if (plan.trace < 0 || !(is_ours(path) || is_ours(other))) return;
  int kept = errno;
  struct record head = {(uint32_t)kind, (uint32_t)strlen(path), other == NULL ? 0 : (uint32_t)strlen(other),
                        (uint32_t)bytes, offset};
  struct iovec pieces[4] = {{&head, sizeof head},
                            {(void *)path, head.path_bytes},
                            {(void *)other, head.other_path_bytes},
                            {(void *)data, bytes}};
  if (syscall(SYS_writev, plan.trace, pieces, 4) < 0) abort();
  errno = kept;
}

static uint64_t trace_bytes(void) {
  struct stat status;
  return plan.trace >= 0 && fstat(plan.trace, &status) == 0 ? (uint64_t)status.st_size : 0;
}

#define REAL(type, name, ...)       \
  static type (*real)(__VA_ARGS__); \
  if (real == NULL) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

/* Half of what was asked, in whole pages where there are some. */
static size_t shortened(const char *path, size_t bytes) {
  if (bytes < 2 || plan.error == NULL || strcmp(plan.error, "short") != 0 || !goes_wrong("write", path)) return bytes;
  return bytes >= 8192 ? bytes / 2 / 4096 * 4096 : bytes / 2;
}

static ssize_t write_anywhere(int fd, const void *data, size_t bytes, int64_t offset) {
  char buffer[PATH_MAX];
  const char *path = path_of(fd, buffer);
  if (fails("write", path)) return -1;
  size_t wanted = shortened(path, bytes);
  int64_t at = offset >= 0 ? offset : (int64_t)lseek(fd, 0, SEEK_CUR);
  ssize_t done = offset >= 0 ? syscall(SYS_pwrite64, fd, data, wanted, offset) : syscall(SYS_write, fd, data, wanted);
  if (done > 0) note('W', path, NULL, data, (size_t)done, (uint64_t)at);
  return done;
}

ssize_t write(int fd, const void *data, size_t bytes) { return write_anywhere(fd, data, bytes, -1); }
ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset) { return write_anywhere(fd, data, bytes, offset); }
ssize_t pwrite64(int fd, const void *data, size_t bytes, off_t offset) {
  return write_anywhere(fd, data, bytes, offset);
}

/* A vector is written piece by piece; less than all may be written at any time. */
static ssize_t write_vector(int fd, const struct iovec *pieces, int count, int64_t offset) {
  ssize_t all = 0;
  for (int i = 0; i < count; ++i) {
    ssize_t done = write_anywhere(fd, pieces[i].iov_base, pieces[i].iov_len, offset < 0 ? -1 : offset + all);
    if (done < 0) return all > 0 ? all : -1;
    all += done;
    if ((size_t)done < pieces[i].iov_len) break;
  }
  return all;
}
ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t offset) {
  return write_vector(fd, pieces, count, offset);
}
ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off_t offset) {
  return write_vector(fd, pieces, count, offset);
}
ssize_t writev(int fd, const struct iovec *pieces, int count) {
  char buffer[PATH_MAX];
  if (!is_ours(path_of(fd, buffer))) return syscall(SYS_writev, fd, pieces, count); /* a socket's must stay whole */
  return write_vector(fd, pieces, count, -1);
}

static ssize_t read_anywhere(int fd, void *data, size_t bytes, int64_t offset) {
  char buffer[PATH_MAX];
  if (plan.active && fails("read", path_of(fd, buffer))) return -1;
  return offset >= 0 ? syscall(SYS_pread64, fd, data, bytes, offset) : syscall(SYS_read, fd, data, bytes);
}
ssize_t read(int fd, void *data, size_t bytes) { return read_anywhere(fd, data, bytes, -1); }
ssize_t pread(int fd, void *data, size_t bytes, off_t offset) { return read_anywhere(fd, data, bytes, offset); }
ssize_t pread64(int fd, void *data, size_t bytes, off_t offset) { return read_anywhere(fd, data, bytes, offset); }

static int sync_file(int fd, long call) {
  char buffer[PATH_MAX];
  const char *path = path_of(fd, buffer);
  uint64_t before = trace_bytes();
  if (fails("sync", path)) return -1;
  int result = (int)syscall(call, fd);
  if (result == 0) note('Y', path, NULL, NULL, 0, before);
  return result;
}
int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

int close(int fd) {
  char buffer[PATH_MAX];
  int failed = plan.active && fails("close", path_of(fd, buffer));
  int code = errno;
  REAL(int, "close", int);
  int result = real(fd);
  if (!failed) return result;
  errno = code;
  return -1;
}

static int allocate(int fd, int mode, off_t offset, off_t bytes) {
  char buffer[PATH_MAX];
  const char *path = path_of(fd, buffer);
  if (fails("allocate", path)) return -1;
  int result = (int)syscall(SYS_fallocate, fd, mode, offset, bytes);
  struct stat status;
  if (result == 0 && fstat(fd, &status) == 0) note('S', path, NULL, NULL, 0, (uint64_t)status.st_size);
  return result;
}
int fallocate(int fd, int mode, off_t offset, off_t bytes) { return allocate(fd, mode, offset, bytes); }
int fallocate64(int fd, int mode, off_t offset, off_t bytes) { return allocate(fd, mode, offset, bytes); }
int posix_fallocate(int fd, off_t offset, off_t bytes) { return allocate(fd, 0, offset, bytes) == 0 ? 0 : errno; }
int posix_fallocate64(int fd, off_t offset, off_t bytes) { return allocate(fd, 0, offset, bytes) == 0 ? 0 : errno; }

static int resize(int fd, off_t bytes) {
  char buffer[PATH_MAX];
  const char *path = path_of(fd, buffer);
  if (fails("resize", path)) return -1;
  int result = (int)syscall(SYS_ftruncate, fd, bytes);
  if (result == 0) note('S', path, NULL, NULL, 0, (uint64_t)bytes);
  return result;
}
int ftruncate(int fd, off_t bytes) { return resize(fd, bytes); }
int ftruncate64(int fd, off_t bytes) { return resize(fd, bytes); }

static int open_any(int directory, const char *name, int flags, mode_t mode) {
  char buffer[PATH_MAX];
  const char *path = path_at(directory, name, buffer);
  int writes = (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0;
  if (fails(writes ? "open" : "find", path)) return -1;
  int fd = (int)syscall(SYS_openat, directory, name, flags, mode);
  if (fd >= 0 && (flags & (O_CREAT | O_TRUNC)) != 0) note((flags & O_TRUNC) != 0 ? 'T' : 'C', path, NULL, NULL, 0, 0);
  return fd;
}
#define MODE_AFTER(last)         \
  mode_t mode = 0;               \
  if ((flags & O_CREAT) != 0) {  \
    va_list rest;                \
    va_start(rest, last);        \
    mode = va_arg(rest, mode_t); \
    va_end(rest);                \
  }
int open(const char *name, int flags, ...) {
  MODE_AFTER(flags)
  return open_any(AT_FDCWD, name, flags, mode);
}
int open64(const char *name, int flags, ...) {
  MODE_AFTER(flags)
  return open_any(AT_FDCWD, name, flags, mode);
}
int openat(int directory, const char *name, int flags, ...) {
  MODE_AFTER(flags)
  return open_any(directory, name, flags, mode);
}
int openat64(int directory, const char *name, int flags, ...) {
  MODE_AFTER(flags)
  return open_any(directory, name, flags, mode);
}

int mkdir(const char *name, mode_t mode) {
  char buffer[PATH_MAX];
  const char *path = path_at(AT_FDCWD, name, buffer);
  if (fails("mkdir", path)) return -1;
  int result = (int)syscall(SYS_mkdir, name, mode);
  if (result == 0) note('D', path, NULL, NULL, 0, 0);
  return result;
}

/* A rename or a link. */
static int two_names(long call, char kind, int from_directory, const char *from, int to_directory, const char *to,
                     unsigned flags) {
  char buffer[PATH_MAX], other[PATH_MAX];
  const char *source = path_at(from_directory, from, buffer);
  const char *target = path_at(to_directory, to, other);
  if (fails(kind == 'R' ? "rename" : "link", is_ours(source) ? source : target)) return -1;
  int result = (int)syscall(call, from_directory, from, to_directory, to, flags);
  if (result == 0) note(kind, source, target, NULL, 0, 0);
  return result;
}
int rename(const char *from, const char *to) { return two_names(SYS_renameat2, 'R', AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int a, const char *from, int b, const char *to) {
  return two_names(SYS_renameat2, 'R', a, from, b, to, 0);
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  return two_names(SYS_renameat2, 'R', a, from, b, to, flags);
}
int link(const char *from, const char *to) { return two_names(SYS_linkat, 'L', AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int a, const char *from, int b, const char *to, int flags) {
  return two_names(SYS_linkat, 'L', a, from, b, to, (unsigned)flags);
}

static int remove_name(int directory, const char *name, int flags) {
  char buffer[PATH_MAX];
  const char *path = path_at(directory, name, buffer);
  if (fails("unlink", path)) return -1;
  int result = (int)syscall(SYS_unlinkat, directory, name, flags);
  if (result == 0) note('U', path, NULL, NULL, 0, 0);
  return result;
}
int unlink(const char *name) { return remove_name(AT_FDCWD, name, 0); }
int unlinkat(int directory, const char *name, int flags) { return remove_name(directory, name, flags); }
int rmdir(const char *name) { return remove_name(AT_FDCWD, name, AT_REMOVEDIR); }
int remove(const char *name) {
  return remove_name(AT_FDCWD, name, 0) == 0 || (errno == EISDIR && rmdir(name) == 0) ? 0 : -1;
}

/* Names of a directory; the shim is built with 64-bit offsets, so both calls are one. */
static int list_fails(DIR *directory) {
  char buffer[PATH_MAX];
  if (!plan.active) return 0;
  const char *path = path_of(dirfd(directory), buffer);
  size_t length = strlen(path), end = strlen(plan.path);
  return length >= end && strcmp(path + length - end, plan.path) == 0 && fails("list", path);
}
struct dirent *readdir(DIR *directory) {
  REAL(struct dirent *, "readdir", DIR *);
  return list_fails(directory) ? NULL : real(directory);
}
struct dirent64 *readdir64(DIR *directory) {
  REAL(struct dirent64 *, "readdir64", DIR *);
  return list_fails(directory) ? NULL : real(directory);
}
