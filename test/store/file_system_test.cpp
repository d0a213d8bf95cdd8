#include "store/file_system.hpp"

#include <doctest/doctest.h>

using pel::store::is_network_file_system;
using pel::store::on_network_file_system;

TEST_CASE("file systems that hosts share over a network are known by their type") {
  for (auto const type : {0x6969U, 0x0bd00bd0U, 0x47504653U, 0x00c36400U, 0xff534d42U, 0xfe534d42U, 0x65735546U})
    CHECK(is_network_file_system(type));
  for (auto const type : {0xef53U, 0x01021994U, 0x58465342U, 0x9123683eU, 0x794c7630U})  // ext4 tmpfs XFS Btrfs overlay
    CHECK_FALSE(is_network_file_system(type));
}

TEST_CASE("what is of this machine, or not there, is none of them") {
  CHECK_FALSE(on_network_file_system("/proc"));
  CHECK_FALSE(on_network_file_system("/no/such/path"));
}
