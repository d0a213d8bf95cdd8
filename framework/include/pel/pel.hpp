// All of PEL that an app needs; each header may also be included alone.
#pragma once

#include "pel/aggregate.hpp"
#include "pel/distribution.hpp"
#include "pel/error.hpp"
#include "pel/fields.hpp"
#include "pel/graph.hpp"
#include "pel/graph_app.hpp"
#include "pel/halo.hpp"
#include "pel/input.hpp"
#include "pel/job.hpp"
#include "pel/message.hpp"
#include "pel/output.hpp"
#include "pel/partition.hpp"
#include "pel/random.hpp"
#include "pel/superstep.hpp"
#include "pel/vote.hpp"
