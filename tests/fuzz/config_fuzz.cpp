// The configuration file. What is accepted is within the ranges that failover.toml(5) gives, and
// means the same when it is written out and read again; what is refused is refused with a place, in
// one line that is safe to print, and never with a password in it.

#include <net/if.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <tuple>
#include <variant>

#include "agent/config/duration_text.hpp"
#include "agent/config/reader.hpp"
#include "tests/fuzz/groups.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/toml_text.hpp"

// An input may name any file as its password_file. There is one, and none is opened: the linker
// sends the reader here.
extern "C" int __wrap_open(const char* path, int, ...) {
  constexpr std::string_view password = "mekmitasdigoat\n";
  if (!std::string_view(path).ends_with("web.key")) {
    errno = ENOENT;
    return -1;
  }
  const int file = memfd_create("web.key", MFD_CLOEXEC);
  const bool ready = file >= 0 && fchmod(file, S_IRUSR) == 0 &&
                     write(file, password.data(), password.size()) >= 0 &&
                     lseek(file, 0, SEEK_SET) == 0;
  failover::fuzz::must(ready, "the password file can be made");
  return file;
}
extern "C" int __wrap___open_2(const char* path, int flags) { return __wrap_open(path, flags); }

namespace failover::fuzz {
namespace {

using config::AddressSettings;
using config::CarpSettings;
using config::ConfigError;
using config::ConfigErrors;
using config::Configuration;
using config::forever;
using config::RouterSettings;
using config::VrrpSettings;

constexpr const char* file_name = "fuzz.toml";

Result<Configuration, ConfigErrors> read(std::string_view toml) {
  return config::read_configuration_text(toml, file_name);
}

// --- What is refused ---

void check_error(const ConfigError& error, std::string_view toml) {
  const auto text = error.text();
  must(error.file == file_name && text.starts_with("fuzz.toml:"), "an error names its file", text);
  must(!error.message.empty() && !has_control(text), "an error is a line of text", text);
  const auto lines = static_cast<std::size_t>(std::ranges::count(toml, '\n')) + 1;
  must(error.line >= 1 && error.column >= 1 && error.line <= lines, "an error has a place", text);
}

void check_errors(const ConfigErrors& errors, std::string_view toml) {
  must(!errors.empty(), "a refusal says why", toml);
  constexpr std::size_t most = limits::configuration_errors_shown;
  must(errors.size() <= most + 1, "errors are bounded");
  const bool cut = errors.size() > most;
  must(!cut || errors.back().message.starts_with("and "), "the last line counts what is left out");
  const std::span places(errors.data(), cut ? most : errors.size());
  for (const ConfigError& error : places) check_error(error, toml);
  must(
      std::ranges::is_sorted(
          places, {}, [](const ConfigError& error) { return std::pair(error.line, error.column); }),
      "errors come in the order of the file", toml);
}

// --- What is accepted ---

void check_host(const IpAddress& address) {
  must(!address.is_unspecified() && !address.is_multicast() && !address.is_loopback() &&
           !address.is_broadcast(),
       "an address is a host's", address.text());
}

void check_address(const AddressSettings& address, const RouterSettings& router) {
  check_host(address.prefix.address());
  must(router.has(address.prefix.address().family()), "a family has an advertised address",
       address.prefix.text());
  must(address.label.size() < IFNAMSIZ && !has_control(address.label) &&
           (address.label.empty() || (address.label.starts_with(router.interface) &&
                                      address.prefix.address().family() == Family::ipv4)),
       "a label is one of the interface", address.label);
  must(!address.preferred_lifetime ||
           (address.preferred_lifetime->count() >= 0 && *address.preferred_lifetime <= forever),
       "a lifetime fits the kernel's field");
}

bool is_password(std::string_view password, std::size_t longest) {
  return password.size() <= longest && password.find('\0') == std::string_view::npos;
}

void check_protocol(const CarpSettings& carp, const RouterSettings&) {
  const auto password = text_of(carp.password.bytes());
  must(!password.empty() && is_password(password, limits::carp_password), "a password fits CARP");
  must(carp.replay_window >= limits::replay_window_shortest &&
           carp.replay_window <= limits::replay_window_longest,
       "a replay window is in its range");
}

void check_protocol(const VrrpSettings& vrrp, const RouterSettings& router) {
  const bool is_v2 = vrrp.version == vrrp::Version::v2;
  const auto interval = vrrp.interval.value();
  must(is_v2 ? interval % 100 == 0 : interval <= 4095, "an interval fits its version");
  must(is_v2 ? is_password(text_of(vrrp.password.bytes()), 8) : vrrp.password.bytes().empty(),
       "a password fits VRRPv2");
  must(!is_v2 || !router.has(Family::ipv6), "VRRPv2 is of IPv4");
  must(vrrp.priority.value() < 255 || router.preempt == Preempt::on, "an owner preempts");
  for (const Family family : families) {
    const auto is_advertised = [family](const AddressSettings& address) {
      return address.advertise && address.prefix.address().family() == family;
    };
    must(std::ranges::count_if(router.addresses, is_advertised) <=
             (family == Family::ipv4 ? 255 : 89),
         "an advert carries what is advertised", router.name());
  }
}

void check_endpoints(const RouterSettings& router) {
  std::set<IpAddress> seen;
  for (const AddressSettings& address : router.addresses) seen.insert(address.prefix.address());
  std::set<Family> families_of_peers;
  for (const IpAddress& peer : router.peers) {
    check_host(peer);
    must(router.has(peer.family()) && seen.insert(peer).second, "a peer is another host",
         peer.text());
    families_of_peers.insert(peer.family());
  }
  must(router.peers.size() <= limits::unicast_peers, "peers are bounded");
  for (const Family family : families)
    must(router.peers.empty() || router.has(family) == families_of_peers.contains(family),
         "each family has peers", router.name());
  std::set<Family> families_of_sources;
  for (const IpAddress& source : router.sources) {
    check_host(source);
    must(router.has(source.family()) && families_of_sources.insert(source.family()).second,
         "a source is one of its family", source.text());
  }
  must(router.peers.empty() || router.mac == config::MacMode::interface,
       "unicast has the interface's MAC", router.name());
}

void check_router(const RouterSettings& router) {
  must(!router.interface.empty() && router.interface.size() < IFNAMSIZ &&
           !has_control(router.interface) &&
           router.interface.find_first_of(" /:") == std::string::npos,
       "an interface has a name that the kernel takes", router.interface);
  must(router.handover_timeout >= limits::handover_timeout_shortest &&
           router.handover_timeout <= limits::handover_timeout_longest,
       "a hand-over timeout is in range");
  must(!router.addresses.empty(), "a router has an address");
  must(router.addresses.size() <= limits::addresses_per_router, "addresses are bounded");
  for (const AddressSettings& address : router.addresses) check_address(address, router);
  check_endpoints(router);
  std::visit([&](const auto& protocol) { check_protocol(protocol, router); }, router.protocol);
}

void check_ranges(const Configuration& configuration) {
  must(configuration.agent.node.size() <= limits::node_name_bytes &&
           !has_control(configuration.agent.node),
       "a node has a name that can be shown", configuration.agent.node);
  std::set<std::tuple<std::string, std::size_t, int>> routers;
  std::set<std::pair<std::string, int>> virtual_macs;
  std::set<IpAddress> addresses;
  for (const RouterSettings& router : configuration.routers) {
    check_router(router);
    const std::tuple key(router.interface, router.protocol.index(), +router.id());
    must(routers.empty() || *routers.rbegin() < key, "routers are in order, each once",
         router.name());
    routers.insert(key);
    must(router.mac == config::MacMode::interface ||
             virtual_macs.emplace(router.interface, router.id()).second,
         "a virtual MAC has one router", router.name());
    for (const AddressSettings& address : router.addresses)
      must(addresses.insert(address.prefix.address()).second, "an address has one router",
           address.prefix.text());
  }
  check_groups(configuration);
}

// --- Written out ---

std::string truth(bool is_true) { return is_true ? "true" : "false"; }

std::string written(const AddressSettings& address) {
  constexpr std::array scopes{
      std::pair(netlink::Scope::global, "global"), std::pair(netlink::Scope::site, "site"),
      std::pair(netlink::Scope::link, "link"), std::pair(netlink::Scope::host, "host")};
  const auto* const scope =
      std::ranges::find(scopes, address.scope, [](const auto& known) { return known.first; });
  must(scope != scopes.end(), "a scope is one of four");
  std::string text = "{ address = " + toml_string(address.prefix.text()) + ", scope = \"" +
                     scope->second + "\", advertise = " + truth(address.advertise) +
                     ", noprefixroute = " + truth(address.noprefixroute);
  if (!address.label.empty()) text += ", label = " + toml_string(address.label);
  if (address.preferred_lifetime)
    text += ", preferred_lifetime = \"" +
            (*address.preferred_lifetime == forever
                 ? "forever"
                 : std::to_string(address.preferred_lifetime->count()) + "s") +
            "\"";
  return text + " }";
}

std::string written(const std::vector<IpAddress>& addresses) {
  std::string text = "[";
  for (const IpAddress& address : addresses) text += toml_string(address.text()) + ",";
  return text + "]\n";
}

std::string written(const CarpSettings& carp) {
  constexpr std::array protections{"off", "monitor", "enforce"};
  std::string window;
  if (carp.replay_window % 1ms == Duration(0))
    window = "replay_window = " + toml_string(config::duration_text(carp.replay_window)) + "\n";
  return "password = " + toml_string(text_of(carp.password.bytes())) +
         "\nadvbase = " + std::to_string(carp.advbase.value()) +
         "\nadvskew = " + std::to_string(carp.advskew.value()) +
         "\ndead_ratio = " + std::to_string(carp.dead_ratio.value()) + "\nreplay_protection = " +
         toml_string(protections.at(static_cast<std::size_t>(carp.replay_protection))) + "\n" +
         window;
}

std::string written(const VrrpSettings& vrrp) {
  const bool is_v2 = vrrp.version == vrrp::Version::v2;
  std::string text = "version = " + std::to_string(is_v2 ? 2 : 3) +
                     "\npriority = " + std::to_string(vrrp.priority.value()) + "\ninterval = \"" +
                     std::to_string(vrrp.interval.value() * 10) + "ms\"" +
                     "\ndead_ratio = " + std::to_string(vrrp.dead_ratio.value()) +
                     "\naccept = " + truth(vrrp.accept) + "\n";
  if (!vrrp.password.bytes().empty())
    text += "password = " + toml_string(text_of(vrrp.password.bytes())) + "\n";
  if (!is_v2)
    text += std::string("checksum = \"") +
            (vrrp.checksum == vrrp::Checksum::rfc5798 ? "rfc5798" : "rfc9568") + "\"\n";
  return text;
}

std::string header(const RouterSettings& router) {
  return "[interface." + toml_string(router.interface) +
         (std::holds_alternative<CarpSettings>(router.protocol) ? ".carp." : ".vrrp.") +
         std::to_string(router.id());
}

std::string written(const RouterSettings& router) {
  std::string text = header(router) + "]\naddresses = [";
  for (const AddressSettings& address : router.addresses) text += written(address) + ",";
  text += std::string("]\nmac = \"") +
          (router.mac == config::MacMode::interface ? "interface" : "virtual") + "\"\n";
  text += std::visit([](const auto& protocol) { return written(protocol); }, router.protocol);
  if (router.handover_timeout % 1ms == Duration(0))
    text +=
        "handover_timeout = " + toml_string(config::duration_text(router.handover_timeout)) + "\n";
  if (!router.sources.empty()) text += "source = " + written(router.sources);
  if (!router.peers.empty())
    text += "peers = " + written(router.peers) +
            "max_hops = " + std::to_string(router.max_hops.value()) + "\n";
  return text;
}

// The routers that are in the group, or the keys of the group in its router when that has its name:
// a name of an interface may have letters that a [group.NAME] cannot have.
std::string written(const Configuration& configuration, const config::GroupSettings& group) {
  const auto is_member = [&](const RouterSettings& router) { return router.group == group.name; };
  const auto count = std::ranges::count_if(configuration.routers, is_member);
  const auto first = std::ranges::find_if(configuration.routers, is_member);
  if (count == 1 && first->name() == group.name) return written(*first) + written_keys(group);
  std::string text = "[group." + toml_string(group.name) + "]\n" + written_keys(group);
  for (const RouterSettings& router : configuration.routers)
    if (is_member(router)) text += written(router) + "group = " + toml_string(group.name) + "\n";
  return text;
}

void check_written(Configuration configuration) {
  constexpr std::array levels{"error", "warning", "notice", "info", "debug"};
  std::string text =
      "[agent]\nlog_level = " +
      toml_string(levels.at(static_cast<std::size_t>(configuration.agent.log_level))) + "\n";
  if (!configuration.agent.node.empty())
    text += "node = " + toml_string(configuration.agent.node) + "\n";
  for (const config::GroupSettings& group : configuration.groups)
    text += written(configuration, group);
  for (RouterSettings& router : configuration.routers) {
    // Nanoseconds can be read, from "0.000000001s", but are not written.
    if (router.handover_timeout % 1ms != Duration(0))
      router.handover_timeout = limits::handover_timeout_default;
    auto* const carp = std::get_if<CarpSettings>(&router.protocol);
    if (carp != nullptr && carp->replay_window % 1ms != Duration(0))
      carp->replay_window = limits::replay_window_default;
  }
  const auto again = read(text);
  must(again && *again == configuration, "a configuration is read as it is written", text);
}

// --- Passwords ---

// The first message that has the secret in it; empty when none has.
std::string quoting(std::string_view toml, std::string_view secret) {
  const auto result = read(toml);
  if (result) return {};
  for (const ConfigError& error : result.error())
    if (auto text = error.text(); text.find(secret) != std::string::npos) return text;
  return {};
}

// A part of a password may be a part of the messages' own words: those stay when the password is
// another.
void check_secrecy(std::string_view toml, std::string_view masked, std::string_view secret) {
  const auto text = quoting(toml, secret);
  must(text.empty() || text == quoting(masked, secret), "no error quotes a password", text);
}

std::string_view password_of(const RouterSettings& router) {
  return std::visit([](const auto& protocol) { return text_of(protocol.password.bytes()); },
                    router.protocol);
}

// The text cut off inside the password or behind it, and with mistakes added at its end. Neither
// makes anything else of the password than a value.
void check_passwords(const Configuration& configuration, std::string_view toml) {
  constexpr std::size_t telling = 8;  // shorter ones may be words of the messages
  for (const RouterSettings& router : configuration.routers) {
    const auto password = password_of(router);
    const auto at = toml.find(password);
    if (password.size() < telling || at == std::string_view::npos ||
        toml.find(password, at + 1) != std::string_view::npos)
      continue;
    const auto half = password.substr(0, telling);
    const auto masked =
        std::string(toml).replace(at, password.size(), std::string(password.size(), 'x'));
    for (const std::size_t cut : {telling, password.size(), password.size() + 1})
      check_secrecy(toml.substr(0, at + cut), masked.substr(0, at + cut), half);
    const auto name = header(router);
    for (const auto& mistake : {std::string("\nadvskew = 999"), std::string("\npassword = 1"),
                                "\n" + name + "]", "\n" + name + ".password]", std::string("\n=")})
      check_secrecy(std::string(toml) + mistake, masked + mistake, half);
    return;
  }
}

void check(std::string_view toml) {
  const auto result = read(toml);
  const auto again = read(toml);
  must(result.has_value() == again.has_value(), "a text is judged alike every time", toml);
  if (!result) return check_errors(result.error(), toml);
  must(*result == *again, "a text means the same every time", toml);
  check_ranges(*result);
  check_written(*result);
  check_passwords(*result, toml);
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  failover::fuzz::check(failover::fuzz::text_of({data, size}));
  return 0;
}
