#include "protocol/rejection.hpp"

#include "protocol/assert.hpp"

namespace failover {

std::string_view name(Rejection rejection) {
  switch (rejection) {
    case Rejection::vlan: return "vlan";
    case Rejection::ip_header: return "ip_header";
    case Rejection::length: return "length";
    case Rejection::ttl: return "ttl";
    case Rejection::version: return "version";
    case Rejection::id: return "id";
    case Rejection::checksum: return "checksum";
    case Rejection::digest: return "digest";
    case Rejection::replay: return "replay";
    case Rejection::own: return "own";
    case Rejection::addresses: return "addresses";
    case Rejection::interval: return "interval";
    case Rejection::authentication: return "authentication";
    case Rejection::peer: return "peer";
  }
  broken_promise();
}

}  // namespace failover
