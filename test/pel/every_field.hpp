// A kernel with a field of every kind, each of which every later superstep depends on.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "pel/aggregate.hpp"
#include "pel/fields.hpp"
#include "pel/message.hpp"
#include "pel/output.hpp"
#include "pel/superstep.hpp"
#include "rod.hpp"

namespace pel::test {

constexpr std::int64_t every_field_supersteps = 9;
constexpr std::uint64_t every_field_cells = 50;

// Neither commutative nor associative, and short.
struct Braid {
  std::string operator()(std::string const& a, std::string const& b) const {
    return std::to_string(base::hash_text(a + "|" + b) % 100'000);
  }
};

enum class Mood : std::uint8_t { calm, busy, tired };

// `forgotten`: a field that serialize() does not name, to see that this is found.
class EveryField {
 public:
  using Message = pel::Message<std::string, std::string, Braid>;
  using Aggregate = Both<Sum<double>, Top<3, std::pair<double, std::string>>>;

  static std::vector<std::string> names() {
    return {"count", "ratio", "on", "mood", "triple", "series", "pairs", "truths", "tally", "text", "words"};
  }

  EveryField(std::shared_ptr<Rod const> rod, Partition part, std::string forgotten = {})
      : rod_(std::move(rod)), forgotten_(std::move(forgotten)), heat_(rod_->halo<double>(part)), part_(part) {
    for (std::uint32_t i = 0; i < heat_.size(); ++i) heat_.set(i, static_cast<double>(part.index()) + 0.1 * i);
  }

  Vote superstep(pel::Superstep<EveryField>& step) {
    take_mail(step);
    take_aggregate(step.aggregate());
    look_at_neighbours();
    change(base::hash_text(summary()) ^ step.random()());
    if (step.number() == every_field_supersteps - 1) return Vote::halt;
    give(step, base::hash_text(summary()));
    // Partition 0 keeps the job alive; the others sleep and are woken by mail.
    return part_.index() == 0 || (part_.index() + static_cast<std::size_t>(step.number())) % 5 == 0 ? Vote::go_on
                                                                                                    : Vote::halt;
  }

  void serialize(auto& archive, unsigned) {
    keep(archive, "count", count_);
    keep(archive, "ratio", ratio_);
    keep(archive, "on", on_);
    keep(archive, "mood", mood_);
    keep(archive, "triple", triple_);
    keep(archive, "series", series_);
    keep(archive, "pairs", pairs_);
    keep(archive, "truths", truths_);
    keep(archive, "tally", tally_);
    keep(archive, "text", text_);
    keep(archive, "words", words_);
    keep(archive, "heat", heat_);
  }
  void write(Output& out) const { out.column("summary", std::vector{summary()}); }

 private:
  template <class T>
  void keep(auto& archive, char const* name, T& value) {
    if (forgotten_ != name) fields(archive, name, value);
  }

  void take_mail(pel::Superstep<EveryField>& step) {
    for (auto const& [key, value] : step.inbox()) {
      tally_[key] += static_cast<std::int64_t>(value.size());
      text_ = Braid{}(text_, value);
    }
  }

  void take_aggregate(Aggregate const& all) {
    ratio_ = ratio_ / 3 + all.first.value * 1e-3;
    for (auto const& [height, name] : all.second.value) words_.push_back(name + hex(height));
    if (words_.size() > 4) words_.erase(words_.begin(), words_.end() - 4);
  }

  void look_at_neighbours() {
    auto const first = static_cast<std::int64_t>(rod_->block().first(part_.id));
    auto const end = first + heat_.size();
    if (first < end) triple_[0] += rod_->at(heat_, first - 1) + 2 * rod_->at(heat_, end);
  }

  void change(std::uint64_t draw) {
    count_ ^= static_cast<std::int64_t>(draw);
    on_ = draw % 2 == 0;
    mood_ = static_cast<Mood>(draw % 3);
    triple_[draw % 3] += static_cast<double>(draw % 1000) * 0.1;
    series_.push_back(ratio_ + triple_[1]);
    if (series_.size() > 5) series_.erase(series_.begin());
    pairs_.push_back({static_cast<std::int32_t>(draw % 77), static_cast<std::int32_t>(pairs_.size())});
    truths_.push_back(draw % 5 == 0);
  }

  void give(pel::Superstep<EveryField>& step, std::uint64_t draw) {
    for (std::uint64_t i = 0; i < draw % 4; ++i) {
      auto const number = base::mix64(draw + i);
      step.send(partition_id(number % part_.count), "key " + std::to_string(number % 7), std::to_string(number % 1000));
    }
    if (draw % 4 != 0) {
      Top<3, std::pair<double, std::string>> top;
      top.add({static_cast<double>(draw % 13), std::to_string(part_.index())});
      step.contribute({{ratio_}, top});
    }
    if (draw % 3 == 0) return;
    for (std::uint32_t i = 0; i < heat_.size(); ++i)
      if (base::mix64(draw + i) % 2 == 0) heat_.set(i, heat_.own(i) / 3 + ratio_ + static_cast<double>(draw % 10));
    step.publish(heat_);
  }

  static std::string hex(double value) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%a", value);
    return text.data();
  }

  // All fields, every bit of them.
  [[nodiscard]] std::string summary() const {
    std::string all = std::to_string(count_) + " " + hex(ratio_) + (on_ ? " on " : " off ") +
                      std::to_string(static_cast<int>(mood_)) + " " + text_;
    for (auto const x : triple_) all += " " + hex(x);
    for (auto const x : series_) all += " " + hex(x);
    for (auto const& pair : pairs_) all += " " + std::to_string(pair[0]) + "/" + std::to_string(pair[1]);
    for (auto const truth : truths_) all += truth ? "+" : "-";
    for (auto const& [key, n] : tally_) all += " " + key + "=" + std::to_string(n);
    for (auto const& word : words_) all += " " + word;
    for (auto const x : heat_.own_values()) all += " " + hex(x);
    return all;
  }

  std::shared_ptr<Rod const> rod_;
  std::string forgotten_;
  Halo<double> heat_;
  Partition part_;
  std::int64_t count_ = 0;
  double ratio_ = 1;
  bool on_ = false;
  Mood mood_ = Mood::calm;
  std::array<double, 3> triple_{};
  std::vector<double> series_;
  std::vector<std::array<std::int32_t, 2>> pairs_;
  std::vector<bool> truths_;
  std::map<std::string, std::int64_t> tally_;
  std::string text_;
  std::vector<std::string> words_;
};

}  // namespace pel::test
