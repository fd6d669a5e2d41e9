#include "agent/config/hmac_keys.hpp"

#include <algorithm>

#include "agent/config/password_keys.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

constexpr DurationRange windows{.shortest = std::chrono::seconds(vrrp::ReplayWindow::min),
                                .longest = std::chrono::seconds(vrrp::ReplayWindow::max),
                                .step = 1s};

constexpr std::array modes{Word<vrrp::HmacMode>{"receive-only", vrrp::HmacMode::receive_only},
                           Word<vrrp::HmacMode>{"permissive", vrrp::HmacMode::permissive},
                           Word<vrrp::HmacMode>{"enforce", vrrp::HmacMode::enforce}};
constexpr std::array anti_replays{Word<vrrp::AntiReplay>{"time", vrrp::AntiReplay::time},
                                  Word<vrrp::AntiReplay>{"monotonic", vrrp::AntiReplay::monotonic}};

void read_id(const Value& value, HmacKeySettings& key) {
  if (const auto found = integer_in(value, vrrp::KeyId::min, vrrp::KeyId::max))
    key.id = *vrrp::KeyId::from(*found);
}

constexpr SecretKind hmac_key{
    .name = "key", .shortest = vrrp::shortest_key, .longest = vrrp::longest_key};

void read_key(const Value& value, HmacKeySettings& key) {
  read_secret(value, hmac_key, key.secret);
}

void read_key_file(const Value& value, HmacKeySettings& key) {
  read_secret_file(value, hmac_key, key.secret);
}

constexpr std::array key_keys{
    Key<HmacKeySettings>{"id", read_id, "The number of the key, the same on all nodes.",
                         Presence::required},
    Key<HmacKeySettings>{"key", read_key, "The key itself.", Presence::either},
    Key<HmacKeySettings>{"key_file", read_key_file,
                         "The name of a file with the key in its first line.", Presence::either},
};

bool has_id(const HmacSettings& hmac, vrrp::KeyId id) {
  return std::ranges::find(hmac.keys, id, &HmacKeySettings::id) != hmac.keys.end();
}

void read_one_key(const Value& value, HmacSettings& hmac) {
  HmacKeySettings key;
  read_members(value, Section{key_keys, key});
  const auto* const table = std::get_if<Table>(&value.node.value);
  if (table == nullptr) return;
  if (find(*table, "id") == nullptr) value.reject("id is missing; accepted: 1..255");
  const bool inside = find(*table, "key") != nullptr;
  const bool in_file = find(*table, "key_file") != nullptr;
  if (inside == in_file) value.reject("one of key and key_file is required, and only one");
  if (has_id(hmac, key.id))
    value.reject("id " + std::to_string(key.id.value()) + " is that of another key already");
  hmac.keys.push_back(std::move(key));
}

void read_keys(const Value& value, HmacSettings& hmac) {
  const auto* const array = array_in(value, "tables with id and key");
  if (value.describing != nullptr) read_one_key(described_element(value), hmac);
  if (array == nullptr || exceeds(value, array->size(), limits::hmac_keys, "keys")) return;
  for (std::size_t i = 0; i < array->size(); ++i)
    read_one_key({(*array)[i], KeyPath(value.path, i), value.errors}, hmac);
}

void read_window(const Value& value, HmacSettings& hmac) {
  if (const auto window = duration_in(value, windows))
    hmac.window = vrrp::ReplayWindow::from(*window / std::chrono::seconds(1));
}

constexpr std::array hmac_keys{
    Key<HmacSettings>{"anti_replay", word<&HmacSettings::anti_replay, anti_replays>,
                      "Whether an advert's stamp is compared with the clock or with the last one."},
    Key<HmacSettings>{"keys", read_keys, "The first one signs, all are accepted.",
                      Presence::required},
    Key<HmacSettings>{"mode", word<&HmacSettings::mode, modes>,
                      "Whether adverts are signed, and whether unsigned ones are taken."},
    Key<HmacSettings>{"window", read_window,
                      "By how much a stamp may differ from our clock; by default three intervals, "
                      "but 5s at least."},
};

}  // namespace

void read_hmac(const Value& value, VrrpSettings& settings) {
  HmacSettings hmac;
  read_members(value, Section{hmac_keys, hmac});
  const auto* const table = std::get_if<Table>(&value.node.value);
  if (table == nullptr) return;
  const Member* const keys = find(*table, "keys");
  const auto* const array = keys == nullptr ? nullptr : std::get_if<Array>(&keys->node.value);
  if (keys == nullptr || (array != nullptr && array->empty()))
    value.reject("keys is missing; at least one is needed, the first one signs");
  settings.hmac = std::move(hmac);
}

}  // namespace failover::config
