// doctest's own code, for the one source file of a binary that has main(). A sanitizer's report of a bad access is
// better than doctest's one line, so doctest then leaves the signals alone.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#endif
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
