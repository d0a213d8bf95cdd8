// Counts the words of texts: a line "word count" each, in an order that no number of ranks changes.
#include <pel/dataset.hpp>
#include <pel/verify.hpp>

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Counts the words of texts: by default of the descriptions of the Debian packages.");
    auto const rule =
        job.choice("words", {"alnum", "blank"}, "a word: letters and digits in lower case, or what blanks separate");
    auto const verifier = pel::verify_counts(job);
    auto const names =
        job.inputs("input", "the texts: files, directories, debian: or text:bytes=200M,seed=1", "debian:");
    auto const kind = rule == "blank" ? pel::WordRule::blank : pel::WordRule::alnum;
    auto const text = pel::open_text(job, names);
    auto const counts = pel::read_lines(job, text)
                            .flat_map<std::string_view>([kind](auto line, auto emit) {
                              for (auto const word : pel::words(line, kind)) emit(word);
                            })
                            .reduce_by_key(pel::itself, pel::how_many)
                            .named("counts");
    job.say(pel::text_of(counts.write(job.output()), " different words"));
    verifier.check(pel::reference::word_counts(text, kind));
  });
}
