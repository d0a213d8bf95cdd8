// What kind of file system a path is on.
#pragma once

#include <cstdint>
#include <filesystem>

namespace pel::store {

// Whether other hosts may see what is written there only after a while: NFS, Lustre, GPFS, CephFS, SMB, AFS, BeeGFS,
// FUSE and their like. False where the system does not say.
[[nodiscard]] bool on_network_file_system(std::filesystem::path const& path) noexcept;

// The same by f_type of statfs(2).
[[nodiscard]] bool is_network_file_system(std::uint32_t type) noexcept;

}  // namespace pel::store
