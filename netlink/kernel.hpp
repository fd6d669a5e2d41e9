#pragma once
// The seam to the kernel: links, addresses, routes and rules as values, notifications, requests.
// Everything that the program asks the kernel about its network goes through this one interface;
// tests and the simulation put a fake behind it. The real one is RtNetlink (rtnetlink.hpp).
//
// A router may have a million routes, and lose and learn all of them within a second. So we do not
// know the kernel's routes. We know those with our protocol, and those to destinations that
// somebody has asked for by watch_routes(): the kernel is told to pass on no others, neither in
// dumps, as far as it can tell them apart, nor in notifications, so that a storm of them neither
// wakes the thread up nor pushes the notification of an address out of the socket's buffer. Asking
// for a single route is no way: the kernel answers with the longest match, by its rules and for one
// packet, and has no word for "is there a route with exactly this destination". Rules are told when
// they are ours: the others are nobody's obstacle.

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "netlink/route.hpp"
#include "netlink/scope.hpp"
#include "protocol/address.hpp"
#include "protocol/result.hpp"

namespace failover::netlink {

// IFA_PROTO of every address that we add: how the next agent, and `ip addr`, know that it is ours.
inline constexpr std::uint8_t our_mark = 0x46;
// How the alias of every link that we add begins, for the same reason: links have no such field.
inline constexpr std::string_view link_mark = "failover: ";

struct Link {
  int index = 0;
  std::string name;
  MacAddress mac;
  bool up = false;       // IFF_UP: an administrator wants it
  bool carrier = false;  // IFF_LOWER_UP and not dormant: it can carry frames
  int mtu = 0;
  std::string alias = {};  // IFLA_IFALIAS
  bool macvlan = false;
  int parent = 0;  // index of what a macvlan sits on; 0: no macvlan, or not in our namespace
  bool protodown = false;  // silenced (SetProtoDown); with a carrier it is not silent all the same
  bool running = false;    // IFF_RUNNING: what is sent leaves; follows the carrier a moment later
  friend bool operator==(const Link&, const Link&) = default;
};

// A macvlan that an agent of ours added.
[[nodiscard]] bool is_ours(const Link& link);

// The prefix is the own address; the other end of a point-to-point link is not looked at.
struct Address {
  int interface = 0;  // index
  Prefix prefix;
  std::optional<std::uint8_t> mark;  // IFA_PROTO, where the kernel has one
  std::string label;                 // IPv4 only; the kernel fills in the interface's name
  Scope scope = Scope::global;
  bool secondary = false;  // IPv4: behind another address of the same subnet
  bool tentative = false;  // IPv6: duplicate detection has not let it go yet
  bool noprefixroute = false;
  friend bool operator==(const Address&, const Address&) = default;
};

// How an address that we want is to be installed.
struct AddressRequest {
  int interface = 0;
  Prefix prefix;
  std::string label;  // empty: none
  Scope scope = Scope::global;
  std::optional<std::chrono::seconds> preferred_lifetime;
  bool noprefixroute = false;
  friend bool operator==(const AddressRequest&, const AddressRequest&) = default;
};

// Steps of a plan. They are executed in order.
struct AddAddress {  // fails with EEXIST when it is there
  AddressRequest address;
  friend bool operator==(const AddAddress&, const AddAddress&) = default;
};
// The same address again, to put right what the kernel changes in place: the mark and the preferred
// lifetime, for IPv6 noprefixroute too. Anything else takes a removal and an addition.
struct ReplaceAddress {
  AddressRequest address;
  friend bool operator==(const ReplaceAddress&, const ReplaceAddress&) = default;
};
struct RemoveAddress {
  int interface = 0;
  Prefix prefix;
  friend bool operator==(const RemoveAddress&, const RemoveAddress&) = default;
};
// Before a removal that would otherwise take the other addresses of the subnet along:
// net.ipv4.conf.IF.promote_secondaries is 1 from here to the end of the plan.
struct KeepSecondaries {
  int interface = 0;
  friend bool operator==(const KeepSecondaries&, const KeepSecondaries&) = default;
};

// A macvlan in private mode, down, with everything set that it needs to hold addresses of its own
// (rtnetlink_links.hpp); EEXIST when there is a link of that name. It is there with all that, or it
// is not there; the last LinkChanged of this step has its alias.
// The parent is left alone. It answers ARP for these addresses too, unless its arp_ignore is 1, and
// asks in their name with its own MAC, unless its arp_announce is 2.
struct AddMacvlan {
  enum class Ipv6 : std::uint8_t { on, off };
  int parent = 0;  // index
  std::string name;
  MacAddress mac;
  std::string alias;  // link_mark, and whatever tells people what it is for
  Ipv6 ipv6 = Ipv6::on;
  friend bool operator==(const AddMacvlan&, const AddMacvlan&) = default;
};
// Down takes the IPv6 addresses of the link with it, and leaves the IPv4 ones.
enum class LinkState : std::uint8_t { down, up };
struct SetLink {
  int interface = 0;
  LinkState state = LinkState::down;
  friend bool operator==(const SetLink&, const SetLink&) = default;
};
// Of a link that is up or down. What a macvlan says by itself when it goes up comes from the MAC
// that it has then.
struct SetMac {
  int interface = 0;
  MacAddress mac;
  friend bool operator==(const SetMac&, const SetMac&) = default;
};
// On: the macvlan is up and has no carrier of its own, so that it keeps its addresses and their
// local routes, IPv6 without `tentative`, and answers neither ARP nor neighbour solicitations. Off:
// nothing has to be added for it to answer. Either is done when it is notified as Link::running, or
// as not, which comes later than the answer to the request. A carrier of the parent that goes and
// comes again ends the silence, though protodown stays on; On once more silences it again
// (rtnetlink_links.hpp). The kernel tells of the change when the link is up.
enum class ProtoDown : std::uint8_t { off, on };
struct SetProtoDown {
  int interface = 0;
  ProtoDown state = ProtoDown::off;
  friend bool operator==(const SetProtoDown&, const SetProtoDown&) = default;
};
struct RemoveLink {
  int interface = 0;
  friend bool operator==(const RemoveLink&, const RemoveLink&) = default;
};
// A sysctl of the network namespace that the thread is in.
struct SetSetting {
  std::string path;  // "net/ipv4/conf/eth0/arp_ignore"; dots in an interface's name stay dots
  std::string value;
  friend bool operator==(const SetSetting&, const SetSetting&) = default;
};

// Where packets go to. A link-local address is another one on every link.
struct Destination {
  IpAddress address;
  std::string interface = {};  // name; of link-local addresses only, and of those always
  friend auto operator<=>(const Destination&, const Destination&) = default;
};
// Of an address that is held on the link of that name.
[[nodiscard]] Destination destination(const IpAddress& address, const std::string& link);
// From here on these are what the machine takes no IP packets for, and no others; it goes on
// answering ARP and neighbour solicitations for them, and forwards what only passes through
// (packet_filter.hpp). None: nothing of that is left in the kernel.
struct DropPackets {
  std::set<Destination> to;
  friend bool operator==(const DropPackets&, const DropPackets&) = default;
};

// Refused with EEXIST where somebody, or we, have one with that key, and never put in its place.
struct AddRoute {
  WantedRoute route;
  int interface = 0;  // index; 0: the route names none
  friend bool operator==(const AddRoute&, const AddRoute&) = default;
};
// Ours only: the kernel is told the protocol, and leaves others with that key alone.
struct RemoveRoute {
  RouteKey key;
  friend bool operator==(const RemoveRoute&, const RemoveRoute&) = default;
};
struct AddRule {  // fails with EEXIST when it is there
  WantedRule rule;
  friend bool operator==(const AddRule&, const AddRule&) = default;
};
struct RemoveRule {  // ours only
  WantedRule rule;
  friend bool operator==(const RemoveRule&, const RemoveRule&) = default;
};

using Step = std::variant<AddAddress, ReplaceAddress, RemoveAddress, KeepSecondaries, AddMacvlan,
                          SetLink, SetMac, SetProtoDown, RemoveLink, SetSetting, DropPackets,
                          AddRoute, RemoveRoute, AddRule, RemoveRule>;
using Plan = std::vector<Step>;

// The address that a step is about; nothing for a step that is about none.
[[nodiscard]] std::optional<IpAddress> address_of(const Step& step);

// What the machine refused.
struct KernelError {
  int error = 0;                        // errno
  std::string operation;                // "add 192.0.2.1/32 on eth0"
  std::string hint = {};                // what the kernel says beyond the number; often nothing
  std::optional<IpAddress> about = {};  // the address that the refused step was for
  [[nodiscard]] std::string text() const;
};

struct Snapshot {
  std::vector<Link> links;
  std::vector<Address> addresses;
  std::vector<Route> routes = {};  // ours, and those to watched destinations
  std::vector<Rule> rules = {};    // ours
};

// Notifications, in the kernel's order, of all kinds. port is the netlink port id of who asked for
// the change: 0 when it was the kernel itself, or when it does not say (IPv6).
struct LinkChanged {
  Link link;
};
struct LinkGone {
  int index = 0;
};
struct AddressChanged {  // added, or an attribute or flag changed
  Address address;
  std::uint32_t port = 0;
};
struct AddressGone {
  Address address;
  std::uint32_t port = 0;
};
struct RouteChanged {  // added, or put in the place of the one with its key
  Route route;
};
// With the hops that have gone: of a route with several, others may be left. IPv4 routes also go
// without a word (route_list.hpp).
struct RouteGone {
  Route route;
};
struct RuleChanged {
  Rule rule;
};
struct RuleGone {
  Rule rule;
};
// A setting of an interface that the kernel tells of: forwarding and rp_filter of IPv4, and few
// others. It does not say who has changed it; the settings of all interfaces are told as index 0.
struct SettingsChanged {
  int interface = 0;
};
struct NotificationsLost {};  // the socket overflowed: dump() again and compare
using Notification =
    std::variant<LinkChanged, LinkGone, AddressChanged, AddressGone, RouteChanged, RouteGone,
                 RuleChanged, RuleGone, SettingsChanged, NotificationsLost>;

// Lives on one thread (the kernel thread of the agent); no call may come from another. Calls may
// block as long as the kernel holds its lock.
class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;

  // Links, addresses, routes and rules at one moment: addresses of an interface in the kernel's
  // order. While destinations are watched, the kernel gives all its routes to choose from: a
  // second for a million.
  [[nodiscard]] virtual Result<Snapshot, KernelError> dump() = 0;
  // Routes to exactly these destinations are told from here on, whosever they are, and in all
  // tables but `local`; those of the calls before are not. None at the beginning. What is there
  // already is in the next dump().
  virtual void watch_routes(const std::set<Prefix>& destinations) = 0;
  // One entry per step that was refused, none for what went well. Steps after a refused one are
  // still tried. Removing what is not there (EADDRNOTAVAIL, ENODEV, ESRCH, ENOENT) is no refusal.
  [[nodiscard]] virtual std::vector<KernelError> execute(const Plan& plan) = 0;
  // A sysctl as SetSetting names it, without the newline at its end. ENOENT: there is none.
  [[nodiscard]] virtual Result<std::string, KernelError> setting(const std::string& path) = 0;

  // Readable when notifications() has something.
  [[nodiscard]] virtual int descriptor() const = 0;
  // What is waiting, without blocking. At most limits::netlink_notification_reads of them: when
  // there are more, the descriptor is still readable.
  [[nodiscard]] virtual std::vector<Notification> notifications() = 0;
  // The port id that our own requests carry.
  [[nodiscard]] virtual std::uint32_t own_port() const = 0;
};

}  // namespace failover::netlink
