#include "agent/config/nearest.hpp"

#include <array>
#include <string>

#include "tests/unit/catch.hpp"

namespace failover::config {
namespace {

constexpr std::array<std::string_view, 5> known{"addresses", "advbase", "advskew", "node", "scope"};

TEST_CASE("A name with a slip is taken for the nearest known one") {
  CHECK(nearest("advskw", known) == "advskew");      // a letter left out
  CHECK(nearest("advskeww", known) == "advskew");    // one too many
  CHECK(nearest("advskaw", known) == "advskew");     // a wrong one
  CHECK(nearest("avdskew", known) == "advskew");     // two swapped
  CHECK(nearest("adresess", known) == "addresses");  // two slips in a long name
  CHECK(nearest("adv_base", known) == "advbase");
  CHECK(nearest("nod", known) == "node");
}

TEST_CASE("Case does not count as a slip") {
  CHECK(nearest("ADVSKEW", known) == "advskew");
  CHECK(nearest("AdvBse", known) == "advbase");
}

TEST_CASE("A name that resembles none is not taken for any") {
  CHECK(nearest("group", known) == std::nullopt);
  CHECK(nearest("", known) == std::nullopt);
  CHECK(nearest("no", known) == std::nullopt);    // too short for a slip
  CHECK(nearest("nxxe", known) == std::nullopt);  // two slips in four letters
  CHECK(nearest("advskewing", known) == std::nullopt);
}

TEST_CASE("Of two names the nearer one is chosen") {
  CHECK(nearest("advskwe", known) == "advskew");
  CHECK(nearest("advbasew", known) == "advbase");
}

TEST_CASE("Names longer than any key are not compared") {
  const std::string name(100'000, 'a');
  CHECK(nearest(name, known) == std::nullopt);
}

}  // namespace
}  // namespace failover::config
