// Datasets: the verbs, and where they come from.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/dataset.hpp"
#include "data/generate.hpp"
#include "data/read_lines.hpp"
#include "data/read_records.hpp"
#include "pel/input.hpp"
#include "pel/job.hpp"

namespace pel {

// For sources.
[[nodiscard]] inline std::shared_ptr<data::Flow> const& flow_of(Job& job) {
  return data::made_flow(job.flow(), job.core());
}

// The lines of texts (see open_text), in order; each partition has those that start in its share of the bytes.
[[nodiscard]] inline Dataset<std::string> read_lines(Job& job, TextInput const& input) {
  return Dataset<std::string>(data::read_lines(flow_of(job), input));
}
[[nodiscard]] inline Dataset<std::string> read_lines(Job& job, std::vector<std::string> const& names) {
  return read_lines(job, open_text(job, names));
}

// Files of records of one size, a plain T as it lies there (also .gz, .zst, by their names alone: a record may begin
// with any bytes); `tera:n=4M,kind=skew,seed=1`, made of 100 bytes each (pel/tera.hpp). Each partition has an equal
// number of them. Collective: all ranks. Throws: on all of them: BadData for a file that is no whole number of records,
// UsageError for a generator of others.
template <class T>
[[nodiscard]] Dataset<T> read_records(Job& job, std::vector<std::string> const& names) {
  auto const input = data::open_text(job.core(), names, data::never_sniffed);
  auto const flow = flow_of(job);
  std::shared_ptr<data::Node<T>> node;
  flow->open("records", [&] { node = std::make_shared<data::RecordsNode<T>>(flow, input); });
  return Dataset<T>(std::move(node));
}

// make(i) for i = 0 … n - 1, in order, whatever ranks: a value of a plain type each. Draw from (job.seed(), i) alone.
template <class T, class Make>
[[nodiscard]] Dataset<T> generate(Job& job, std::uint64_t n, Make make) {
  return Dataset<T>(std::make_shared<data::GeneratedNode<T, Make>>(flow_of(job), n, std::move(make)));
}

// A value as the rank of partition 0 has it, on all ranks: for what ranks may have found differently (the time, the
// environment, what a file said a moment ago), as drivers must not differ. One copy a rank, which partitions share.
// V is trivially copyable, a text, a vector of such, or names its members. What all ranks have alike needs no
// broadcast: functions of verbs capture it; and a dataset has broadcast(). Collective: all ranks. Cost: h = one V, l =
// 1 superstep. Example: auto const start = pel::broadcast(job, std::time(nullptr)); events.filter([start](auto const&
// e) { … })
template <class V>
[[nodiscard]] std::shared_ptr<V const> broadcast(Job& job, V const& value) {
  auto const all = std::make_shared<V>();
  flow_of(job)->superstep(
      "broadcast",
      [&](data::Step& step) {
        if (step.partition().index() == 0) data::ByteWriter(*step.frame.contribution).put(value);
      },
      [&](data::Contributions parts) { data::ByteReader(parts[0]).take(*all); });
  return all;
}

// Writes what write(out) appends with <<, the same on all ranks, once. Collective: all ranks. Throws: WriteFailed.
template <class Write>
void write_once(Job& job, std::vector<std::string> const& paths, Write const& write) {
  TextOut out;
  write(out);
  data::write_once(*flow_of(job), paths, out.take());
}

}  // namespace pel
