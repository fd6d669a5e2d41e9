#pragma once
// CARP's authentication (CARP.md 2): HMAC-SHA1 with the password as key, over version, type, VHID,
// the sorted addresses and the counter. It covers neither the rank nor the sender.

#include <nettle/hmac.h>

#include <cstdint>
#include <span>

#include "protocol/address.hpp"
#include "protocol/carp/advert.hpp"
#include "protocol/carp/parameters.hpp"

namespace failover::carp {

// Immutable once made; any thread. All but the counter is hashed when it is made, so that an advert
// costs the same with one address and with 10,000.
class Authenticator {
 public:
  // password: 0 to 20 bytes, used as they are. addresses: both families, any order; IPv4 is hashed
  // before IPv6, each ascending, duplicates once.
  Authenticator(std::span<const std::uint8_t> password, Vhid vhid,
                std::span<const IpAddress> addresses);
  Authenticator(const Authenticator&) = default;
  Authenticator& operator=(const Authenticator&) = default;
  ~Authenticator();

  [[nodiscard]] Digest digest(std::uint64_t counter) const;
  // In constant time.
  [[nodiscard]] bool matches(const Advert& advert) const;

 private:
  hmac_sha1_ctx prepared_;
};

}  // namespace failover::carp
