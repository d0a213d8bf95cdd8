// Sequences of FASTA and FASTQ files as a dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.hpp"
#include "data/bad_lines.hpp"
#include "data/node.hpp"
#include "data/text_input.hpp"
#include "pel/partition.hpp"

namespace pel::data {

// FASTA: a line that begins with '>' is a heading, the lines up to the next one are its sequence. FASTQ: four lines a
// record, '@' and a name, the sequence, '+', and a quality for each letter.
enum class SequenceFormat : std::uint8_t { fasta, fastq };

// What each source is, by its first line that is not blank. Throws: BadData if it begins with neither sign.
[[nodiscard]] std::vector<SequenceFormat> sequence_formats(TextInput const& input);

// Pieces of sequences such that each window of `overlap` + 1 letters of each sequence lies in exactly one piece: where
// a sequence is cut, by partitions or as it is long, the last `overlap` letters of a piece are the first of the next.
// Records are never joined. A partition has the windows that begin in lines (of FASTQ: in records) which start in its
// share of the bytes, in order. A block is valid during the call.
// bad(line): for a line of a FASTA sequence that has anything but letters, '*', '-' and '.', and for a FASTQ record
// that is not as above. Such a line is left out, and no piece has letters from both sides of it; such a record is left
// out, up to where the next one seems to begin. Throws: MissingInput if a file has vanished. Example: ">a\nACG\nTTA\n",
// overlap 1, cut between the lines: "ACGT" in one partition, "TTA" in the next.
void for_each_piece(TextInput const& input, std::vector<SequenceFormat> const& formats, Partition part,
                    std::size_t overlap, base::FunctionRef<void(std::span<std::string_view const>)> sink,
                    base::FunctionRef<void(BadLine)> bad);

// The same as a dataset. Files are read again each time the pieces are asked for. Throws, in the superstep that reads:
// BadData with line and column for a bad line; up to `max_bad` are left out (LineCheck). Cost: w = 1 pass over the
// bytes.
[[nodiscard]] std::shared_ptr<Node<std::string>> read_sequences(std::shared_ptr<Flow> flow, TextInput input,
                                                                std::vector<SequenceFormat> formats,
                                                                std::size_t overlap, std::uint64_t max_bad = 0);

}  // namespace pel::data
