#pragma once
// The directory: which routers, groups and interfaces there are, by name, with what the engine
// publishes of them. Gives the other threads their work when the configuration changes.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/configuration.hpp"
#include "agent/mailbox/messages.hpp"

namespace failover::control {

struct RouterEntry {
  RouterId id = 0;
  GroupId group = 0;
  InterfaceSlot slot = 0;
  config::RouterSettings settings;
  std::unique_ptr<PublishedRouter> status;
  bool leaving = false;  // taken out of the configuration; hands over before it goes
};

struct GroupEntry {
  GroupId id = 0;
  config::GroupSettings settings;
  std::unique_ptr<PublishedGroup> status = std::make_unique<PublishedGroup>();
  // By name; one that is no more configured stays until the group goes: the engine may not have
  // heard of it yet.
  std::map<std::string, std::unique_ptr<PublishedTrack>, std::less<>> tracks = {};
  bool leaving = false;  // taken out of the configuration; goes after its last router
};

struct InterfaceEntry {
  std::string name;
  std::unique_ptr<PublishedInterface> status;
};

// The group that a router belongs to: the one that it names, or itself.
[[nodiscard]] std::string group_of(const config::RouterSettings& router);

// What became of each router and each group when a configuration was applied.
struct Applied {
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> removed;
  std::size_t unchanged = 0;
  std::vector<std::string> groups_added = {};
  std::vector<std::string> groups_changed = {};
  std::vector<std::string> groups_removed = {};
};

// The control thread only.
class Directory {
 public:
  // What persons have asked for, of a group by its name.
  using InForce = std::function<group::Overrides(const std::string& group)>;

  // state: what is kept of each router, and what an earlier life has left; outlives the directory.
  explicit Directory(
      Mailboxes& mailboxes, StateFile* state = nullptr,
      InForce in_force = [](const std::string&) { return group::Overrides{}; })
      : mailboxes_(mailboxes), state_(state), in_force_(std::move(in_force)) {}

  // Touches what differs and nothing else. A router that is still leaving and wanted again is added
  // when it has gone.
  Applied apply(const config::Configuration& wanted);
  // What the group was in the agent's earlier life; nothing when there was none.
  [[nodiscard]] std::optional<router::Role> earlier_role(const config::Configuration& wanted,
                                                         std::string_view group) const;
  // Everything is to hand over and go.
  void remove_all();
  void remove_all_now();
  // The other threads have let go of a router, of a group.
  void gone(RouterId id);
  // Its name; empty when there was none.
  std::string group_gone(GroupId id);

  [[nodiscard]] const RouterEntry* find(std::string_view name) const;
  [[nodiscard]] const RouterEntry* find(RouterId id) const;
  [[nodiscard]] const GroupEntry* find_group(std::string_view name) const;
  [[nodiscard]] const GroupEntry* find_group(GroupId id) const;
  // Ordered by name.
  [[nodiscard]] std::vector<const RouterEntry*> routers() const;
  [[nodiscard]] std::vector<const RouterEntry*> routers_of(GroupId group) const;
  [[nodiscard]] std::vector<const GroupEntry*> groups() const;
  [[nodiscard]] const std::vector<InterfaceEntry>& interfaces() const { return interfaces_; }
  [[nodiscard]] bool empty() const { return by_name_.empty(); }

 private:
  using WantedGroups = std::map<std::string, config::GroupSettings>;
  using WantedRouters = std::map<std::string, const config::RouterSettings*>;
  void apply_groups(const WantedGroups& wanted, const config::Configuration& configuration,
                    Applied& applied);
  void apply_routers(const WantedRouters& wanted, Applied& applied);
  // earlier: what it was in the agent's earlier life.
  void add(const config::GroupSettings& settings, std::optional<router::Role> earlier);
  void change(GroupEntry& entry, const config::GroupSettings& settings);
  void remove_groups_without_routers();
  void add(const config::RouterSettings& settings);
  void change(RouterEntry& entry, const config::RouterSettings& settings);
  [[nodiscard]] KernelRouter kernel_router(const RouterEntry& entry) const;
  void remove(RouterEntry& entry);
  [[nodiscard]] InterfaceSlot slot_of(const std::string& interface);

  Mailboxes& mailboxes_;
  StateFile* state_;
  InForce in_force_;
  std::map<std::string, RouterEntry, std::less<>> by_name_;
  std::map<std::string, GroupEntry, std::less<>> groups_;
  std::vector<GroupEntry> leaving_groups_;               // the engine still has them
  std::vector<InterfaceEntry> interfaces_;               // by slot; never shrinks
  std::vector<bool> ids_;                                // of routers, in use
  std::vector<bool> group_ids_;                          // in use
  bool started_ = false;                                 // the first configuration is applied
  std::map<std::string, config::RouterSettings> later_;  // wanted again, still leaving
};

}  // namespace failover::control
