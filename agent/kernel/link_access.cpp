#include "agent/kernel/link_access.hpp"

#include <algorithm>
#include <fstream>

#include "agent/kernel/membership.hpp"
#include "agent/kernel/pcap_capture.hpp"

namespace failover {

Result<std::unique_ptr<Capture>, std::string> MachineLinks::open_capture(
    const std::string& interface, const CaptureScope& scope) {
  return PcapCapture::open(interface, scope);
}

Result<std::unique_ptr<GroupMembership>, std::string> MachineLinks::join(int interface) {
  return Membership::join(interface, kept_);
}

void MachineLinks::announce(int interface, MacAddress own, MacAddress holder,
                            std::span<const IpAddress> addresses) {
  announcer_.announce(interface, own, holder, addresses);
}

// A program's first netlink socket has its process id as its port, further ones have not.
Culprit MachineLinks::owner_of(std::uint32_t port) const {
  Culprit owner;
  std::ifstream file("/proc/" + std::to_string(port) + "/comm");
  std::string name;
  if (port == 0 || !std::getline(file, name)) return owner;
  owner.process = port;
  std::copy_n(name.begin(), std::min(name.size(), owner.name.size() - 1), owner.name.begin());
  return owner;
}

void MachineLinks::probe(int interface, MacAddress own, std::span<const IpAddress> addresses) {
  announcer_.probe(interface, own, addresses);
}

}  // namespace failover
