// Files and directories of the operating system as a checkpoint needs them: every call checked, what is written
// durable. Writing throws WriteFailed, reading throws Damaged: who writes and who reads know no other fault.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "pel/error.hpp"

namespace pel::store {

// An open file descriptor, or none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept { swap(other); }
  Descriptor& operator=(Descriptor&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Descriptor();

  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }
  // Closes it now. Returns 0 or errno: on a network file system this is where a full disk may show.
  [[nodiscard]] int close() noexcept;

 private:
  void swap(Descriptor& other) noexcept { std::swap(fd_, other.fd_); }
  int fd_ = -1;
};

// A file being written. Each function throws WriteFailed.
class WritableFile {
 public:
  static WritableFile create(std::filesystem::path path);  // empty, whatever was there
  static WritableFile open(std::filesystem::path path);    // there already; nothing is changed

  void write_at(std::uint64_t offset, std::span<std::byte const> bytes);
  // Asks the system to get these bytes onto the disk soon: sync() then has less to wait for.
  void start_writing_back(std::uint64_t offset, std::uint64_t bytes) noexcept;
  void resize(std::uint64_t bytes);
  // Claims the disk space of the first `bytes` bytes, so that a full disk shows before the payload is written. A file
  // system that cannot do it is left alone.
  void reserve(std::uint64_t bytes);
  void sync();
  [[nodiscard]] std::uint64_t size() const;
  void close();

 private:
  WritableFile(std::filesystem::path path, int flags);
  std::filesystem::path path_;
  Descriptor descriptor_;
};

// A file being read. Each function throws Damaged.
class ReadableFile {
 public:
  explicit ReadableFile(std::filesystem::path path);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  // Fills `bytes` from `offset` on; the file must have them all. Thread-safe.
  void read_at(std::uint64_t offset, std::span<std::byte> bytes) const;
  // Asks the system to read these bytes soon, if the file has them: read_at() then has less to wait for.
  void expect(std::uint64_t offset, std::uint64_t bytes) const noexcept;
  // Lets the system forget what it has kept of the file: the next reading comes from the disk, if it can. All of it, as
  // the system keeps what it is to forget a part of, be it a page or two megabytes.
  void forget() const noexcept;
  [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  Descriptor descriptor_;
  std::uint64_t size_ = 0;
};

// Whether there is no such file, as far as this host sees; false for one that is there and cannot be opened.
[[nodiscard]] bool is_missing(std::filesystem::path const& path);

// The fault `code` (an errno) at `path`, with the bytes that are free there.
[[nodiscard]] WriteFailed write_failed(std::filesystem::path const& path, int code, std::string const& reason = {},
                                       std::int64_t bytes_wanted = -1);

// Bytes an ordinary user may still write below `path`, or next to it where it does not exist; -1 if not known.
[[nodiscard]] std::int64_t free_bytes(std::filesystem::path path) noexcept;

// Makes the directory and those above it, each durable. One that is there already is fine. Throws: WriteFailed.
void make_directories(std::filesystem::path const& path);
// The same, but the directory itself is not durable yet: for one that gets its name by a rename later.
void make_passing_directory(std::filesystem::path const& path);

// Makes the names in the directory durable. Throws: WriteFailed.
void sync_directory(std::filesystem::path const& path);

// Throws: WriteFailed.
void rename_checked(std::filesystem::path const& from, std::filesystem::path const& to);

// The directory that holds the name, "." for a name without one.
[[nodiscard]] std::filesystem::path parent_of(std::filesystem::path const& path);

}  // namespace pel::store
