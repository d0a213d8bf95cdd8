#include "store/writer_thread.hpp"

#include <doctest/doctest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <future>
#include <iterator>
#include <memory>
#include <system_error>
#include <vector>

using pel::store::WriterThread;

namespace {

std::ptrdiff_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

}  // namespace

TEST_CASE("there is no thread before the first task, and none after the end") {
  auto const before = threads_of_this_process();
  {
    WriterThread writer;
    CHECK(writer.idle());
    writer.wait();
    CHECK(threads_of_this_process() == before);

    writer.post([] {});
    CHECK(threads_of_this_process() == before + 1);
  }
  CHECK(threads_of_this_process() == before);
}

TEST_CASE("tasks run one after the other on one thread that is not this one") {
  WriterThread writer;
  std::vector<std::thread::id> ran;
  for (int i = 0; i < 1000; ++i) {
    writer.post([&] { ran.push_back(std::this_thread::get_id()); });
    writer.wait();
    CHECK(writer.idle());
  }

  REQUIRE(ran.size() == 1000);
  CHECK(ran.front() != std::this_thread::get_id());
  for (auto const& id : ran) CHECK(id == ran.front());
}

TEST_CASE("a task that runs is seen, and wait() returns when it is done") {
  WriterThread writer;
  std::promise<void> go;
  std::atomic<bool> done = false;

  writer.post([&] {
    go.get_future().wait();
    done = true;
  });
  CHECK_FALSE(writer.idle());
  CHECK_FALSE(done);
  go.set_value();
  writer.wait();

  CHECK(done);
  CHECK(writer.idle());
}

TEST_CASE("what a task holds is freed when it is done") {
  WriterThread writer;
  auto const held = std::make_shared<int>(1);

  writer.post([held] {});
  writer.wait();

  CHECK(held.use_count() == 1);
}

TEST_CASE("the end waits for a task that was posted") {
  std::atomic<int> ran = 0;
  for (int round = 0; round < 100; ++round) {
    WriterThread writer;
    writer.post([&] { ++ran; });
  }
  CHECK(ran == 100);
}

TEST_CASE("the thread comes after all else and leaves signals to the others") {
  WriterThread writer;
  int priority = -1;
  sigset_t blocked;
  sigemptyset(&blocked);

  writer.post([&] {
    priority = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  });
  writer.wait();

  CHECK(priority >= 10);
  for (int const signal : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGHUP}) CHECK(sigismember(&blocked, signal) == 1);
}

TEST_CASE("where there can be no thread, posting says so and nothing waits for ever") {
  WriterThread writer;
  pthread_attr_t usual, huge;
  pthread_getattr_default_np(&usual);
  pthread_getattr_default_np(&huge);
  pthread_attr_setstacksize(&huge, std::size_t{1} << 47U);
  REQUIRE(pthread_setattr_default_np(&huge) == 0);

  CHECK_THROWS_AS(writer.post([] {}), std::system_error);
  pthread_setattr_default_np(&usual);

  CHECK(writer.idle());
  writer.wait();
  bool ran = false;
  writer.post([&] { ran = true; });
  writer.wait();
  CHECK(ran);
}
