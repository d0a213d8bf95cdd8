// The values of a sparse halo on one rank: as a halo's, but what changed is known, and alone shipped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bitmap.hpp"
#include "comm/sparse_shipping.hpp"
#include "engine/shared_field.hpp"

namespace pel::engine {

// Partitions read the front and write their own entries of the back, noting those that then differ.
// Invariants: 1. outside of a superstep front and back are the same for own entries; 2. bit i of a slot's written words
// says that own entry i differs; no two slots share a word, so that they may be written at the same time; 3. changed()
// says for all entries and mirrors whether the last exchange changed them.
class SparseField final : public SharedField {
 public:
  SparseField(std::shared_ptr<HaloLayout const> layout, std::size_t element_bytes);

  [[nodiscard]] std::byte* front() noexcept { return front_.get(); }
  [[nodiscard]] std::byte* back() noexcept { return back_.get(); }
  [[nodiscard]] std::uint64_t* written_words(std::size_t slot) noexcept { return words_.data() + word_first_[slot]; }
  [[nodiscard]] base::Bitmap const& changed() const noexcept { return changed_; }

  [[nodiscard]] static std::string describe(std::size_t element_bytes) {
    return "sparse " + std::to_string(element_bytes);
  }
  [[nodiscard]] std::string description() const override { return describe(element_bytes_); }
  [[nodiscard]] bool written() const override;
  void exchange(std::vector<std::uint8_t> const& published, bool shipping) override;
  void drop_unpublished(std::vector<std::size_t> const& slots) override;
  // All entries and mirrors count as changed.
  void refresh() override;

 private:
  void publish(std::size_t slot);
  void drop(std::size_t slot);

  std::size_t element_bytes_;
  std::unique_ptr<std::byte[]> front_, back_;
  std::vector<std::uint64_t> words_;     // of all slots
  std::vector<std::size_t> word_first_;  // by slot; one past the end at the back
  base::Bitmap changed_;
  comm::SparseShipping shipping_;
};

}  // namespace pel::engine
