// The state file: what outlives an agent, also one that was killed while it wrote.

#include "agent/state/state_file.hpp"

#include <fstream>

#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::tests {
namespace {

using config::test::TemporaryDirectory;

constexpr std::string_view web = "eth0.carp.10";

StateFile opened(const std::filesystem::path& file) {
  auto state = StateFile::open(file);
  REQUIRE(state);
  return std::move(*state);
}

const Survivor active{
    .role = router::Role::active, .reason = Reason::no_response, .since = noon, .yielded = true};

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("PRODUCT 8.2: the next life finds what the last one wrote") {
  const TemporaryDirectory directory;
  const auto file = directory / "state";
  {
    StateFile state = opened(file);
    CHECK_FALSE(state.find(web));
    state.entry_of(web)->write(active);
    state.pulse() = (Instant{} + 5s).time_since_epoch().count();
  }
  const StateFile next = opened(file);
  const auto found = next.find(web);
  REQUIRE(found);
  CHECK(found->role == router::Role::active);
  CHECK(found->reason == Reason::no_response);
  CHECK(found->since == noon);
  CHECK(found->yielded);
  CHECK(found->last_seen == Instant{} + 5s);
  CHECK_FALSE(next.find("eth0.carp.11"));
}

TEST_CASE("the last word counts") {
  const TemporaryDirectory directory;
  StateFile state = opened(directory / "state");
  StateFile::Entry* entry = state.entry_of(web);
  for (int i = 0; i < 5; ++i) {
    entry->write(active);
    entry->write({.role = router::Role::backup, .reason = Reason::preempted});
  }
  CHECK(state.find(web)->role == router::Role::backup);
  CHECK(state.find(web)->reason == Reason::preempted);
  CHECK_FALSE(state.find(web)->yielded);
}

TEST_CASE("a write that was torn leaves the one before it") {
  const TemporaryDirectory directory;
  const auto file = directory / "state";
  {
    StateFile state = opened(file);
    StateFile::Entry* entry = state.entry_of(web);
    entry->write({.role = router::Role::backup, .reason = Reason::preempted});
    entry->write(active);
  }
  const std::string whole = content_of(file);
  const auto at = whole.find(name(Reason::no_response));
  REQUIRE(at != std::string::npos);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(static_cast<std::streamoff>(at))
      .put('#');
  CHECK(opened(file).find(web)->role == router::Role::backup);
}

TEST_CASE("what was forgotten is not found again, and its place is free") {
  const TemporaryDirectory directory;
  StateFile state = opened(directory / "state");
  StateFile::Entry* const entry = state.entry_of(web);
  entry->write(active);
  state.forget(web);
  CHECK_FALSE(state.find(web));
  CHECK(state.entry_of("eth1.vrrp.1") == entry);
  CHECK_FALSE(state.find("eth1.vrrp.1"));
}

TEST_CASE("each router has a place of its own, up to limits::routers") {
  const TemporaryDirectory directory;
  StateFile state = opened(directory / "state");
  std::set<StateFile::Entry*> places;
  for (std::size_t i = 0; i < 300; ++i)
    places.insert(state.entry_of("eth" + std::to_string(i) + ".carp.1"));
  CHECK(places.size() == 300);
  CHECK(state.entry_of("eth7.carp.1") == state.entry_of("eth7.carp.1"));
}

TEST_CASE("a file of another boot, of another layout or of another size says nothing") {
  const TemporaryDirectory directory;
  const auto file = directory / "state";
  { opened(file).entry_of(web)->write(active); }
  std::string content = content_of(file);
  SECTION("another boot") { content.at(24) ^= 1; }
  SECTION("another layout") { content.at(16) ^= 1; }
  SECTION("another size") { content.resize(content.size() / 2); }
  SECTION("something else") { content.assign(content.size(), 'x'); }
  std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
  CHECK_FALSE(opened(file).find(web));
}

TEST_CASE("a state file that cannot be had is refused with its name") {
  const TemporaryDirectory directory;
  const auto state = StateFile::open(directory / "none/state");
  REQUIRE_FALSE(state);
  CHECK(state.error().find("none/state") != std::string::npos);
}

TEST_CASE("what was counted of a router goes on in the next life, until it is forgotten") {
  const TemporaryDirectory directory;
  const auto file = directory / "state";
  RouterStatus status;
  status.adverts_sent = 7;
  status.other_addresses = 3;
  status.rejected.back() = 5;
  {
    StateFile state = opened(file);
    state.counters_of(web)->write(status);
    CHECK(state.counters_of("eth0.carp.11") != state.counters_of(web));
  }
  StateFile next = opened(file);
  RouterStatus found;
  next.counters_of(web)->read_into(found);
  CHECK(found.adverts_sent == 7);
  CHECK(found.other_addresses == 3);
  CHECK(found.rejected == status.rejected);
  next.forget(web);
  next.counters_of(web)->read_into(found);
  CHECK(found.adverts_sent == 0);
}

TEST_CASE("a file of counters that is nothing of ours costs nobody anything") {
  const TemporaryDirectory directory;
  { std::ofstream(directory / "counters") << "something else"; }
  StateFile state = opened(directory / "state");
  RouterStatus found;
  REQUIRE(state.counters_of(web) != nullptr);
  state.counters_of(web)->read_into(found);
  CHECK(found.adverts_sent == 0);
}

}  // namespace failover::tests
