// What the launcher asks of SLURM.
#pragma once

#include <optional>

#include "launch/signal_inbox.hpp"

namespace pel::launch {

// Seconds until the time limit of the job that this process is part of; none outside of one, and without a limit.
[[nodiscard]] std::optional<double> slurm_time_left();

// Puts the job of this process back into the queue and waits until SLURM ends it (TERM). False if SLURM refuses, or
// has not done it after some minutes.
[[nodiscard]] bool slurm_requeue(SignalInbox const& signals);

}  // namespace pel::launch
