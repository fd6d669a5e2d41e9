// The words of PRODUCT 6 and 7, which scripts and people rely on.

#include <set>

#include "protocol/reason.hpp"
#include "protocol/rejection.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {

TEST_CASE("PRODUCT 7: every rejection has the name that status promises, in order of judgement") {
  const char* names[] = {"vlan",   "ip_header", "length",    "ttl",      "version",        "id",
                         "peer",   "checksum",  "addresses", "interval", "authentication", "digest",
                         "replay", "own"};
  REQUIRE(std::size(names) == rejections);
  for (std::size_t i = 0; i < rejections; ++i) CHECK(name(static_cast<Rejection>(i)) == names[i]);
}

TEST_CASE("PRODUCT 6: every reason has a name of its own, in the list's spelling") {
  std::set<std::string_view> names;
  const int last = static_cast<int>(last_reason);
  for (int i = 0; i <= last; ++i) names.insert(name(static_cast<Reason>(i)));
  CHECK(names.size() == static_cast<std::size_t>(last) + 1);
  for (const char* promised : {"priority", "preempted", "no-response", "operator", "element-down",
                               "stall", "foreign-address"})
    CHECK(names.count(promised) == 1);
}

TEST_CASE("what a router waits for has a name, nothing has none") {
  CHECK(name(WaitingFor::nothing).empty());
  CHECK(name(WaitingFor::interface) == "interface");
  CHECK(name(WaitingFor::link) == "link");
  CHECK(name(WaitingFor::carrier) == "carrier");
  CHECK(name(WaitingFor::address) == "address");
  CHECK(name(WaitingFor::capture) == "capture");
}

}  // namespace failover::tests
