#include "data/flow.hpp"

#include <utility>

#include "base/log.hpp"
#include "data/line_check.hpp"
#include "data/state_fields.hpp"
#include "engine/driven_run.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"

namespace pel::data {

std::shared_ptr<Flow> const& made_flow(std::shared_ptr<Flow>& flow, engine::JobCore& job) {
  if (!flow) flow = std::make_shared<Flow>(job);
  return flow;
}

Flow::Flow(engine::JobCore& job) : job_(job) {}
Flow::~Flow() = default;

Flow::Numbering::Numbering(Flow& flow, std::string const& name, std::int64_t round)
    : flow_(flow), scope_(flow.scope_), verbs_(flow.verbs_) {
  flow.scope_ = base::stable_hash(flow.scope_ ^ base::stable_hash(base::hash_text(name) ^ base::stable_hash(round)));
  flow.verbs_ = 0;
}
Flow::Numbering::~Numbering() {
  flow_.scope_ = scope_;
  flow_.verbs_ = verbs_;
}

void Flow::sent(std::shared_ptr<Arriving> mail) {
  arriving_ = std::move(mail);
  arriving_->verb_ = last_;
}

engine::DrivenRun& Flow::run() { return job_.driven(); }

std::shared_ptr<engine::Memory> const& Flow::memory() { return run().memory(); }

std::uint32_t Flow::partitions() { return job_.partitions(); }

std::uint64_t Flow::seed() { return job_.seed(); }

std::size_t Flow::slots() { return run().mine().size(); }

std::size_t Flow::workers() { return static_cast<std::size_t>(job_.world().workers().threads()); }

void Flow::open(std::string const& name, base::FunctionRef<void()> open) {
  job_.world().together(engine::Site::load, name, open);
}

void Flow::restore(std::string const& name, base::FunctionRef<void()> load) {
  job_.world().together(engine::Site::restore, "restore " + name, [&] {
    try {
      load();
    } catch (OtherType const& other) {
      throw ForeignCheckpoint(run().settings().checkpoint_dir, name, "of the program's type", other.what());
    }
  });
}

void Flow::tell(std::string const& line) { job_.world().log().info(line); }

void Flow::warn(std::string const& line) {
  base::Log here = job_.world().log();
  here.set_level(base::LogLevel::warnings);
  here.warn(line);
}

void Flow::add_to_digest(base::Digest const& digest) {
  if (rounds_ == 0) run().add_to_digest(digest);
}

void Flow::watch_lines(std::weak_ptr<LineCheck const> check) {
  std::erase_if(checks_, [](auto const& watched) { return watched.expired(); });
  checks_.push_back(std::move(check));
}

void Flow::refuse_all_like(BadData const& refused) {
  for (auto const& watched : checks_)
    if (auto const check = watched.lock(); check && check->concerns(refused)) check->refuse_all(*this, refused);
}

void Flow::superstep(std::string const& name, base::FunctionRef<void(Step&)> step,
                     base::FunctionRef<void(Contributions)> fold, Arriving const* passing) {
  auto const mail = std::exchange(arriving_, nullptr);
  bool const lands = mail && mail.get() != passing;
  passing_ = lands ? nullptr : mail.get();
  engine::Stage stage;
  stage.name = name;
  stage.step = [&](std::size_t slot, engine::StepFrame& frame) {
    Step here{slot, frame};
    if (lands) mail->land(here);
    step(here);
  };
  if (fold) stage.fold = fold;
  bool goes_on = false;
  try {
    goes_on = run().superstep(stage);
  } catch (BadData const& refused) {  // by all ranks
    refuse_all_like(refused);
    throw;
  }
  passing_ = nullptr;
  if (mail) mail->landed(lands);
  last_ = name;
  if (!goes_on) job_.stop_driven();
}

}  // namespace pel::data
