#include "data/debian.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "data/program_output.hpp"
#include "pel/error.hpp"
#include "support/serial_test.hpp"

using pel::data::package_descriptions;
using pel::data::package_graph;

namespace {

using Names = std::vector<std::string>;
using Edges = std::vector<std::pair<std::string, std::string>>;

Edges named_edges(pel::data::PackageGraph const& graph) {
  Edges edges;
  for (auto const& [source, target] : graph.edges) edges.emplace_back(graph.names.at(source), graph.names.at(target));
  return edges;
}

// All that a list can have: versions, architectures, alternatives, virtual packages, two versions of one package.
constexpr auto const* list =
    "Package: zsh\n"
    "Version: 5\n"
    "Depends: libc6 (>= 2.36), libc6 (<< 3), none | libcap2 | libc6, debconf (>= 0.5) | debconf-2.0\n"
    "Pre-Depends: dpkg:any (>= 1.15)\n"
    "\n"
    "Package: libc6\n"
    "Provides: libc-virtual (= 2.36)\n"
    "Depends: libgcc-s1 [amd64],\n"
    " crypt-virtual,\n"
    "\tlibc6 | zsh\n"
    "\n"
    "Package: libcap2\n"
    "Depends: no-such-package | nor-this, libc-virtual\n"
    "\n"
    "Package: libgcc-s1\n"
    "depends: libc6\n"
    "Provides: crypt-virtual, mail\n"
    "\n"
    "Package: libcrypt1\n"
    "Provides: crypt-virtual (= 1), libc-virtual, libc-virtual\n"
    "Recommends: zsh\n"
    "\n"
    "Package: zsh\n"
    "Version: 6\n"
    "Depends: mail <!nocheck>\n"
    "\n"
    "Package: dpkg\n"
    "Provides: zsh\n"
    "Depends: zsh\n";

}  // namespace

TEST_CASE("each clause is an edge to its first alternative that exists, a virtual one to all that provide it") {
  auto const graph = package_graph(list);

  CHECK(graph.names == Names{"dpkg", "libc6", "libcap2", "libcrypt1", "libgcc-s1", "zsh"});
  CHECK(named_edges(graph) == Edges{{"dpkg", "zsh"},
                                    {"libc6", "libcrypt1"},
                                    {"libc6", "libgcc-s1"},
                                    {"libcap2", "libc6"},
                                    {"libcap2", "libcrypt1"},
                                    {"libgcc-s1", "libc6"},
                                    {"zsh", "dpkg"},
                                    {"zsh", "libc6"},
                                    {"zsh", "libcap2"},
                                    {"zsh", "libgcc-s1"}});
}

TEST_CASE("line ends of other systems and blank lines of blanks change nothing") {
  std::string other;
  for (std::string_view const text = list; char const c : text) other += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(named_edges(package_graph(other)) == named_edges(package_graph(list)));
  CHECK(package_graph("Package: b\nDepends: a\n \t\nPackage: a").edges.size() == 1);
}

TEST_CASE("any text gives a graph") {
  for (auto const* const text :
       {"", "\n\n\n", "no field", ":", "Package:", "Package: \nDepends: x", " a\n b", "Depends: a\n\nPackage: a",
        "Package: a\nDepends: ,,|,| ,(>= 1),[x],:any\nProvides: ,,\n", "\xFF\xFE", "Package: a\nDepends:"}) {
    CAPTURE(text);
    auto const graph = package_graph(text);
    CHECK(graph.names.size() <= 1);
    CHECK(graph.edges.empty());
  }
}

TEST_CASE("descriptions come line by line, without what only lays them out") {
  CHECK(package_descriptions("Package: a\n"
                             "Description-en: small tool\n"
                             " It does one thing:\n"
                             " .\n"
                             "  * well\n"
                             "Description-md5: 0123\n"
                             "\n"
                             "Package: b\n"
                             "Description: other\r\n"
                             "Section: x\n") == "small tool\nIt does one thing:\n * well\nother\n");
  CHECK(package_descriptions("").empty());
}

TEST_CASE("what a program prints is read whole") {
  CHECK(pel::data::program_output({"printf", "%s", "a b"}) == "a b");
  CHECK(pel::data::program_output({"head", "-c", "300000", "/dev/zero"}) == std::string(300'000, '\0'));
  CHECK(pel::data::program_output({"cat"}).empty());
}

TEST_CASE("a program that is missing or fails is a system error") {
  CHECK_THROWS_AS((void)pel::data::program_output({"pel-no-such-program"}), pel::SystemError);
  try {
    (void)pel::data::program_output({"sh", "-c", "echo out; echo because >&2; exit 3"});
    FAIL("not refused");
  } catch (pel::SystemError const& error) {
    CHECK(error.code == 3);
    CHECK(error.text == "ended with exit code 3: because");
  }
  try {
    (void)pel::data::program_output({"sh", "-c", "kill -9 $$"});
    FAIL("not refused");
  } catch (pel::SystemError const& error) {
    CHECK(error.code == 137);
  }
}

TEST_CASE("this machine's lists give a graph") {
  std::string lists;
  try {
    lists = pel::data::package_lists();
  } catch (pel::SystemError const& error) {
    return pel::test::skip(error.text);
  }
  auto const graph = package_graph(lists);
  if (graph.names.size() < 1000)
    return pel::test::skip("this machine knows only " + std::to_string(graph.names.size()) + " packages");
  CHECK(graph.edges.size() > graph.names.size());
  CHECK(package_descriptions(lists).size() > 20 * graph.names.size());
}
