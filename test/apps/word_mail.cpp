// Counts words as a kernel of its own, which sends them: the job of tests of mail, checkpoints and recovery. (The app
// word_count does so through datasets, and has neither mail nor state that stays.)
#include <pel/pel.hpp>

namespace {

class WordMail {
 public:
  using Message = pel::Message<std::string, std::int64_t, std::plus<>>;  // word, count, how two counts become one
  using Aggregate = pel::Sum<std::int64_t>;                              // words in all

  WordMail(pel::TextInput text, pel::WordRule rule, pel::Partition part)
      : text_(std::move(text)), rule_(rule), owners_{part.count} {}

  pel::Vote superstep(pel::Superstep<WordMail>& step) {
    if (step.number() == 0)
      for (auto const line : pel::lines(text_, step.partition()))
        for (auto const word : pel::words(line, rule_)) step.send(owners_.owner(word), word, 1);
    std::int64_t words = 0;
    for (auto const& [word, count] : step.inbox()) {
      counts_[word] += count;
      words += count;
    }
    step.contribute({words});
    return pel::Vote::halt;  // until words come
  }

  void serialize(auto& archive, unsigned) { pel::fields(archive, "counts", counts_); }

  void write(pel::Output& out) const { out.lines(counts_); }

 private:
  pel::TextInput text_;
  pel::WordRule rule_;
  pel::Hashed owners_;
  std::map<std::string, std::int64_t> counts_;
};

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Counts the words of texts, which travel as messages.");
    auto const rule =
        job.choice("words", {"alnum", "blank"}, "a word: letters and digits in lower case, or what blanks separate");
    auto const names = job.inputs("input", "the texts: files, directories or text:bytes=200M,seed=1", "text:bytes=2M");
    auto const text = pel::open_text(job, names);
    auto const kind = rule == "blank" ? pel::WordRule::blank : pel::WordRule::alnum;
    auto const total = job.run([&](pel::Partition p) { return WordMail(text, kind, p); });
    job.say(std::to_string(total.value) + " words");
  });
}
