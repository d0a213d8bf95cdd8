#include "launch/hosts.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "base/machine.hpp"
#include "launch/process.hpp"
#include "pel/error.hpp"

namespace pel::launch {
namespace {

bool to_slots(std::string_view text, int& slots) {
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), slots);
  return error == std::errc() && end == text.data() + text.size() && slots > 0;
}

void add(std::vector<Host>& hosts, std::string const& name, int slots) {
  auto const known = std::find_if(hosts.begin(), hosts.end(), [&](Host const& host) { return host.name == name; });
  if (known == hosts.end())
    hosts.push_back({.name = name, .slots = slots});
  else
    known->slots += slots;
}

// The words of an agent such as "/bin/agent --quiet".
std::vector<std::string> words_of(std::string const& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> agent() {
  auto words = words_of(variable("OMPI_MCA_plm_rsh_agent"));
  if (words.empty()) words = {"ssh", "-o", "BatchMode=yes"};
  return words;
}

}  // namespace

std::vector<Host> parse_hosts(std::string_view list) {
  std::vector<Host> hosts;
  for (std::size_t begin = 0; begin <= list.size();) {
    auto const end = std::min(list.find(',', begin), list.size());
    auto const item = list.substr(begin, end - begin);
    auto const colon = item.rfind(':');
    int slots = 1;
    if (item.empty() || colon == 0 || (colon != std::string_view::npos && !to_slots(item.substr(colon + 1), slots)))
      throw UsageError("--host", fmt::format("\"{}\": expected names with slots, such as node1:2,node2:2", list));
    add(hosts, std::string(item.substr(0, colon)), slots);
    begin = end + 1;
  }
  return hosts;
}

std::vector<Host> read_hostfile(std::filesystem::path const& path) {
  std::ifstream file(path);
  if (!file) throw MissingInput(path.string(), "no host file there");
  std::vector<Host> hosts;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    auto const words = words_of(line.substr(0, line.find('#')));
    if (words.empty()) continue;
    int slots = 1;
    for (std::size_t i = 1; i < words.size(); ++i) {
      auto const& word = words[i];
      bool const counts = word.starts_with("slots=") && to_slots(std::string_view(word).substr(6), slots);
      if (!counts && !word.starts_with("max_slots=") && !word.starts_with("max-slots="))
        throw ConfigError(fmt::format("{}:{}", path.string(), number), "\"" + word + "\": expected slots=N",
                          "a line names a host and its slots: node1 slots=2");
    }
    add(hosts, words[0], slots);
  }
  if (hosts.empty()) throw ConfigError(path.string(), "names no host", "a line names a host: node1 slots=2");
  return hosts;
}

std::string host_list(std::vector<Host> const& hosts) {
  std::string list;
  for (auto const& host : hosts) list += fmt::format("{}{}:{}", list.empty() ? "" : ",", host.name, host.slots);
  return list;
}

int slots_of(std::vector<Host> const& hosts) {
  int slots = 0;
  for (auto const& host : hosts) slots += host.slots;
  return slots;
}

std::vector<int> parse_per_node(std::string_view text) {
  std::vector<int> numbers;
  for (std::size_t begin = 0; begin < text.size();) {
    auto const end = std::min(text.find(',', begin), text.size());
    auto const item = text.substr(begin, end - begin);
    auto const times = item.find("(x");
    int value = 0, count = 1;
    bool const repeated = times != std::string_view::npos;
    if (!to_slots(item.substr(0, times), value) ||
        (repeated && (!item.ends_with(')') || !to_slots(item.substr(times + 2, item.size() - times - 3), count))))
      throw ConfigError("SLURM_TASKS_PER_NODE", fmt::format("\"{}\" is not like 2(x3),1", text),
                        "name the hosts: --host");
    numbers.insert(numbers.end(), static_cast<std::size_t>(count), value);
    begin = end + 1;
  }
  return numbers;
}

std::vector<Host> slurm_hosts() {
  auto const list = variable("SLURM_JOB_NODELIST");
  auto const names = ask({.arguments = {"scontrol", "show", "hostnames", list}}, 10);
  if (names.code != 0)
    throw SystemError("scontrol show hostnames " + list, names.code, "ended with " + std::to_string(names.code));
  auto per_node = variable("SLURM_TASKS_PER_NODE");
  if (per_node.empty()) per_node = variable("SLURM_JOB_CPUS_PER_NODE");
  auto const slots = parse_per_node(per_node);
  std::vector<Host> hosts;
  for (auto const& name : words_of(names.out))
    hosts.push_back({.name = name, .slots = hosts.size() < slots.size() ? slots[hosts.size()] : 1});
  return hosts;
}

std::vector<Host> answering(std::vector<Host> const& hosts, bool by_srun, double seconds) {
  std::vector<Command> questions;
  std::vector<Host> good;
  for (auto const& host : hosts) {
    Command question;
    if (by_srun) {
      question.arguments = {"srun",       "--nodes=1", "--ntasks=1",    "--overlap", "--nodelist=" + host.name,
                            "--mpi=none", "--quiet",   "--immediate=5", "true"};
    } else {
      question.arguments = agent();
      question.arguments.insert(question.arguments.end(), {host.name, "true"});
    }
    if (!by_srun && (host.name == base::host_name() || host.name == "localhost")) question.arguments = {"true"};
    questions.push_back(question);
  }
  auto const answers = which_succeed(questions, seconds);
  for (std::size_t i = 0; i < hosts.size(); ++i)
    if (answers[i]) good.push_back(hosts[i]);
  return good;
}

}  // namespace pel::launch
