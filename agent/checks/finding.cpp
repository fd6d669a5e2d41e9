#include "agent/checks/finding.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cctype>
#include <cerrno>

#include "agent/config/duration_text.hpp"
#include "protocol/limits.hpp"

namespace failover::checks {
namespace {

bool is_ours(const boost::system::error_code& error) {
  if (error.category() != boost::system::system_category()) return false;
  switch (error.value()) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN:
    case EADDRNOTAVAIL: return true;  // the last: all ephemeral ports are in use
    default: return false;
  }
}

// The C library's messages begin with a capital; here they stand behind others.
std::string uncapitalised(std::string text) {
  const bool word = text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0;
  if (word) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

constexpr std::string_view blanks = " \t\r\n\v\f";

char shown(char letter) { return letter >= ' ' && letter <= '~' ? letter : '?'; }

}  // namespace

std::optional<group::Health> health(const Finding& finding) {
  switch (finding.verdict) {
    case Verdict::good: return group::Health::good;
    case Verdict::bad:
    case Verdict::timed_out: return group::Health::bad;
    case Verdict::none: return std::nullopt;
  }
  return std::nullopt;
}

Finding no_answer(Duration timeout) {
  return {Verdict::timed_out, "no answer within " + config::duration_text(timeout)};
}

Finding refusal(const boost::system::error_code& error) {
  // The kernel's own patience with a connection has the same word as ours.
  if (error == boost::asio::error::timed_out) return {Verdict::timed_out, "connection timed out"};
  return {is_ours(error) ? Verdict::none : Verdict::bad, uncapitalised(error.message())};
}

std::string system_message(int error_number) {
  return uncapitalised(boost::system::system_category().message(error_number));
}

std::string last_line(std::string_view text) {
  const auto end = text.find_last_not_of(blanks);
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  const auto newline = text.find_last_of("\r\n");
  if (newline != std::string_view::npos) text.remove_prefix(newline + 1);
  text.remove_prefix(text.find_first_not_of(blanks));
  std::string line(text.substr(0, limits::check_line_bytes));
  std::ranges::transform(line, line.begin(), shown);
  return line;
}

}  // namespace failover::checks
