// sort_by: a total order over all partitions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "data/dealing.hpp"
#include "data/packed.hpp"
#include "data/resident_records.hpp"
#include "data/sort_entries.hpp"
#include "data/sort_key.hpp"
#include "data/sort_references.hpp"
#include "data/splitters.hpp"
#include "data/wide.hpp"

namespace pel::data {

// Source: a pipe or a dataset of elements; Key: element -> key. Records of files are not moved in a job of one rank:
// they are taken from the page cache into their order, where there is memory for all of them. Cost: w = two passes over
// the elements and n/P log(n/P) comparisons of 12 bytes a partition; h = the elements once; l = 2 supersteps.
template <class Source, class Key, class T, class K>
class SortNode final : public WideNode<T> {
  using Order = SortKey<ViewOf<K>>;

 public:
  using typename WideNode<T>::Sink;
  SortNode(Source source, Key key, bool descending)
      : WideNode<T>(source.flow()),
        source_(std::move(source)),
        key_(std::move(key)),
        splitters_(descending),
        verb_(descending ? "sort_descending_by" : "sort_by") {}

  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const override { return &sizes_; }

 private:
  static constexpr std::uint64_t beside = 2 * sizeof(SortEntry) + sizeof(std::byte const*);  // bytes an element
  static constexpr std::uint64_t most_cuts = 64;
  // What a thread needs beside, kept from partition to partition.
  struct Scratch {
    Dealer<T> dealer;
    Dealer<SortReference> references;
    std::vector<SortEntry> entries, others;
    std::vector<std::byte const*> places;
  };

  void send() override {
    auto& flow = *this->flow();
    scratch_.resize(flow.workers());
    source_->prepare(true);
    flow.superstep(
        verb_ + ": sample", [this](Step& step) { sample(step); },
        [&](Contributions all) {
          cuts_ = cuts_for(Splitters<K>::total_of(all));
          splitters_.choose(all, flow.partitions(), cuts_);
        },
        source_->passing());
    source_->prepare();
    find_resident();
    sizes_.assign(flow.partitions(), 0);
    flow.superstep(
        verb_, [this](Step& step) { produce(step); },
        [this](Contributions all) {
          for (auto const bytes : all)
            for (std::size_t p = 0; p < sizes_.size(); ++p) {
              std::uint64_t count = 0;
              std::memcpy(&count, bytes.data() + p * sizeof count, sizeof count);
              sizes_[p] += count;
            }
        },
        source_->passing());
    source_.reset();
    for (auto& scratch : scratch_) {
      scratch.dealer = {};
      scratch.references = {};
    }
  }

  // Where nothing leaves the rank: of two, half of the records would travel all the same, and no time was saved.
  void find_resident() {
    if constexpr (worth_referring<T, ViewOf<K>>) {
      auto& flow = *this->flow();
      auto const* const lookup = source_->lookup();
      if (lookup == nullptr || cuts_ > 1 || flow.slots() < flow.partitions()) return;
      auto& memory = *flow.memory();
      if (lookup->total() * (sizeof(T) + sizeof(SortReference)) > memory.for_mail()) return;
      flow.open(verb_, [&] { resident_ = lookup->resident(); });
      if (!resident_) return;
      mapped_ = lookup->total() * sizeof(T);
      memory.map(mapped_);
    }
  }

  // Parts of a partition, so that what take() needs for one is about half of what it may have: where all data fit into
  // memory, one.
  [[nodiscard]] std::uint32_t cuts_for(typename Splitters<K>::Total const& total) const {
    auto& flow = *this->flow();
    auto const need = (total.bytes + beside * total.count) / flow.partitions();
    auto const cuts = need / std::max<std::uint64_t>(1, flow.memory()->least_for_loading() / 2) + 1;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(cuts, most_cuts));
  }

  void sample(Step& step) {
    KeySamples<K> samples(step.partition().index());
    if (auto const* const lookup = source_->lookup()) {
      auto const range = lookup->share(step.partition());
      samples.set(range.size(), sizeof(T));
      auto const stride = samples.stride();
      for (std::uint64_t begin = 0; begin < range.size(); begin += stride) {
        auto const length = std::min(stride, range.size() - begin);
        auto const at = samples.pick(begin, length);
        lookup->show(range.begin + at, [&](ViewOf<T> const& element) {
          samples.add_picked(at, key_(element));
          samples.note_bytes(packed_size<T>(element) * length);
        });
      }
    } else {
      source_->run(step, [&](auto const& element) {
        samples.add(key_(element));
        samples.note_bytes(packed_size<T>(element));
      });
    }
    samples.put(*step.frame.contribution);
  }

  void produce(Step& step) {
    auto& scratch = scratch_[static_cast<std::size_t>(step.worker())];
    auto const most = this->flow()->memory()->for_dealing();
    std::vector<std::uint64_t> counts(step.partition().count);
    Standing at{static_cast<std::uint32_t>(step.partition().index()), 0};
    if (resident_)
      refer(step, scratch.references, most, at, counts);
    else
      deal(step, scratch.dealer, most, at, counts);
    for (auto const count : counts) contribute(step, count);
  }

  void deal(Step& step, Dealer<T>& dealer, std::uint64_t most, Standing at, std::vector<std::uint64_t>& counts) {
    auto const pieces = step.partition().count * cuts_;
    dealer.begin(pieces, most);
    source_->run_blocks(step, [&](BlockOf<T> block) {
      dealer.add(block, [&](ViewOf<T> const& element) {
        auto const& given = key_(element);
        ViewOf<K> const key = given;
        auto const head = splitters_.head(key);
        auto destination = splitters_.destination(head, key, at);
        if (cuts_ > 1) destination = destination * cuts_ + splitters_.part(destination, head, key, at);
        ++at.index;
        return destination;
      });
      send_if_full(step, dealer, pieces, most, counts);
    });
    shape(step, dealer, counts);
  }

  void refer(Step& step, Dealer<SortReference>& dealer, std::uint64_t most, Standing at,
             std::vector<std::uint64_t>& counts) {
    auto const partitions = step.partition().count;
    dealer.begin(partitions, most);
    std::vector<SortReference> block;
    resident_->read(step.partition(), [&](std::span<std::byte const> records) {
      while (!records.empty()) {
        block.clear();
        for (; !records.empty() && block.size() < block_elements; records = records.subspan(sizeof(T))) {
          auto const* from = records.data();
          block.push_back({splitters_.head(key_(unpack<T>(from))), records.data()});
        }
        dealer.add(block, [&](SortReference const& reference) {
          auto const destination = splitters_.destination(reference.head, {}, at);  // the head is all of the key
          ++at.index;
          return destination;
        });
        send_if_full(step, dealer, partitions, most, counts);
      }
    });
    shape(step, dealer, counts);
  }

  void send_if_full(Step& step, auto& dealer, std::uint32_t pieces, std::uint64_t most,
                    std::vector<std::uint64_t>& counts) {
    if (!dealer.full()) return;
    shape(step, dealer, counts);
    send_now(step);
    dealer.begin(pieces, most);
  }
  void shape(Step& step, auto& dealer, std::vector<std::uint64_t>& counts) {
    for (std::size_t i = 0; i < dealer.pieces().size(); ++i) counts[i / cuts_] += dealer.pieces()[i].count;
    auto to = shape_outgoing(step, dealer.pieces(), cuts_);
    dealer.deal(to);
  }

  void free_scratch(std::size_t worker) override { scratch_[worker] = {}; }
  void all_taken() override {
    resident_.reset();
    this->flow()->memory()->unmap(std::exchange(mapped_, 0));
  }
  [[nodiscard]] std::uint64_t memory_beside(std::uint64_t messages) const override { return beside * messages; }

  void take(Step& step, Sink sink) override {
    BlockMaker<T> block(sink);
    if (cuts_ == 1) {
      std::vector<MailPart> mail;
      for (auto const& segment : step.frame.inbox) mail.push_back({segment.bytes.data(), segment.count});
      take_part(step, block, mail);
      return block.flush();
    }
    for (std::uint32_t cut = 0; cut < cuts_; ++cut) {
      std::vector<MailPart> mail;
      for (auto const& segment : step.frame.inbox) {
        auto const place = place_of(cut, segment.bytes.data());
        mail.push_back({segment.bytes.data() + place.begin, place.count});
      }
      take_part(step, block, mail);
    }
    block.flush();
  }

  // Part by part: what a source sent of one lies in a row.
  void take_large(Step& step, Sink sink, engine::StoredMail const& stored) override {
    auto const heads = read_heads(stored);
    auto const& memory = *this->flow()->memory();
    auto const limit = memory.for_loading();
    BlockMaker<T> block(sink);
    for (std::uint32_t cut = 0; cut < cuts_; ++cut) {
      std::uint64_t bytes = 0, count = 0;
      for (auto const& head : heads) {
        auto const place = place_of(cut, head.data());
        bytes += place.bytes;
        count += place.count;
      }
      auto const need = bytes + memory_beside(count);
      if (need > memory.for_one()) this->refuse("a part of its mail", step, need);
      engine::Admission const admission(*step.frame.rounds, need, limit);
      base::Block const loaded(bytes);
      std::vector<MailPart> mail;
      auto* at = loaded.data();
      for (std::size_t i = 0; i < heads.size(); ++i) {
        auto const place = place_of(cut, heads[i].data());
        stored.read(stored.extents()[i], place.begin, {at, place.bytes});
        mail.push_back({at, place.count});
        at += place.bytes;
      }
      take_part(step, block, mail);
      block.settle();
      free_scratch(static_cast<std::size_t>(step.worker()));
    }
    block.flush();
  }

  // Elements of one source, packed; or references to them, where these are resident.
  struct MailPart {
    std::byte const* bytes;
    std::uint64_t count;
  };
  // Where a part lies in what a source sent; `head` is how that begins: see shape_outgoing().
  struct Place {
    std::uint64_t begin, bytes, count;
  };
  [[nodiscard]] Place place_of(std::uint32_t cut, std::byte const* head) const {
    Place place{head_bytes(), 0, 0};
    for (std::uint32_t i = 0; i <= cut; ++i) {
      place.begin += place.bytes;
      place.count = unpack<std::uint64_t>(head);
      place.bytes = unpack<std::uint64_t>(head);
    }
    return place;
  }
  [[nodiscard]] std::uint64_t head_bytes() const noexcept {
    return cuts_ == 1 ? 0 : std::uint64_t{cuts_} * 2 * sizeof(std::uint64_t);
  }
  [[nodiscard]] std::vector<std::vector<std::byte>> read_heads(engine::StoredMail const& stored) const {
    std::vector<std::vector<std::byte>> heads;
    for (auto const& extent : stored.extents()) {
      auto& head = heads.emplace_back(2 * sizeof(std::uint64_t) * cuts_);
      if (cuts_ > 1) {
        stored.read(extent, 0, head);
      } else {
        auto* const at = pack<std::uint64_t>(extent.count, head.data());
        (void)pack<std::uint64_t>(extent.bytes, at);
      }
    }
    return heads;
  }

  void take_part(Step& step, BlockMaker<T>& block, std::vector<MailPart> const& mail) {
    auto& scratch = scratch_[static_cast<std::size_t>(step.worker())];
    auto& entries = scratch.entries;
    auto& places = scratch.places;
    entries.clear();
    places.clear();
    std::uint64_t count = 0;
    for (auto const& part : mail) count += part.count;
    entries.reserve(count);
    places.reserve(count);
    if (count > std::numeric_limits<std::uint32_t>::max())
      throw std::length_error("sort_by: more than 2^32 elements in one partition: start with more --partitions");
    auto const add = [&](KeyHead head, std::byte const* place) {
      entries.push_back({head, static_cast<std::uint32_t>(places.size())});
      places.push_back(place);
    };
    for (auto const& part : mail) {
      auto const* from = part.bytes;
      for (std::uint64_t i = 0; i < part.count; ++i) {
        if (resident_) {
          auto const reference = unpack<SortReference>(from);
          add(reference.head, reference.place);
          continue;
        }
        auto const* const place = from;
        auto const element = unpack<T>(from);
        add(splitters_.head(key_(element)), place);
      }
    }
    sort_entries(entries, scratch.others, [&](SortEntry const& a, SortEntry const& b) {
      if constexpr (!Order::head_is_all) {
        auto const* left = places[a.number];
        auto const* right = places[b.number];
        auto const x = unpack<T>(left), y = unpack<T>(right);
        auto const& given = key_(x);
        auto const& given_other = key_(y);
        ViewOf<K> const one = given, other = given_other;
        if (splitters_.less(one, other)) return true;
        if (splitters_.less(other, one)) return false;
      }
      return a.number < b.number;
    });
    constexpr std::size_t ahead = 16;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i + ahead < entries.size()) {
        auto const* const soon = places[entries[i + ahead].number];
        __builtin_prefetch(soon);
        if constexpr (sizeof(ViewOf<T>) > 64) __builtin_prefetch(soon + 64);
      }
      auto const* from = places[entries[i].number];
      block.add(unpack<T>(from));
    }
    if (resident_) resident_->check();
  }

  std::optional<Source> source_;
  Key key_;
  Splitters<K> splitters_;
  std::string verb_;
  std::uint32_t cuts_ = 1;                           // parts of a partition, sorted one after the other
  std::vector<std::uint64_t> sizes_;                 // by partition
  std::vector<Scratch> scratch_;                     // by worker
  std::uint64_t mapped_ = 0;                         // bytes told to the memory
  std::shared_ptr<ResidentRecords const> resident_;  // what references of the mail refer to; none: there are none
};

}  // namespace pel::data
