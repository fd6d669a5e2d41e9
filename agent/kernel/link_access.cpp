#include "agent/kernel/link_access.hpp"

#include "agent/kernel/membership.hpp"
#include "agent/kernel/pcap_capture.hpp"

namespace failover {

Result<std::unique_ptr<Capture>, std::string> MachineLinks::open_capture(
    const std::string& interface, const CaptureScope& scope) {
  return PcapCapture::open(interface, scope);
}

Result<std::unique_ptr<GroupMembership>, std::string> MachineLinks::join(int interface) {
  return Membership::join(interface);
}

void MachineLinks::announce(int interface, MacAddress own, MacAddress holder,
                            std::span<const IpAddress> addresses) {
  announcer_.announce(interface, own, holder, addresses);
}

void MachineLinks::probe(int interface, MacAddress own, std::span<const IpAddress> addresses) {
  announcer_.probe(interface, own, addresses);
}

}  // namespace failover
