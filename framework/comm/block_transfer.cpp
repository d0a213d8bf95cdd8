#include "comm/block_transfer.hpp"

#include <algorithm>
#include <utility>

#include "comm/native.hpp"

namespace pel::comm {
namespace {

// The bytes of a block of a stream: whole granules, at least one.
std::uint64_t block_of(std::size_t block_bytes, std::uint64_t granule) {
  return std::max<std::uint64_t>(1, block_bytes / granule) * granule;
}

}  // namespace

// One call of run(): the requests in flight, each with what is to be done when it completes.
class BlockTransfer::Run {
 public:
  Run(BlockTransfer& transfer, std::span<OutStream const> out, std::span<InStream const> in, int tag)
      : transfer_(transfer), out_(out), in_(in), tag_(tag), received_(in.size()), sent_(out.size()) {}

  void all() {
    for (std::size_t i = 0; i < in_.size(); ++i)
      for (int k = 0; k < transfer_.settings_.receives_ahead; ++k) post_receive(i);
    auto const at_once =
        std::min<std::size_t>(out_.size(), static_cast<std::size_t>(transfer_.settings_.ranks_at_once));
    if (transfer_.staging_.size() < 2 * at_once) transfer_.staging_.resize(2 * at_once);
    next_stream_ = at_once;
    for (std::size_t i = 0; i < at_once; ++i)
      for (std::size_t half = 0; half < 2; ++half) post_send(i, 2 * i + half);
    std::vector<int> done(requests_.size());
    while (!requests_.empty()) {
      int n = 0;
      done.resize(requests_.size());
      check(MPI_Waitsome(static_cast<int>(requests_.size()), requests_.data(), &n, done.data(), MPI_STATUSES_IGNORE),
            "MPI_Waitsome", transfer_.communicator_);
      for (int k = 0; k < n; ++k) complete(static_cast<std::size_t>(done[static_cast<std::size_t>(k)]));
      drop_completed();
    }
  }

 private:
  struct Purpose {
    std::size_t stream;
    std::size_t staging;  // npos: a receive
  };
  static constexpr std::size_t receiving = ~std::size_t{0};

  void complete(std::size_t request) {
    auto const purpose = purposes_[request];
    if (purpose.staging == receiving)
      post_receive(purpose.stream);
    else
      post_send(purpose.stream, purpose.staging);
  }

  void drop_completed() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      if (requests_[i] == MPI_REQUEST_NULL) continue;
      requests_[kept] = requests_[i];
      purposes_[kept++] = purposes_[i];
    }
    requests_.resize(kept);
    purposes_.resize(kept);
  }

  void post_receive(std::size_t i) {
    auto const& stream = in_[i];
    if (received_[i] == stream.bytes) return;
    auto const block = block_of(transfer_.settings_.block_bytes, stream.granule);
    auto const n = std::min(block, stream.bytes - received_[i]);
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Irecv(stream.data + received_[i], static_cast<int>(n), MPI_BYTE, stream.from, tag_,
                    transfer_.communicator_.native().handle(), &request),
          "MPI_Irecv", transfer_.communicator_);
    received_[i] += n;
    requests_.push_back(request);
    purposes_.push_back({i, receiving});
  }

  // The next block of a stream; when it has none, the staging buffer goes to the next stream that waits.
  void post_send(std::size_t i, std::size_t staging) {
    if (sent_[i] == out_[i].bytes) {
      if (next_stream_ == out_.size()) return;
      i = next_stream_++;
      if (out_[i].bytes == 0) return post_send(i, staging);
    }
    auto const& stream = out_[i];
    auto const block = block_of(transfer_.settings_.block_bytes, stream.granule);
    auto const n = std::min(block, stream.bytes - sent_[i]);
    auto block_bytes = stream.in_place ? stream.in_place(sent_[i], n) : std::span<std::byte const>();
    if (block_bytes.empty()) {
      auto& buffer = transfer_.staging_[staging];
      if (buffer.size() < n) buffer.resize(n);
      stream.fill(sent_[i], {buffer.data(), n});
      block_bytes = {buffer.data(), n};
    }
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Isend(block_bytes.data(), static_cast<int>(n), MPI_BYTE, stream.to, tag_,
                    transfer_.communicator_.native().handle(), &request),
          "MPI_Isend", transfer_.communicator_);
    sent_[i] += n;
    requests_.push_back(request);
    purposes_.push_back({i, staging});
  }

  BlockTransfer& transfer_;
  std::span<OutStream const> out_;
  std::span<InStream const> in_;
  int tag_;
  std::vector<std::uint64_t> received_, sent_;  // bytes posted so far
  std::size_t next_stream_ = 0;
  std::vector<MPI_Request> requests_;
  std::vector<Purpose> purposes_;
};

BlockTransfer::BlockTransfer(Communicator communicator, TransferSettings settings)
    : communicator_(std::move(communicator)), settings_(settings) {}

void BlockTransfer::run(std::span<OutStream const> out, std::span<InStream const> in, int tag) {
  if (!out.empty() || !in.empty()) Run(*this, out, in, tag).all();
}

}  // namespace pel::comm
