#include "cli/value_path.hpp"

#include "cli/client.hpp"

namespace failover::cli {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] Result<ValuePath, std::string> read() {
    ValuePath path;
    while (true) {
      auto name = next_name();
      if (!name) return failure(name.error());
      path.push_back(std::move(*name));
      if (at_ == text_.size()) return path;
      if (text_[at_] != '.') return failure(wrong("a dot must stand between names"));
      ++at_;
    }
  }

 private:
  [[nodiscard]] std::string wrong(std::string_view what) const {
    return "column " + std::to_string(at_ + 1) + ": " + std::string(what);
  }

  [[nodiscard]] Result<std::string, std::string> next_name() {
    const bool quoted = at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'');
    const auto begin = quoted ? at_ + 1 : at_;
    const auto end =
        quoted ? text_.find(text_[at_], begin) : std::min(text_.find('.', begin), text_.size());
    if (end == std::string_view::npos) return failure(wrong("the quote has no end"));
    if (!quoted && end == begin) return failure(wrong("a name is missing"));
    at_ = quoted ? end + 1 : end;
    return std::string(text_.substr(begin, end - begin));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<ValuePath, std::string> parse_value_path(std::string_view written) {
  return Reader(written).read();
}

std::string target_of(const ValuePath& path) {
  std::string target;
  for (const std::string& name : path) target += "/" + percent_encoded(name);
  return target;
}

}  // namespace failover::cli
