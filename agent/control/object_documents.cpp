#include "agent/control/object_documents.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "agent/control/group_document.hpp"
#include "agent/control/router_document.hpp"
#include "agent/control/words.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::ordered_json;

struct ListedKind {
  ObjectKind kind;
  std::string_view word;
  std::string_view plural;
  std::string_view named_by;  // the field; empty: only the list can be asked for
};
constexpr std::array kinds{ListedKind{ObjectKind::group, "group", "groups", "name"},
                           ListedKind{ObjectKind::router, "router", "routers", "name"},
                           ListedKind{ObjectKind::ip, "ip", "ips", "address"},
                           ListedKind{ObjectKind::track, "track", "tracks", ""},
                           ListedKind{ObjectKind::peer, "peer", "peers", ""},
                           ListedKind{ObjectKind::override, "override", "overrides", ""},
                           ListedKind{ObjectKind::interface, "interface", "interfaces", "name"}};

const ListedKind& entry_of(ObjectKind kind) {
  return *std::ranges::find(kinds, kind, &ListedKind::kind);
}

Json source_json(const std::optional<IpAddress>& source) {
  return source ? Json(source->text()) : Json(nullptr);
}

// Whom the other protocol uses an id of ours with.
Json conflict_json(const InterfaceStatus& status) {
  if (status.id_conflicts == 0) return nullptr;
  return {{"id", status.id_in_conflict},
          {"peer", status.id_conflict_from.address.text()},
          {"mac", status.id_conflict_from.mac.text()}};
}

// With the group that it is of.
Json of_group(const GroupView& group, const Json& json) {
  Json whole{{"group", group.settings.name}};
  whole.update(json);
  return whole;
}

Json ip_json(const GroupView& group, const RouterView& router,
             const config::AddressSettings& address) {
  const RouterStatus& status = router.status;
  return {{"address", address.prefix.address().text()},
          {"prefix", address.prefix.text()},
          {"group", group.settings.name},
          {"router", router.settings.name()},
          {"interface", router.settings.interface},
          {"held", status.held},
          {"role", word(status.role)},
          {"advertised", address.advertise}};
}

void add_routers(const GroupView& group, Instant now, Json& list) {
  for (const RouterView& router : group.routers)
    list.push_back(of_group(group, router_json(router, now)));
}

void add_ips(const GroupView& group, Json& list) {
  for (const RouterView& router : group.routers)
    for (const config::AddressSettings& address : router.settings.addresses)
      list.push_back(ip_json(group, router, address));
}

void add_peers(const GroupView& group, Instant now, Json& list) {
  for (const RouterView& router : group.routers)
    for (std::uint32_t i = 0; i < router.status.peer_count; ++i) {
      Json peer = peer_json(router.status.peers[i], router.settings, now);
      Json whole{{"group", group.settings.name}, {"router", router.settings.name()}};
      whole.update(peer);
      list.push_back(std::move(whole));
    }
}

void add_objects(ObjectKind kind, const GroupView& group, Json& list) {
  const Instant now = monotonic_now();
  switch (kind) {
    case ObjectKind::group: list.push_back(group_json(group, now)); return;
    case ObjectKind::router: return add_routers(group, now, list);
    case ObjectKind::ip: return add_ips(group, list);
    case ObjectKind::track:
      for (const TrackView& track : group.tracks)
        list.push_back(of_group(group, track_json(track)));
      return;
    case ObjectKind::peer: return add_peers(group, now, list);
    case ObjectKind::override:
      for (const Override& override : group.overrides)
        if (!override.group.empty()) list.push_back(of_group(group, override_json(override)));
      if (group.status.yielded) list.push_back(of_group(group, yielded_json(group)));
      return;
    case ObjectKind::interface: return;  // of no group
  }
}

// Those of the whole agent stand first.
Json objects(const View& view, ObjectKind kind) {
  Json list = Json::array();
  if (kind == ObjectKind::override)
    for (const Override& override : view.overrides.all())
      if (override.group.empty()) {
        Json whole{{"group", nullptr}};
        whole.update(override_json(override));
        list.push_back(std::move(whole));
      }
  if (kind == ObjectKind::interface)
    for (const InterfaceEntry& interface : view.directory.interfaces())
      list.push_back(interface_json(interface));
  else
    for (const GroupEntry* group : view.directory.groups())
      add_objects(kind, group_view(view, *group), list);
  return list;
}

}  // namespace

Json interface_json(const InterfaceEntry& interface) {
  const InterfaceStatus status = interface.status->read();
  std::string_view state = "up";
  if (status.waiting_for == WaitingFor::interface) state = "missing";
  if (status.waiting_for == WaitingFor::link) state = "down";
  if (status.waiting_for == WaitingFor::carrier) state = "no-carrier";
  return {{"name", interface.name},
          {"state", state},
          {"index", status.index},
          {"mac", status.mac.text()},
          {"source", source_json(status.sources.ipv4)},
          {"source6", source_json(status.sources.ipv6)},
          {"id_conflict", conflict_json(status)},
          {"counters",
           {{"id_conflicts", status.id_conflicts},
            {"unknown_id", status.unknown_id},
            {"vlan_tagged", status.vlan_tagged},
            {"malformed", status.malformed},
            {"settings_restored", status.settings_restored}}}};
}

std::string json_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<ObjectKind> object_kind(std::string_view word) {
  const auto found = std::ranges::find(kinds, word, &ListedKind::word);
  return found == kinds.end() ? std::nullopt : std::optional(found->kind);
}

bool has_names(ObjectKind kind) { return !entry_of(kind).named_by.empty(); }

std::string objects_document(const View& view, ObjectKind kind) {
  const ListedKind& entry = entry_of(kind);
  return json_text({{"schema", "failover." + std::string(entry.word) + ".v1"},
                    {std::string(entry.plural), objects(view, kind)}});
}

// A link-local address may be on several interfaces: the one that is held goes first.
std::optional<std::string> object_document(const View& view, ObjectKind kind,
                                           const std::string& name) {
  const std::string field(entry_of(kind).named_by);
  const Json list = objects(view, kind);
  const Json* found = nullptr;
  for (const Json& object : list)
    if (object.at(field) == name && (found == nullptr || object.value("held", false)))
      found = &object;
  return found == nullptr ? std::nullopt : std::optional(json_text(*found));
}

std::optional<std::string> elements_document(const View& view, const std::string& group) {
  const GroupEntry* entry = view.directory.find_group(group);
  if (entry == nullptr) return std::nullopt;
  return json_text({{"schema", "failover.element.v1"},
                    {"group", group},
                    {"elements", elements_json(group_view(view, *entry))}});
}

}  // namespace failover::control
