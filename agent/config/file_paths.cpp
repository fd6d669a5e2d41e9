#include "agent/config/file_paths.hpp"

#include <array>
#include <filesystem>

#include "agent/config/tree_places.hpp"

namespace failover::config {
namespace {

// What read_secret_file() reads. All other keys that name a file want an absolute path.
constexpr std::array<std::string_view, 5> carp_file{"interface", "*", "carp", "*", "password_file"};
constexpr std::array<std::string_view, 5> vrrp_file{"interface", "*", "vrrp", "*", "password_file"};
constexpr std::array<std::string_view, 8> key_file{"interface", "*",    "vrrp", "*",
                                                   "hmac",      "keys", "[]",   "key_file"};
constexpr std::array<PlacePattern, 3> paths{carp_file, vrrp_file, key_file};

}  // namespace

void make_paths_absolute(Table& tree, const std::vector<std::string>& files) {
  for (const PlacePattern pattern : paths)
    visit_places(tree, pattern, [&files](const TreePath&, const KeyPath&, Node& node) {
      const auto* const text = std::get_if<Secret>(&node.value);
      // An empty one is refused when it is judged, and must stay what it is until then.
      if (text == nullptr || characters(*text).empty()) return;
      const std::filesystem::path named_in(files.at(node.place.file));
      std::error_code error;
      const auto file =
          std::filesystem::absolute(named_in.parent_path() / characters(*text), error);
      // Without a working directory the path is as good as it was.
      if (!error) node.value = Secret(file.string());
    });
}

}  // namespace failover::config
