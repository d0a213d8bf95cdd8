// Sequences of letters: DNA, RNA, proteins.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "data/read_sequences.hpp"
#include "pel/dataset.hpp"

namespace pel {

// The sequences of FASTA and FASTQ files (also .gz, .zst) and of `reads:n=1M,length=100,genome=1M,errors=0,seed=1`,
// which are made where they are asked for (data/generated_reads.hpp), in order, in pieces: each window of `overlap` + 1
// letters of each sequence lies in exactly one piece, so whoever looks at windows need not know where sequences were
// cut. Letters are as in the file. `--max-bad N` leaves out up to N lines of FASTA and records of FASTQ that make no
// sense; windows with letters of both sides of them are none. Collective: all ranks. Throws: on all of them:
// MissingInput, BadData; see data/read_sequences.hpp. Example: ">a\nACG\nTT\n" in two partitions, overlap 2, is "ACG" +
// "TT" = "ACGTT", or "ACGTT" cut into "ACGTT" and "TT".
[[nodiscard]] inline Dataset<std::string> read_sequences(Job& job, std::vector<std::string> const& names,
                                                         std::size_t overlap) {
  auto const input = open_text(job, names);
  std::vector<data::SequenceFormat> formats;
  flow_of(job)->open("sequences", [&] { formats = data::sequence_formats(input); });
  return Dataset<std::string>(
      data::read_sequences(flow_of(job), input, std::move(formats), overlap, job.core().max_bad()));
}

}  // namespace pel
