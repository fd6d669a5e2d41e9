#include "agent/kernel/pcap_capture.hpp"

#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>

#include "protocol/bytes.hpp"
#include "protocol/limits.hpp"

namespace failover {

struct PcapCapture::Handle {
  explicit Handle(pcap_t* opened) : pcap(opened) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { pcap_close(pcap); }
  pcap_t* pcap;
};

namespace {

std::string target_is(const IpAddress& address) {
  std::string words;
  ByteReader reader(address.bytes());
  for (int at = 48; at < 64; at += 4)
    words += (words.empty() ? "" : " and ") + std::string("ip6[") + std::to_string(at) +
             ":4] == " + std::to_string(reader.u32());
  return words;
}

}  // namespace

std::string capture_filter(const std::vector<IpAddress>& addresses) {
  std::string filter = "ip proto 112 or ip6 proto 112";
  // ip6[40] is the ICMPv6 type, 136 a neighbour advertisement; ip6[48:4] begin its target.
  constexpr std::string_view advertisement = "ip6 proto 58 and ip6[40] == 136";
  if (addresses.size() > limits::addresses_in_capture_filter)
    return filter + " or arp or (" + std::string(advertisement) + ")";
  std::string senders;
  std::string targets;
  for (const IpAddress& address : addresses) {
    if (address.family() == Family::ipv4) {
      senders += (senders.empty() ? "" : " or ") + std::string("src host ") + address.text();
    } else {
      targets += (targets.empty() ? "(" : " or (") + target_is(address) + ")";
    }
  }
  if (!senders.empty()) filter += " or (arp and (" + senders + "))";
  if (!targets.empty()) filter += " or (" + std::string(advertisement) + " and (" + targets + "))";
  return filter;
}

namespace {

std::string refusal(const std::string& interface, pcap_t* pcap, int status) {
  const std::string detail = pcap_geterr(pcap);
  return "capture on " + interface + ": " + pcap_statustostr(status) +
         (detail.empty() ? "" : " (" + detail + ")");
}

// Everything that must be set before the handle is active.
void configure(pcap_t* pcap, const CaptureScope& scope) {
  // The ring holds as many frames, however long they may be.
  const int needed = static_cast<int>(limits::capture_header_bytes + scope.longest_advert);
  const int snaplen = std::max(limits::capture_snaplen, needed);
  pcap_set_snaplen(pcap, snaplen);
  pcap_set_buffer_size(pcap, limits::capture_ring_bytes * (snaplen / limits::capture_snaplen));
  pcap_set_immediate_mode(pcap, 1);
  pcap_set_promisc(pcap, 0);
  // Falls back to microseconds where the kernel's stamps have no more; read() asks which.
  pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
}

}  // namespace

PcapCapture::PcapCapture(std::unique_ptr<Handle> handle)
    : handle_(std::move(handle)), descriptor_(pcap_get_selectable_fd(handle_->pcap)) {}

PcapCapture::~PcapCapture() = default;

Result<std::unique_ptr<Capture>, std::string> PcapCapture::open(const std::string& interface,
                                                                const CaptureScope& scope) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  pcap_t* pcap = pcap_create(interface.c_str(), error.data());
  if (pcap == nullptr) return failure("capture on " + interface + ": " + error.data());
  auto handle = std::make_unique<Handle>(pcap);
  configure(pcap, scope);
  if (const int status = pcap_activate(pcap); status < 0)
    return failure(refusal(interface, pcap, status));

  bpf_program program{};
  const std::string filter = capture_filter(scope.addresses);
  if (pcap_compile(pcap, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
    return failure(refusal(interface, pcap, PCAP_ERROR));
  const int filtered = pcap_setfilter(pcap, &program);
  pcap_freecode(&program);
  if (filtered != 0 || pcap_setnonblock(pcap, 1, error.data()) != 0)
    return failure(refusal(interface, pcap, PCAP_ERROR));

  // Our own adverts are looped back to every capture on the way out; we are not interested. Kernels
  // before 4.20 do not know the option: there the own-advert check has more to do, and nothing
  // else.
  const int ignore = 1;
  (void)setsockopt(pcap_fileno(pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, &ignore, sizeof ignore);
  return std::unique_ptr<Capture>(new PcapCapture(std::move(handle)));
}

bool PcapCapture::read(const std::function<void(const Frame&)>& take) {
  struct Context {
    const std::function<void(const Frame&)>& take;
    bool nanoseconds;
  } context{take, pcap_get_tstamp_precision(handle_->pcap) == PCAP_TSTAMP_PRECISION_NANO};
  const auto deliver = [](u_char* user, const pcap_pkthdr* header, const u_char* bytes) {
    const auto& to = *reinterpret_cast<Context*>(user);
    const auto fraction = header->ts.tv_usec * (to.nanoseconds ? 1 : 1000);
    to.take({.bytes = {bytes, header->caplen},
             .arrived = RealTime(std::chrono::seconds(header->ts.tv_sec) +
                                 std::chrono::nanoseconds(fraction))});
  };
  return pcap_dispatch(handle_->pcap, limits::frames_per_capture_read, deliver,
                       reinterpret_cast<u_char*>(&context)) >= 0;
}

}  // namespace failover
