// Brings a job to its end: starts its ranks, and starts them again from the newest good checkpoint when they die.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "launch/incident.hpp"
#include "launch/run_directory.hpp"
#include "launch/run_record.hpp"
#include "launch/run_request.hpp"
#include "launch/running_launch.hpp"
#include "store/lease.hpp"

namespace pel::launch {

struct Supervision {
  RunDirectory run;
  RunManifest manifest;
  ResumeFirst resume = ResumeFirst::automatic;  // of the first launch; later ones start afresh if they must
  bool quiet = false, requeue = false;
  std::string config{};  // for config.toml; empty: that of an earlier launch stays
};

// 1. A launch begins only when nothing of the one before is left on this host, and under a lease of its own.
// 2. The manifest is written before each launch and at the end, also when run() throws.
class Supervisor {
 public:
  explicit Supervisor(Supervision what);
  ~Supervisor();
  Supervisor(Supervisor const&) = delete;
  Supervisor& operator=(Supervisor const&) = delete;

  // Returns the exit code of `pel`. Throws: DirectoryInUse, WriteFailed, SystemError.
  [[nodiscard]] int run();

 private:
  [[nodiscard]] int see_through();
  [[nodiscard]] bool claim();
  [[nodiscard]] bool choose_hosts(bool ask);
  [[nodiscard]] Incident launch();
  [[nodiscard]] Command command() const;
  void clear_old_signs() const;
  [[nodiscard]] double seconds_left() const;
  void wait_before_relaunch(double seconds);
  void tell_incident(Incident const& incident, Verdict const& verdict);
  void tell_end(Incident const& incident, Verdict const& verdict) const;
  [[nodiscard]] int finish(int code);
  [[nodiscard]] int lost_lease();
  [[nodiscard]] int no_host();
  [[nodiscard]] int stopped_between();
  [[nodiscard]] bool may_requeue(int code) const;
  [[nodiscard]] std::string resume_command() const;
  void find_deadline();
  void say(std::string const& line) const;  // unless quiet

  Supervision what_;
  RunRecord record_;
  std::filesystem::path checkpoints_;
  SignalInbox signals_;
  StopWish wish_;
  std::optional<store::Lease> lease_;
  int incarnation_ = 0, launches_ = 0, ranks_ = 1;
  std::vector<Host> hosts_;
  double began_, deadline_ = -1, seconds_lost_ = 0;  // deadline_: -1 if there is none
  std::optional<std::int64_t> kills_before_;
  std::optional<std::int64_t> resumed_from_;  // of the last launch: -1 from the start; none where it has not said so
};

}  // namespace pel::launch
