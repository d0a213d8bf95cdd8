#include "graph/edge_input.hpp"

#include <cstddef>

#include "data/line_blocks.hpp"
#include "graph/edge_content.hpp"

namespace pel::graph {
namespace {

SharePart part_of(int share, int shares) {
  if (share < 0 || share >= shares) throw InternalError(__FILE__, __LINE__, "there is no such share of the input");
  return {static_cast<std::uint64_t>(share), static_cast<std::uint64_t>(shares)};
}

}  // namespace

data::TextSource const& EdgeInput::Content::text(std::uint32_t /*number*/) const {
  throw InternalError(__FILE__, __LINE__, "a bad line in an input without lines");
}

void EdgeInput::Content::read_edges_without(SharePart /*part*/, std::vector<std::uint64_t> const& /*strangers*/,
                                            EdgeBlock& /*block*/, BadLines& /*bad*/) const {
  throw InternalError(__FILE__, __LINE__, "an input without lines has edges to vertices that it does not declare");
}

BadData EdgeInput::Content::unknown_vertex(std::uint64_t id) const {
  throw InternalError(__FILE__, __LINE__, "an edge to vertex " + std::to_string(id) + ", which was not declared");
}

BadData EdgeInput::Content::repeated_vertex(std::uint64_t id) const {
  throw InternalError(__FILE__, __LINE__, "vertex " + std::to_string(id) + " was declared twice");
}

void EdgeInput::Content::check_promises(std::uint64_t /*vertices*/, std::uint64_t /*edges*/,
                                        std::uint64_t /*bad*/) const {}
void EdgeInput::Content::check_vertices_met(std::uint64_t /*vertices*/, std::uint64_t /*bad*/) const {}

EdgeInput EdgeInput::open(GraphSource const& source, Wishes const& wishes) {
  auto const& spec = source.spec;
  auto content = spec == "debian:"    ? open_packages(source, wishes)
                 : is_generated(spec) ? open_generated(spec, wishes)
                                      : open_files(spec, wishes);
  content->facts.spec = spec;
  content->facts.max_bad = wishes.max_bad;
  return EdgeInput(std::move(content));
}

std::string const& EdgeInput::spec() const noexcept { return content_->facts.spec; }
std::optional<bool> EdgeInput::directed() const noexcept { return content_->facts.directed; }
std::optional<std::uint64_t> EdgeInput::vertices_promised() const noexcept { return content_->facts.vertices_promised; }
std::optional<std::uint64_t> EdgeInput::edges_promised() const noexcept { return content_->facts.edges_promised; }
KernelDefaults const& EdgeInput::defaults() const noexcept { return content_->facts.defaults; }
bool EdgeInput::declares_vertices() const noexcept { return content_->facts.declares_vertices; }
std::uint64_t EdgeInput::max_bad() const noexcept { return content_->facts.max_bad; }
bool EdgeInput::weighted() const noexcept { return content_->facts.weighted; }
std::uint64_t EdgeInput::bytes() const noexcept { return content_->facts.bytes; }
std::shared_ptr<std::vector<std::string> const> EdgeInput::names() const noexcept { return content_->facts.names; }
std::vector<std::pair<std::string, std::uint64_t>> const& EdgeInput::files() const noexcept {
  return content_->facts.files;
}

void EdgeInput::read_vertices(int share, int shares, std::vector<std::uint64_t>& ids, BadLines& bad) const {
  content_->read_vertices(part_of(share, shares), ids, bad);
}

void EdgeInput::read_edges(int share, int shares, EdgeBlock& block, BadLines& bad) const {
  if (strangers_)
    content_->read_edges_without(part_of(share, shares), *strangers_, block, bad);
  else
    content_->read_edges(part_of(share, shares), block, bad);
}

EdgeInput EdgeInput::without_edges_to(std::vector<std::uint64_t> strangers) const {
  auto rest = *this;
  rest.strangers_ = std::make_shared<std::vector<std::uint64_t> const>(std::move(strangers));
  return rest;
}

std::vector<std::string> EdgeInput::places_of(BadLines const& bad) const {
  return bad.places([this](std::uint32_t file) -> data::TextSource const& { return content_->text(file); });
}

BadData EdgeInput::error_of(BadLines const& bad) const {
  return bad.error([this](std::uint32_t file) -> data::TextSource const& { return content_->text(file); });
}

BadData EdgeInput::unknown_vertex(std::uint64_t id) const { return content_->unknown_vertex(id); }
BadData EdgeInput::repeated_vertex(std::uint64_t id) const { return content_->repeated_vertex(id); }
void EdgeInput::check_promises(std::uint64_t vertices, std::uint64_t edges, std::uint64_t bad) const {
  content_->check_promises(vertices, edges, bad);
}
void EdgeInput::check_vertices_met(std::uint64_t vertices, std::uint64_t bad) const {
  if (!declares_vertices()) content_->check_vertices_met(vertices, bad);
}
std::string EdgeInput::digest() const { return content_->digest(); }

}  // namespace pel::graph
