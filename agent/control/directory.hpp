#pragma once
// The directory: which routers and interfaces there are, by name, with what the engine publishes of
// them. Gives the other threads their work when the configuration changes.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/configuration.hpp"
#include "agent/mailbox/messages.hpp"

namespace failover::control {

struct RouterEntry {
  RouterId id = 0;
  InterfaceSlot slot = 0;
  config::RouterSettings settings;
  std::unique_ptr<PublishedRouter> status;
  bool leaving = false;  // taken out of the configuration; hands over before it goes
};

struct InterfaceEntry {
  std::string name;
  std::unique_ptr<PublishedInterface> status;
};

// How the router takes part in its protocol's election.
[[nodiscard]] router::Election election_of(const config::RouterSettings& settings);

// What became of each router when a configuration was applied.
struct Applied {
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> removed;
  std::size_t unchanged = 0;
};

// The control thread only.
class Directory {
 public:
  // state: what is kept of each router, and what an earlier life has left; outlives the directory.
  explicit Directory(Mailboxes& mailboxes, StateFile* state = nullptr)
      : mailboxes_(mailboxes), state_(state) {}

  // Touches what differs and nothing else. A router that is still leaving and wanted again is added
  // when it has gone.
  Applied apply(const config::Configuration& wanted);
  // Everything is to hand over and go.
  void remove_all();
  void remove_all_now();
  // The other threads have let go of a router.
  void gone(RouterId id);

  [[nodiscard]] const RouterEntry* find(std::string_view name) const;
  [[nodiscard]] const RouterEntry* find(RouterId id) const;
  // Ordered by name.
  [[nodiscard]] std::vector<const RouterEntry*> routers() const;
  [[nodiscard]] const std::vector<InterfaceEntry>& interfaces() const { return interfaces_; }
  [[nodiscard]] bool empty() const { return by_name_.empty(); }

 private:
  void add(const config::RouterSettings& settings);
  void change(RouterEntry& entry, const config::RouterSettings& settings);
  void remove(RouterEntry& entry);
  [[nodiscard]] InterfaceSlot slot_of(const std::string& interface);
  [[nodiscard]] RouterId free_id();

  Mailboxes& mailboxes_;
  StateFile* state_;
  std::map<std::string, RouterEntry, std::less<>> by_name_;
  std::vector<InterfaceEntry> interfaces_;               // by slot; never shrinks
  std::vector<bool> ids_;                                // in use
  std::map<std::string, config::RouterSettings> later_;  // wanted again, still leaving
};

}  // namespace failover::control
