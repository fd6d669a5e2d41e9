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

#include "agent/config/duration_text.hpp"
#include "agent/config/reader.hpp"
#include "tests/fuzz/property.hpp"

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

void check_address(const AddressSettings& address, const CarpSettings& router) {
  const auto& ip = address.prefix.address();
  must(ip.family() == Family::ipv4 && !ip.is_unspecified() && !ip.is_multicast() &&
           !ip.is_loopback() && !ip.is_broadcast(),
       "an address is a host's", address.prefix.text());
  must(address.label.size() < IFNAMSIZ && !has_control(address.label) &&
           (address.label.empty() || address.label.starts_with(router.interface)),
       "a label is one of the interface", address.label);
  must(!address.preferred_lifetime || (address.preferred_lifetime->count() >= 0 &&
                                       address.preferred_lifetime->count() < 0xffff'ffff),
       "a lifetime fits the kernel's field");
}

void check_router(const CarpSettings& router) {
  must(!router.interface.empty() && router.interface.size() < IFNAMSIZ &&
           !has_control(router.interface) &&
           router.interface.find_first_of(" /:") == std::string::npos,
       "an interface has a name that the kernel takes", router.interface);
  const auto password = text_of(router.password.bytes());
  must(!password.empty() && password.size() <= limits::carp_password &&
           password.find('\0') == std::string_view::npos,
       "a password fits CARP");
  must(router.handover_timeout >= limits::handover_timeout_shortest &&
           router.handover_timeout <= limits::handover_timeout_longest,
       "a hand-over timeout is in range");
  must(std::ranges::any_of(router.addresses, &AddressSettings::advertise),
       "a router advertises an address");
  must(router.addresses.size() <= limits::addresses_per_router, "addresses are bounded");
  for (const AddressSettings& address : router.addresses) check_address(address, router);
}

void check_ranges(const Configuration& configuration) {
  must(configuration.agent.node.size() <= limits::node_name_bytes &&
           !has_control(configuration.agent.node),
       "a node has a name that can be shown", configuration.agent.node);
  std::set<std::pair<std::string, int>> routers;
  std::set<IpAddress> addresses;
  for (const CarpSettings& router : configuration.routers) {
    check_router(router);
    must(routers.empty() || *routers.rbegin() < std::pair(router.interface, +router.vhid.value()),
         "routers are in order, each once", router.name());
    routers.emplace(router.interface, router.vhid.value());
    for (const AddressSettings& address : router.addresses)
      must(addresses.insert(address.prefix.address()).second, "an address has one router",
           address.prefix.text());
  }
}

// --- Written out ---

std::string toml_string(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (is_control(letter) || letter == '"' || letter == '\\')
      result += {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    else
      result += letter;
  }
  return result + '"';
}

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
    text +=
        ", preferred_lifetime = \"" + std::to_string(address.preferred_lifetime->count()) + "s\"";
  return text + " }";
}

std::string written(const CarpSettings& router) {
  std::string text = "[interface." + toml_string(router.interface) + ".carp." +
                     std::to_string(router.vhid.value()) + "]\naddresses = [";
  for (const AddressSettings& address : router.addresses) text += written(address) + ",";
  text += "]\npassword = " + toml_string(text_of(router.password.bytes())) +
          "\nadvbase = " + std::to_string(router.advbase.value()) +
          "\nadvskew = " + std::to_string(router.advskew.value()) +
          "\ndead_ratio = " + std::to_string(router.dead_ratio.value()) +
          "\npreempt = " + truth(router.preempt == carp::Preempt::on) + "\n";
  if (router.handover_timeout % 1ms == Duration(0))
    text +=
        "handover_timeout = " + toml_string(config::duration_text(router.handover_timeout)) + "\n";
  if (router.source) text += "source = " + toml_string(router.source->text()) + "\n";
  return text;
}

void check_written(Configuration configuration) {
  constexpr std::array levels{"error", "warning", "notice", "info", "debug"};
  std::string text =
      "[agent]\nlog_level = " +
      toml_string(levels.at(static_cast<std::size_t>(configuration.agent.log_level))) + "\n";
  if (!configuration.agent.node.empty())
    text += "node = " + toml_string(configuration.agent.node) + "\n";
  for (CarpSettings& router : configuration.routers) {
    text += written(router);
    // Nanoseconds can be read, from "0.000000001s", but are not written.
    if (router.handover_timeout % 1ms != Duration(0))
      router.handover_timeout = limits::handover_timeout_default;
  }
  const auto again = read(text);
  must(again && *again == configuration, "a configuration is read as it is written", text);
}

// --- Passwords ---

void check_secrecy(std::string_view toml, std::string_view secret) {
  const auto result = read(toml);
  if (result) return;
  for (const ConfigError& error : result.error())
    must(error.text().find(secret) == std::string::npos, "no error quotes a password",
         error.text());
}

// The text cut off inside the password or behind it, and with mistakes added at its end. Neither
// makes anything else of the password than a value.
void check_passwords(const Configuration& configuration, std::string_view toml) {
  constexpr std::size_t telling = 8;  // shorter ones may be words of the messages
  for (const CarpSettings& router : configuration.routers) {
    const auto password = text_of(router.password.bytes());
    const auto at = toml.find(password);
    if (password.size() < telling || at == std::string_view::npos ||
        toml.find(password, at + 1) != std::string_view::npos)
      continue;
    const auto half = password.substr(0, telling);
    for (const std::size_t cut : {telling, password.size(), password.size() + 1})
      check_secrecy(toml.substr(0, at + cut), half);
    const auto name = "[interface." + toml_string(router.interface) + ".carp." +
                      std::to_string(router.vhid.value());
    for (const auto& mistake : {std::string("\nadvskew = 999"), std::string("\npassword = 1"),
                                "\n" + name + "]", "\n" + name + ".password]", std::string("\n=")})
      check_secrecy(std::string(toml) + mistake, half);
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
