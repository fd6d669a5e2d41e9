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
  if (array == nullptr || exceeds(value, array->size(), limits::hooks_per_kind, "commands")) return;
  for (std::size_t i = 0; i < array->size(); ++i)
    if (auto command = command_in({(*array)[i], KeyPath(value.path, i), value.errors}))
      (hooks.*Member).push_back(std::move(*command));
}

constexpr std::array hook_keys{
    Key<HookSettings>{"active", commands<&HookSettings::active>},
    Key<HookSettings>{"backup", commands<&HookSettings::backup>},
    Key<HookSettings>{"before_release", commands<&HookSettings::before_release>},
    Key<HookSettings>{"fault", commands<&HookSettings::fault>},
    Key<HookSettings>{"reconcile", commands<&HookSettings::reconcile>},
    Key<HookSettings>{"timeout", duration<&HookSettings::timeout, timeouts>},
    Key<HookSettings>{"user", named<&HookSettings::user, user_names>},
};

}  // namespace

void read_hooks(const Value& value, GroupSettings& group) {
  read_members(value, Section{hook_keys, group.hooks});
}

}  // namespace failover::config
