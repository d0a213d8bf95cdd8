// The doctest listener of both mains: follows which test case runs and counts how each ends.
#pragma once

#include <doctest/doctest.h>

#include "support/test_run.hpp"

namespace pel::test {

class Listener : public doctest::IReporter {
 public:
  explicit Listener(doctest::ContextOptions const&) {}

  void test_case_start(doctest::TestCaseData const& test_case) override {
    test_run().test_case = test_case.m_name;
    test_run().skips = false;
  }
  void test_case_end(doctest::CurrentTestCaseStats const& stats) override {
    count(test_run().skips, stats.failure_flags != 0);
  }

  void report_query(doctest::QueryData const&) override {}
  void test_run_start() override {}
  void test_run_end(doctest::TestRunStats const&) override {}
  void test_case_reenter(doctest::TestCaseData const&) override {}
  void test_case_exception(doctest::TestCaseException const&) override {}
  void subcase_start(doctest::SubcaseSignature const&) override {}
  void subcase_end() override {}
  void log_assert(doctest::AssertData const&) override {}
  void log_message(doctest::MessageData const&) override {}
  void test_case_skipped(doctest::TestCaseData const&) override {}

 protected:
  static void count(bool skipped, bool failed) {
    test_run().run += 1;
    test_run().skipped += skipped ? 1 : 0;
    test_run().failed += failed ? 1 : 0;
  }
};

}  // namespace pel::test
