#pragma once
// Random trees that the schema accepts, with every key that it knows, from a seed.

#include <random>
#include <string>

#include "agent/config/tree.hpp"
#include "agent/config/tree_edit.hpp"
#include "tests/unit/catch.hpp"

namespace failover::config::test {

class RandomTree {
 public:
  explicit RandomTree(unsigned seed) : random_(seed) {}

  Table make() {
    if (coin()) maybe({"agent", "node"}, text("lb" + number_text(0, 99)));
    maybe({"agent", "log_level"}, word({"error", "warning", "notice", "info", "debug"}));
    const int groups = between(0, 3);
    for (int i = 0; i < groups; ++i) add_group("g." + std::to_string(i));
    const int routers = between(1, 5);
    for (int i = 0; i < routers; ++i) add_router(i, groups);
    // A group has a router at least.
    for (int i = 0; i < groups; ++i)
      set({"interface", "if" + std::to_string(i) + ".7", "carp", "200", "group"},
          text("g." + std::to_string(i)));
    for (int i = 0; i < groups; ++i) {
      const TreePath router{"interface", "if" + std::to_string(i) + ".7", "carp", "200"};
      set(below(router, "addresses"), array({text("192.0.2." + std::to_string(i + 1))}));
      set(below(router, "password"), text("p"));
    }
    return std::move(tree_);
  }

 private:
  int between(int lowest, int highest) {
    return std::uniform_int_distribution<int>(lowest, highest)(random_);
  }
  bool coin() { return between(0, 1) == 1; }
  std::string number_text(int lowest, int highest) {
    return std::to_string(between(lowest, highest));
  }

  static Node text(std::string_view characters) {
    return {.place = {}, .value = Secret(characters)};
  }
  Node integer(int lowest, int highest) {
    return {.place = {}, .value = std::int64_t{between(lowest, highest)}};
  }
  Node truth() { return {.place = {}, .value = coin()}; }
  static Node array(Array elements) { return {.place = {}, .value = std::move(elements)}; }
  Node seconds(int lowest, int highest) { return text(number_text(lowest, highest) + "s"); }
  Node word(std::initializer_list<std::string_view> words) {
    return text(words.begin()[between(0, static_cast<int>(words.size()) - 1)]);
  }

  // Letters that notations treat in a way of their own.
  std::string odd_text(int longest) {
    constexpr std::array<std::string_view, 16> parts{"a", "Z", "\"",  "\\",  "'",      ".",
                                                     "#", "=", "[",   "{",   "\u00e4", "\U0001f600",
                                                     " ", ",", "\\u", "null"};
    std::string odd = "x";
    while (between(0, 7) != 0) {
      const auto part = parts.at(static_cast<std::size_t>(between(0, 15)));
      if (odd.size() + part.size() > static_cast<std::size_t>(longest)) break;
      odd += part;
    }
    return odd;
  }
  // With control characters, too; none of them NUL.
  std::string odd_bytes(int longest) {
    std::string odd = odd_text(longest - 2);
    odd += static_cast<char>(between(1, 31));
    return odd + '\x7f';
  }

  static TreePath below(TreePath path, std::string_view name) {
    path.emplace_back(name);
    return path;
  }
  void set(const TreePath& path, Node node) {
    const auto done = put(tree_, path, std::move(node));
    INFO((done ? std::string() : done.error()));
    REQUIRE(done.has_value());
  }
  void maybe(const TreePath& path, Node node) {
    if (coin()) set(path, std::move(node));
  }

  Node command() {
    Array words{text("/usr/bin/" + number_text(1, 99))};
    const int more = between(0, 3);
    for (int i = 0; i < more; ++i) words.push_back(text(odd_bytes(30)));
    return array(std::move(words));
  }

  // What a group has, and a router that is in a group of its own.
  void add_group_keys(const TreePath& path) {
    set(below(path, "description"), text(odd_text(200)));
    maybe(below(path, "mode"), word({"warm", "cold", "none"}));
    maybe(below(path, "preempt"), truth());
    maybe(below(path, "preempt_delay"), seconds(0, 60));
    maybe(below(path, "start_delay"), seconds(0, 60));
    maybe(below(below(path, "damping"), "moves"), integer(0, 9));
    maybe(below(below(path, "damping"), "window"), seconds(10, 60));
    maybe(below(path, "follow"), array({text("a.service"), text("b@1.service")}));
    maybe(below(path, "routes"), array({text("198.51.100.0/24 via 192.0.2.254")}));
    maybe(below(path, "rules"), array({text("from 192.0.2.1 lookup 12 priority 500")}));
    for (const auto* const kind : {"active", "backup", "before_release", "fault", "reconcile"})
      maybe(below(below(path, "hooks"), kind), array({command(), command()}));
    maybe(below(below(path, "hooks"), "timeout"), seconds(1, 60));
    maybe(below(below(path, "hooks"), "user"), text("nobody"));
    add_tracks(below(path, "track"));
  }

  void add_tracks(const TreePath& tracks) {
    add_track(tracks, "link", {{"interface", text("eth9.100")}});
    add_track(tracks, "address", {{"address", text("10.9.0.1")}, {"interface", text("eth9")}});
    add_track(tracks, "route",
              {{"destination", text("198.51.100.0/24")},
               {"gateway", text("10.9.0.2")},
               {"interface", text("eth9")},
               {"table", integer(1, 1000)}});
    add_track(tracks, "process", {{"process", text("haproxy")}, {"count", integer(1, 9)}});
    add_track(tracks, "file",
              {{"path", text("/run/" + odd_text(20) + "x")}, {"newer_than", seconds(1, 60)}});
    add_track(tracks, "command", {{"command", command()}, {"user", text("nobody")}});
    add_track(tracks, "tcp", {{"address", text("[::1]:" + number_text(1, 65535))}});
    add_track(tracks, "http",
              {{"url", text("http://127.0.0.1:8080/a?b=" + number_text(1, 9))},
               {"status", text("200-299")}});
    add_track(tracks, "icmp", {{"address", text("2001:db8::9")}});
    add_track(tracks, "unit", {{"unit", text("a\\x2db.service")}});
  }

  struct Key {
    std::string_view name;
    Node node;
  };

  void add_track(const TreePath& tracks, std::string_view type, std::vector<Key> own) {
    if (coin()) return;
    const auto path = below(tracks, "t." + std::string(type));
    set(below(path, "type"), text(type));
    for (Key& key : own) set(below(path, key.name), std::move(key.node));
    maybe(below(path, "demote"), integer(0, 254));
    maybe(below(path, "rise"), integer(1, 9));
    maybe(below(path, "interval"), seconds(2, 9));
    if (type == "link" || type == "address" || type == "route") return;
    if (type == "unit") return;
    maybe(below(path, "fall"), integer(1, 9));
    maybe(below(path, "timeout"), text(number_text(10, 999) + "ms"));
  }

  // It must be quoted, for two reasons.
  static std::string interface_name(int router) { return "if\"" + std::to_string(router) + ".1"; }

  Node addresses(int router) {
    const auto ip = "10.0." + std::to_string(router) + ".";
    Array all{text(ip + "1/24")};
    if (coin()) {
      Table details;
      const auto add = [&details](std::string_view name, Node node) {
        REQUIRE(put(details, {std::string(name)}, std::move(node)));
      };
      add("address", text(ip + "2/24"));
      add("advertise", truth());
      if (coin()) add("label", text(interface_name(router) + ":l"));
      add("noprefixroute", truth());
      add("preferred_lifetime", coin() ? text("forever") : seconds(0, 99));
      add("scope", word({"global", "site", "link", "host"}));
      all.push_back({.place = {}, .value = std::move(details)});
    }
    return array(std::move(all));
  }

  void add_router(int index, int groups) {
    const bool is_carp = coin();
    const TreePath path{"interface", interface_name(index), is_carp ? "carp" : "vrrp",
                        number_text(1, 254)};
    set(below(path, "addresses"), addresses(index));
    maybe(below(path, "handover_timeout"), seconds(1, 30));
    maybe(below(path, "source"), text("10.8.0.1"));
    if (coin()) {
      set(below(path, "peers"), array({text("10.7.0.1"), text("10.7.0.2")}));
      maybe(below(path, "max_hops"), integer(1, 255));
    } else {
      maybe(below(path, "mac"), word({"interface", "virtual"}));
    }
    maybe(below(path, "dead_ratio"), integer(3, 5));
    is_carp ? add_carp_keys(path) : add_vrrp_keys(path);
    if (groups > 0 && coin())
      set(below(path, "group"), text("g." + number_text(0, groups - 1)));
    else if (coin())
      add_group_keys(path);
  }

  void add_carp_keys(const TreePath& path) {
    set(below(path, "password"), text(odd_bytes(19)));
    maybe(below(path, "advbase"), integer(1, 255));
    maybe(below(path, "advskew"), integer(0, 254));
    maybe(below(path, "replay_protection"), word({"off", "monitor", "enforce"}));
    maybe(below(path, "replay_window"), seconds(1, 60));
  }

  void add_vrrp_keys(const TreePath& path) {
    maybe(below(path, "priority"), integer(1, 254));
    maybe(below(path, "accept"), truth());
    if (coin()) {
      set(below(path, "version"), integer(2, 2));
      maybe(below(path, "password"), text(odd_bytes(8)));
      maybe(below(path, "interval"), seconds(1, 255));
      return;
    }
    maybe(below(path, "version"), integer(3, 3));
    maybe(below(path, "interval"), text(number_text(1, 400) + "0ms"));
    maybe(below(path, "checksum"), word({"rfc5798", "rfc9568"}));
    if (coin()) add_hmac(below(path, "hmac"));
  }

  void add_hmac(const TreePath& path) {
    Array keys;
    const int count = between(1, 4);
    for (int id = 1; id <= count; ++id) {
      Table key;
      REQUIRE(put(key, {"id"}, integer(id, id)));
      REQUIRE(put(key, {"key"}, text(std::string(32, '\\') + odd_bytes(20))));
      keys.push_back({.place = {}, .value = std::move(key)});
    }
    set(below(path, "keys"), array(std::move(keys)));
    maybe(below(path, "mode"), word({"receive-only", "permissive", "enforce"}));
    maybe(below(path, "anti_replay"), word({"time", "monotonic"}));
    maybe(below(path, "window"), seconds(1, 5));
  }

  void add_group(const std::string& name) { add_group_keys({"group", name}); }

  std::mt19937 random_;
  Table tree_;
};

}  // namespace failover::config::test
