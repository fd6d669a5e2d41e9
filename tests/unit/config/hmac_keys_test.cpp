// [interface.IF.vrrp.VRID.hmac]: what it may say, and every word about what it may not.

#include "tests/unit/config/texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

const std::string good_key(vrrp::shortest_key, 'k');
const std::string longest_key(vrrp::longest_key, 'K');

std::string in_hmac(std::string_view more) {
  return in_vrrp("[interface.eth0.vrrp.20.hmac]\n" + std::string(more));
}

std::string one_key(std::string_view more = "") {
  return in_hmac("keys = [{ id = 7, key = \"" + good_key + "\" }]\n" + std::string(more));
}

HmacSettings read_hmac_of(const std::string& text) { return read_vrrp(text).hmac.value(); }

}  // namespace

TEST_CASE("authentication needs a key, and enforces with keepalived's window by default") {
  CHECK_FALSE(read_vrrp(in_vrrp("")).hmac);
  const auto hmac = read_hmac_of(one_key());
  REQUIRE(hmac.keys.size() == 1);
  CHECK(hmac.keys[0].id.value() == 7);
  CHECK(hmac.keys[0].secret == Secret(good_key));
  CHECK(hmac.mode == vrrp::HmacMode::enforce);
  CHECK(hmac.anti_replay == vrrp::AntiReplay::time);
  CHECK_FALSE(hmac.window);
}

TEST_CASE("authentication has two dimensions: what is accepted, and what is new") {
  CHECK(read_hmac_of(one_key("mode = \"receive-only\"\n")).mode == vrrp::HmacMode::receive_only);
  CHECK(read_hmac_of(one_key("mode = \"permissive\"\n")).mode == vrrp::HmacMode::permissive);
  CHECK(read_hmac_of(one_key("anti_replay = \"monotonic\"\n")).anti_replay ==
        vrrp::AntiReplay::monotonic);
  CHECK(read_hmac_of(one_key("window = \"300s\"\n")).window == vrrp::ReplayWindow::of<300>());
}

TEST_CASE("several keys are kept in their order, so that the first one signs") {
  const auto hmac = read_hmac_of(in_hmac("keys = [{ id = 2, key = \"" + longest_key +
                                         "\" }, { id = 1, key = \"" + good_key + "\" }]\n"));
  REQUIRE(hmac.keys.size() == 2);
  CHECK(hmac.keys[0].id.value() == 2);
  CHECK(hmac.keys[1].id.value() == 1);
}

TEST_CASE("authentication that cannot work is refused, with what is accepted") {
  const std::string at = "interface.eth0.vrrp.20.hmac";
  check_bad_texts({
      {"no keys", in_hmac("mode = \"enforce\"\n"),
       "t.toml:3:1: " + at + ": keys is missing; at least one is needed, the first one signs"},
      {"a short key", in_hmac("keys = [{ id = 1, key = \"short\" }]\n"),
       "t.toml:4:25: " + at +
           ".keys[0].key: the key does not fit; accepted: 32..64 bytes, none of "
           "them NUL"},
      {"a key without an id", in_hmac("keys = [{ key = \"" + good_key + "\" }]\n"),
       "t.toml:4:9: " + at + ".keys[0]: id is missing; accepted: 1..255"},
      {"an id without a key", in_hmac("keys = [{ id = 1 }]\n"),
       "t.toml:4:9: " + at + ".keys[0]: one of key and key_file is required, and only one"},
      {"a window above its range", one_key("window = \"301s\"\n"),
       "t.toml:5:10: " + at +
           ".window: \"301s\" is out of range; accepted: \"1s\"..\"300s\" (ms, s, m, h)"},
      {"a mistyped mode", one_key("mode = \"enforced\"\n"),
       "t.toml:5:8: " + at +
           ".mode: \"enforced\" is unknown; accepted: receive-only, permissive, "
           "enforce; did you mean \"enforce\"?"},
  });
}

TEST_CASE("two keys with one id are refused") {
  check_bad_texts({{"one id twice",
                    in_hmac("keys = [{ id = 1, key = \"" + good_key + "\" }, { id = 1, key = \"" +
                            longest_key + "\" }]\n"),
                    "t.toml:4:63: interface.eth0.vrrp.20.hmac.keys[1]: id 1 is that of another "
                    "key already"}});
}

}  // namespace failover::tests
