#pragma once
// Configuration texts for the tests of the reader. The file that they are said to be in is
// "t.toml".

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/json_text.hpp"
#include "agent/config/reader.hpp"
#include "agent/config/values.hpp"
#include "tests/unit/catch.hpp"

namespace failover::config::test {

// A router that lacks nothing; `more` begins in line 4.
inline std::string in_router(std::string_view more) {
  return "[interface.eth0.carp.10]\n"
         "password = \"mekmitasdigoat\"\n"
         "addresses = [\"10.0.0.1/24\"]\n" +
         std::string(more);
}

// A router that lacks addresses; `more` begins in line 3.
inline std::string without_addresses(std::string_view more) {
  return "[interface.eth0.carp.10]\n"
         "password = \"mekmitasdigoat\"\n" +
         std::string(more);
}

// A router that lacks a password; `more` begins in line 3.
inline std::string without_password(std::string_view more) {
  return "[interface.eth0.carp.10]\n"
         "addresses = [\"10.0.0.1/24\"]\n" +
         std::string(more);
}

// A VRRP router that lacks nothing; `more` begins in line 3.
inline std::string in_vrrp(std::string_view more, std::string_view addresses = "\"10.0.0.1/24\"") {
  return "[interface.eth0.vrrp.20]\naddresses = [" + std::string(addresses) + "]\n" +
         std::string(more);
}

// What one address table says; `more` follows its address.
inline std::string in_address(std::string_view more) {
  return without_addresses("addresses = [{ address = \"10.0.0.1/24\"" + std::string(more) +
                           " }]\n");
}

// All errors, a line each, without a line's end behind the last. Empty when there are none.
inline std::string errors_text(const Result<Configuration, ConfigErrors>& result) {
  std::string text;
  if (result) return text;
  for (const ConfigError& error : result.error()) {
    if (!text.empty()) text += '\n';
    text += error.text();
  }
  return text;
}

inline std::string errors_of(std::string_view toml) {
  return errors_text(read_configuration_text(toml, "t.toml"));
}

// The configuration of a text that must be right.
inline Configuration read(std::string_view toml) {
  auto configuration = read_configuration_text(toml, "t.toml");
  INFO(errors_text(configuration));
  REQUIRE(configuration.has_value());
  return std::move(*configuration);
}

// Its only router.
inline RouterSettings read_router(std::string_view toml) {
  auto configuration = read(toml);
  REQUIRE(configuration.routers.size() == 1);
  return std::move(configuration.routers.front());
}

inline CarpSettings read_carp(std::string_view toml) {
  return std::get<CarpSettings>(read_router(toml).protocol);
}

inline VrrpSettings read_vrrp(std::string_view toml) {
  return std::get<VrrpSettings>(read_router(toml).protocol);
}

inline std::string_view text_of(const Secret& secret) {
  return {reinterpret_cast<const char*>(secret.bytes().data()), secret.bytes().size()};
}

// A text that is wrong in one way, and all that is said about it.
struct BadText {
  std::string_view what;
  std::string toml;
  std::string_view errors;
};

// The file that FAILOVER_BAD_TEXTS names gets them as lines of JSON, some more than once:
// tests/system/test_bad_configurations.py tries them in all the other ways.
inline void write_down(const std::vector<BadText>& texts) {
  const char* const file = std::getenv("FAILOVER_BAD_TEXTS");
  if (file == nullptr) return;
  std::ofstream lines(file, std::ios::app);
  for (const BadText& bad : texts) {
    Table row;
    add(row, "errors", text_value(bad.errors));
    add(row, "toml", text_value(bad.toml));
    add(row, "what", text_value(bad.what));
    lines << compact_json_text(table_value(std::move(row))) << '\n';
  }
}

inline void check_bad_texts(const std::vector<BadText>& texts) {
  write_down(texts);
  for (const BadText& bad : texts) {
    DYNAMIC_SECTION(bad.what) { CHECK(errors_of(bad.toml) == bad.errors); }
  }
}

}  // namespace failover::config::test
