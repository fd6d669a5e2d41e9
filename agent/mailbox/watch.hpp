#pragma once
// What groups track of the machine's own network.

#include <optional>
#include <string>
#include <variant>

#include "netlink/route.hpp"
#include "protocol/address.hpp"

namespace failover {

struct LinkWatch {  // good: it is there, up, and has a carrier
  std::string interface;
};
struct AddressWatch {  // good: it is there, and duplicate detection has let it go
  IpAddress address;
  std::string interface = {};  // empty: any
};
// Good: a route to exactly that destination is there, whosever, that leads somewhere. A blackhole
// does not. Of several ways that it goes, one has to have the gateway and the interface.
struct RouteWatch {
  Prefix destination;
  std::optional<IpAddress> gateway = {};
  std::string interface = {};  // empty: any
  std::uint32_t table = netlink::main_table;
};
using Watch = std::variant<LinkWatch, AddressWatch, RouteWatch>;

}  // namespace failover
