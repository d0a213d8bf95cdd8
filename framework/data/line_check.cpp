#include "data/line_check.hpp"

#include <algorithm>
#include <exception>
#include <span>
#include <vector>

#include "engine/driven_run.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"

namespace pel::data {

void LineCheck::before(std::shared_ptr<LineCheck> const& check, Flow& flow, Arriving const* passing) {
  if (check->done_) return;
  check->done_ = true;
  if (check->most_ == 0) {
    flow.watch_lines(check);
    return;
  }
  BadLines bad;
  flow.superstep(
      "check",
      [&](Step& step) {
        BadLines mine;
        check->look_(step.partition(), [&](BadLine line) { mine.add(std::move(line)); });
        auto const packed = mine.pack();
        step.frame.contribution->insert(step.frame.contribution->end(), packed.begin(), packed.end());
      },
      [&](Contributions all) {
        for (auto const bytes : all) bad.add(BadLines::unpack(bytes));
      },
      passing);
  check->tell(flow, bad);
}

void LineCheck::tell(Flow& flow, BadLines const& bad) const {
  if (bad.count() == 0) return;
  auto& world = flow.job().world();
  world.together(engine::Site::load, "check", [&] {
    if (world.rank() != 0) return;
    if (bad.count() > most_) throw error_of(bad);
    auto const texts = [this](std::uint32_t file) -> TextSource const& { return input_.sources()[file]; };
    world.log().warn(std::to_string(bad.count()) + (bad.count() == 1 ? " bad line is" : " bad lines are") +
                     " left out:");
    for (auto const& place : bad.places(texts)) world.log().warn(place);
  });
}

BadData LineCheck::error_of(BadLines const& bad) const {
  return bad.error([this](std::uint32_t file) -> TextSource const& { return input_.sources()[file]; });
}

void LineCheck::meet(BadLine const& line) const {
  if (most_ > 0) return;
  BadLines alone;
  alone.add(line);
  throw error_of(alone);
}

bool LineCheck::concerns(BadData const& refused) const {
  auto const& sources = input_.sources();
  return refused.line > 0 && refused.count == 1 &&
         std::any_of(sources.begin(), sources.end(), [&](auto const& source) { return source.name == refused.file; });
}

void LineCheck::refuse_all(Flow& flow, BadData const& refused) const {
  auto& world = flow.job().world();
  auto const& partitions = flow.run().mine();
  std::vector<BadLines> found(partitions.size());
  std::vector<std::uint8_t> unread(partitions.size());
  world.workers().for_each(partitions.size(), [&](std::size_t slot, int) {
    try {
      look_({partitions[slot], flow.partitions()}, [&](BadLine line) { found[slot].add(std::move(line)); });
      world.tell_progress();
    } catch (std::exception const&) {
      unread[slot] = 1;
    }
  });
  BadLines bad;
  for (auto const& part : found) bad.add(part);
  auto const bytes = bad.pack();
  std::string mine(1, std::find(unread.begin(), unread.end(), 1) == unread.end() ? 'r' : 'u');
  mine.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
  bool whole = true;
  bad = BadLines();
  for (auto const& theirs : world.communicator().all_gather(mine)) {
    whole = whole && theirs.front() == 'r';
    bad.add(BadLines::unpack(std::as_bytes(std::span(theirs).subspan(1))));
  }
  world.together(engine::Site::load, "check", [&] {
    if (world.rank() != 0) return;
    if (!whole || bad.count() == 0) throw refused;
    throw error_of(bad);
  });
}

}  // namespace pel::data
