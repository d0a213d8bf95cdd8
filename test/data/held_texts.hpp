// Texts in memory as inputs, as comparisons take them.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "data/text_input.hpp"
#include "pel/error.hpp"

namespace held {

inline pel::data::TextSource source(std::string name, std::string text) {
  auto const size = text.size();
  return {std::move(name), size, std::make_shared<std::string const>(std::move(text))};
}
inline pel::data::TextInput golden(std::string text) {
  return pel::data::TextInput({source("golden", std::move(text))});
}
inline pel::data::TextInput out(std::string text) { return pel::data::TextInput({source("out", std::move(text))}); }

// Where and why `read` refuses what it reads.
template <class Read>
std::string refusal(Read const& read) {
  try {
    (void)read();
  } catch (pel::BadData const& error) {
    return std::to_string(error.line) + ":" + std::to_string(error.column) + ": " + error.problem;
  }
  return "none";
}

}  // namespace held
