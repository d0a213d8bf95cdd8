#include "store/file_system.hpp"

#include <sys/vfs.h>

#include <algorithm>
#include <array>

namespace pel::store {
namespace {

// Of <linux/magic.h>, and of those that are not in the kernel's tree.
constexpr std::array<std::uint32_t, 17> network_types{
    0x6969,      // NFS
    0x0bd00bd0,  // Lustre
    0x47504653,  // GPFS
    0x00c36400,  // CephFS
    0x517b,      // SMB
    0xff534d42,  // CIFS
    0xfe534d42,  // SMB 2
    0x65735546,  // FUSE
    0x5346414f,  // AFS
    0x6b414653,  // AFS of the kernel
    0x19830326,  // BeeGFS
    0xaad7aaea,  // PanFS
    0x20030528,  // OrangeFS
    0x73757245,  // Coda
    0x7461636f,  // OCFS2
    0x01161970,  // GFS2
    0x01021997,  // 9P
};

}  // namespace

bool is_network_file_system(std::uint32_t type) noexcept {
  return std::find(network_types.begin(), network_types.end(), type) != network_types.end();
}

bool on_network_file_system(std::filesystem::path const& path) noexcept {
  struct statfs about {};
  return ::statfs(path.c_str(), &about) == 0 && is_network_file_system(static_cast<std::uint32_t>(about.f_type));
}

}  // namespace pel::store
