// Texts to read: lines of a partition's share, words of a line.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/open_text.hpp"
#include "data/text_input.hpp"
#include "data/words.hpp"
#include "pel/job.hpp"
#include "pel/partition.hpp"

namespace pel {

using data::TextInput;
using data::WordRule;
using data::words;

// Opens texts: files, directories, globs, each also as .gz or .zst; `debian:`, the descriptions of this machine's
// packages; `text:bytes=200M,seed=1`, a generated text. Where the machine knows fewer than 1,000 packages, `debian:` is
// replaced by a generated text, and the log says so.
// Collective: all ranks. Throws: on all ranks the same: MissingInput, BadData (also if the ranks see files of different
// sizes), UsageError, SystemError.
// Cost: opens files only; `debian:`, `text:` and what is unpacked are held in memory, once a rank.
[[nodiscard]] inline TextInput open_text(Job& job, std::vector<std::string> const& names) {
  return data::open_text(job.core(), names);
}

// The lines that start in a partition's share of the bytes: each line of the input in exactly one partition.
[[nodiscard]] inline data::Lines lines(TextInput input, Partition part) { return {std::move(input), part}; }

}  // namespace pel
