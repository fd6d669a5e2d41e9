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
    Key<CarpSettings>{"advbase", number<&CarpSettings::advbase>,
                      "Seconds between adverts; the same on all nodes."},
    Key<CarpSettings>{"advskew", number<&CarpSettings::advskew>,
                      "In 1/256 s; the node with the lowest advbase + advskew/256 is active."},
    Key<CarpSettings>{"dead_ratio", number<&CarpSettings::dead_ratio>,
                      "How many adverts may be missed."},
    Key<CarpSettings>{"password",
                      [](const Value& value, CarpSettings& settings) {
                        read_secret(value, password, settings.password);
                      },
                      "The key of the digest in each advert; the same on all nodes.",
                      Presence::either},
    Key<CarpSettings>{"password_file",
                      [](const Value& value, CarpSettings& settings) {
                        read_secret_file(value, password, settings.password);
                      },
                      "The name of a file with the password in its first line.", Presence::either},
    Key<CarpSettings>{"replay_protection", word<&CarpSettings::replay_protection, protections>,
                      "What becomes of adverts that somebody may have sent again."},
    Key<CarpSettings>{"replay_window", duration<&CarpSettings::replay_window, replay_windows>,
                      "By how much another node's clock may differ from ours."},
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
