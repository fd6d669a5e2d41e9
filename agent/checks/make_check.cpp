#include "agent/checks/make_check.hpp"

#include "agent/checks/command_probe.hpp"
#include "agent/checks/file_probe.hpp"
#include "agent/checks/http_probe.hpp"
#include "agent/checks/icmp_probe.hpp"
#include "agent/checks/process_probe.hpp"
#include "agent/checks/tcp_probe.hpp"

namespace failover::checks {
namespace {

struct MakeProbe {
  Means& means;

  std::unique_ptr<Probe> operator()(const config::LinkTrack&) const { return nullptr; }
  std::unique_ptr<Probe> operator()(const config::AddressTrack&) const { return nullptr; }
  std::unique_ptr<Probe> operator()(const config::RouteTrack&) const { return nullptr; }
  std::unique_ptr<Probe> operator()(const config::ProcessTrack& track) const {
    return make_process_probe(means.processes, track);
  }
  std::unique_ptr<Probe> operator()(const config::FileTrack& track) const {
    return make_file_probe(means.context, track);
  }
  std::unique_ptr<Probe> operator()(const config::CommandTrack& track) const {
    return make_command_probe(means.execute, track);
  }
  std::unique_ptr<Probe> operator()(const config::TcpTrack& track) const {
    return make_tcp_probe(means.context, track);
  }
  std::unique_ptr<Probe> operator()(const config::HttpTrack& track) const {
    return make_http_probe(means.context, track);
  }
  std::unique_ptr<Probe> operator()(const config::IcmpTrack& track) const {
    return make_icmp_probe(means.echo[track.address.family()], track);
  }
  std::unique_ptr<Probe> operator()(const config::UnitTrack& track) const {
    return make_unit_probe(means.execute, track);
  }
};

}  // namespace

std::unique_ptr<Check> make_check(Means& means, const config::TrackSettings& track) {
  auto probe = std::visit(MakeProbe{means}, track.what);
  if (!probe) return nullptr;
  return std::make_unique<Check>(means.context,
                                 Rhythm{.interval = track.interval, .timeout = track.timeout},
                                 std::move(probe));
}

}  // namespace failover::checks
