#include "agent/config/carp_keys.hpp"

#include "agent/config/group_keys.hpp"
#include "agent/config/password_keys.hpp"
#include "agent/config/router_keys.hpp"

namespace failover::config {
namespace {

constexpr SecretKind password{.name = "password", .longest = limits::carp_password};

constexpr DurationRange replay_windows{.shortest = limits::replay_window_shortest,
                                       .longest = limits::replay_window_longest};

constexpr std::array protections{
    Word<carp::ReplayProtection>{"off", carp::ReplayProtection::off},
    Word<carp::ReplayProtection>{"monitor", carp::ReplayProtection::monitor},
    Word<carp::ReplayProtection>{"enforce", carp::ReplayProtection::enforce}};

constexpr std::array carp_keys{
    Key<CarpSettings>{"advbase", number<&CarpSettings::advbase>},
    Key<CarpSettings>{"advskew", number<&CarpSettings::advskew>},
    Key<CarpSettings>{"dead_ratio", number<&CarpSettings::dead_ratio>},
    Key<CarpSettings>{"password",
                      [](const Value& value, CarpSettings& settings) {
                        read_secret(value, password, settings.password);
                      }},
    Key<CarpSettings>{"password_file",
                      [](const Value& value, CarpSettings& settings) {
                        read_secret_file(value, password, settings.password);
                      }},
    Key<CarpSettings>{"replay_protection", word<&CarpSettings::replay_protection, protections>},
    Key<CarpSettings>{"replay_window", duration<&CarpSettings::replay_window, replay_windows>},
};

// Every CARP advert has a digest.
void require_password(const Value& value) {
  const auto* const table = std::get_if<Table>(&value.node.value);
  if (table != nullptr && find(*table, "password") == nullptr &&
      find(*table, "password_file") == nullptr)
    value.reject("password is missing; set password or password_file, the same on all nodes");
  refuse_two_passwords(value);
}

}  // namespace

RouterSettings read_carp_router(const Value& value, std::string interface, carp::Vhid vhid,
                                GroupSettings& own_group) {
  RouterSettings router{.interface = std::move(interface), .protocol = CarpSettings{.vhid = vhid}};
  auto& settings = std::get<CarpSettings>(router.protocol);
  read_members(value, Section{router_keys(), router}, Section{carp_keys, settings},
               Section{group_keys(), own_group});
  finish_router(value, router);
  require_password(value);
  return router;
}

}  // namespace failover::config
