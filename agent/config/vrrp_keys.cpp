#include "agent/config/vrrp_keys.hpp"

#include "agent/config/address_keys.hpp"
#include "agent/config/group_keys.hpp"
#include "agent/config/hmac_keys.hpp"
#include "agent/config/host_address.hpp"
#include "agent/config/password_keys.hpp"
#include "agent/config/router_keys.hpp"
#include "protocol/vrrp/advert.hpp"

namespace failover::config {
namespace {

constexpr DurationRange intervals_of_v2{
    .shortest = 1s,
    .longest = 255s,
    .step = 1s,
    .accepted =
        "\"1s\"..\"255s\" in whole seconds with version 2; for parts of a second use "
        "version = 3"};
constexpr DurationRange intervals_of_v3{
    .shortest = 10ms,
    .longest = 40'950ms,
    .step = 10ms,
    .accepted = "\"10ms\"..\"40.95s\" in steps of 10ms with version 3"};
constexpr Duration centisecond = 10ms;

// What an advert of 1500 bytes carries: of IPv4 as many as its count can say; of IPv6 what fits
// behind the IP header, with room for authentication. keepalived advertises no more either.
constexpr std::size_t ipv6_header_bytes = 40;
constexpr PerFamily<std::size_t> most_advertised{
    .ipv4 = vrrp::most_addresses,
    .ipv6 = (1500 - ipv6_header_bytes - vrrp::fixed_bytes - vrrp::trailer_bytes) /
            address_bytes(Family::ipv6)};

constexpr std::array checksums{Word<vrrp::Checksum>{"rfc5798", vrrp::Checksum::rfc5798},
                               Word<vrrp::Checksum>{"rfc9568", vrrp::Checksum::rfc9568}};

constexpr SecretKind password{.name = "password", .longest = vrrp::authentication_bytes};

void read_password(const Value& value, VrrpSettings& settings) {
  read_secret(value, password, settings.password);
}

void read_password_file(const Value& value, VrrpSettings& settings) {
  read_secret_file(value, password, settings.password);
}

void describe_interval(const Value& value, VrrpSettings& settings) {
  (void)duration_in(value, intervals_of_v3);
  (void)duration_in(value, intervals_of_v2);
  note_default(value, json_of(settings.interval.value() * centisecond));
}

std::optional<std::int64_t> version_number_in(const Value& value) {
  return integer_in(value, 2, 3);
}

void describe_version(const Value& value, VrrpSettings& settings) {
  (void)version_number_in(value);
  note_default(value, settings.version == vrrp::Version::v2 ? "2" : "3");
}

constexpr std::array vrrp_keys{
    Key<VrrpSettings>{"accept", truth<&VrrpSettings::accept>,
                      "Whether an active router takes packets for the failover IPs."},
    Key<VrrpSettings>{"checksum",
                      read_apart<word<&VrrpSettings::checksum, checksums, VrrpSettings>>,
                      "The checksum of adverts that are sent over IPv4, version 3 only."},
    Key<VrrpSettings>{"dead_ratio", number<&VrrpSettings::dead_ratio>,
                      "How many adverts may be missed."},
    Key<VrrpSettings>{"hmac", read_hmac,
                      "Authentication of the adverts, as keepalived 2.4 does it."},
    Key<VrrpSettings>{"interval", read_apart<describe_interval>, "The time between two adverts."},
    Key<VrrpSettings>{"password", read_apart<read_password>,
                      "In each advert in clear text, version 2 only."},
    Key<VrrpSettings>{"password_file", read_apart<read_password_file>,
                      "The name of a file with the password in its first line, version 2 only."},
    Key<VrrpSettings>{"priority", number<&VrrpSettings::priority>,
                      "The node with the highest one is active."},
    Key<VrrpSettings>{"version", read_apart<describe_version>,
                      "The version of VRRP; the same on all nodes."},
};

// Nothing when it is refused.
std::optional<vrrp::Version> read_version(const Value& router) {
  std::optional<vrrp::Version> version = VrrpSettings{.vrid = vrrp::Vrid::of<1>()}.version;
  read_named(router, "version", [&](const Value& value) {
    const auto number = version_number_in(value);
    if (number)
      version = *number == 2 ? vrrp::Version::v2 : vrrp::Version::v3;
    else
      version.reset();
  });
  return version;
}

void read_interval(const Value& value, VrrpSettings& settings) {
  const bool is_v2 = settings.version == vrrp::Version::v2;
  const auto interval = duration_in(value, is_v2 ? intervals_of_v2 : intervals_of_v3);
  if (interval) settings.interval = *vrrp::Centiseconds::from(*interval / centisecond);
}

// What only one of the versions has.
void read_by_version(const Value& router, VrrpSettings& settings) {
  read_named(router, "interval", [&](const Value& value) { read_interval(value, settings); });
  if (settings.version == vrrp::Version::v2) {
    read_named(router, "password", [&](const Value& value) { read_password(value, settings); });
    read_named(router, "password_file",
               [&](const Value& value) { read_password_file(value, settings); });
    refuse_two_passwords(router);
    read_named(router, "checksum", [](const Value& value) {
      value.reject("VRRPv2 has only one checksum; leave it out, or use version = 3");
    });
    return;
  }
  read_named(router, "checksum", [&](const Value& value) {
    word<&VrrpSettings::checksum, checksums>(value, settings);
  });
  for (const std::string_view key : {"password", "password_file"})
    read_named(router, key, [](const Value& value) {
      value.reject("VRRPv3 has no password; leave it out, or use version = 2 on all nodes");
    });
}

// RFC 9568 6.1: the owner of the addresses takes them back whatever Preempt_Mode says, and packets
// for them whatever Accept_Mode says.
void check_owner(const Value& router, Preempt preempt, const VrrpSettings& settings) {
  if (settings.priority.value() != vrrp::Priority::max) return;
  if (preempt == Preempt::off)
    read_named(router, "preempt", [](const Value& value) {
      value.reject(
          "the owner of the addresses (priority 255) always preempts; leave it out, or "
          "use a priority of 1..254");
    });
  if (!settings.accept)
    read_named(router, "accept", [](const Value& value) {
      value.reject(
          "the owner of the addresses (priority 255) always takes packets for them; leave it out, "
          "or use a priority of 1..254");
    });
}

std::size_t advertised(const RouterSettings& router, Family family) {
  return static_cast<std::size_t>(
      std::ranges::count_if(router.addresses, [family](const AddressSettings& address) {
        return address.advertise && address.prefix.address().family() == family;
      }));
}

void check_counts(const Value& addresses, const RouterSettings& router) {
  for (const Family family : families)
    if (const auto count = advertised(router, family); count > most_advertised[family])
      addresses.reject(std::to_string(count) + " advertised " + std::string(family_name(family)) +
                       " addresses; accepted: at most " + std::to_string(most_advertised[family]) +
                       ", which an advert carries; write advertise = false for the others");
}

void refuse_ipv6(const Value& router_value, const Value& addresses, const RouterSettings& router) {
  for (std::size_t i = 0; i < router.addresses.size(); ++i) {
    const auto& address = router.addresses[i].prefix.address();
    if (address.family() == Family::ipv4) continue;
    addresses.errors.add(place_of_address(router_value.node, i), KeyPath(addresses.path, i).text(),
                         address.text() + " is an IPv6 address, which VRRPv2 does not carry; use " +
                             "version = 3, or a router of its own with version = 3 for IPv6");
    return;
  }
}

}  // namespace

RouterSettings read_vrrp_router(const Value& value, std::string interface, vrrp::Vrid vrid,
                                GroupSettings& own_group) {
  RouterSettings router{.interface = std::move(interface), .protocol = VrrpSettings{.vrid = vrid}};
  auto& settings = std::get<VrrpSettings>(router.protocol);
  read_members(value, Section{router_keys(), router}, Section{vrrp_keys, settings},
               Section{group_keys(), own_group});
  finish_router(value, router);
  check_owner(value, own_group.preempt, settings);
  const auto version = read_version(value);
  read_named(value, "addresses", [&](const Value& addresses) {
    check_counts(addresses, router);
    if (version == vrrp::Version::v2) refuse_ipv6(value, addresses, router);
  });
  if (!version) return router;
  settings.version = *version;
  read_by_version(value, settings);
  return router;
}

}  // namespace failover::config
