#include "agent/config/hook_keys.hpp"

#include "agent/config/argument_vector.hpp"
#include "agent/config/names.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

constexpr DurationRange timeouts{.shortest = limits::hook_timeout_shortest,
                                 .longest = limits::hook_timeout_longest};

template <auto Member>
void commands(const Value& value, HookSettings& hooks) {
  const auto* const array = array_in(value, "commands like [[\"/etc/failover/hooks/active\"]]");
  if (value.describing != nullptr) (void)command_in(described_element(value));
  if (array == nullptr || exceeds(value, array->size(), limits::hooks_per_kind, "commands")) return;
  for (std::size_t i = 0; i < array->size(); ++i)
    if (auto command = command_in({(*array)[i], KeyPath(value.path, i), value.errors}))
      (hooks.*Member).push_back(std::move(*command));
}

constexpr std::array hook_keys{
    Key<HookSettings>{"active", commands<&HookSettings::active>,
                      "Run when the group has become active and holds its addresses."},
    Key<HookSettings>{"backup", commands<&HookSettings::backup>,
                      "Run when the group has become backup and has let go of its addresses."},
    Key<HookSettings>{"before_release", commands<&HookSettings::before_release>,
                      "Run before a hand-over that a person or a stop asks for; it is awaited."},
    Key<HookSettings>{"fault", commands<&HookSettings::fault>, "Run when the group goes down."},
    Key<HookSettings>{
        "reconcile", commands<&HookSettings::reconcile>,
        "Run when another node was active at the same time and has given way to this one."},
    Key<HookSettings>{"timeout", duration<&HookSettings::timeout, timeouts>,
                      "How long each command may take."},
    Key<HookSettings>{"user", named<&HookSettings::user, user_names>,
                      "Who runs the commands; by default the one who started failoverd."},
};

}  // namespace

void read_hooks(const Value& value, GroupSettings& group) {
  read_members(value, Section{hook_keys, group.hooks});
}

}  // namespace failover::config
