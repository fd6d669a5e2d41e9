#include "protocol/carp/authenticator.hpp"

#include <algorithm>
#include <vector>

#include "protocol/bytes.hpp"

namespace failover::carp {

Authenticator::Authenticator(std::span<const std::uint8_t> password, Vhid vhid,
                             std::span<const IpAddress> addresses) {
  hmac_sha1_set_key(&prepared_, password.size(), password.data());
  const std::array<std::uint8_t, 3> head{0x02, 0x01, vhid.value()};
  hmac_sha1_update(&prepared_, head.size(), head.data());
  std::vector<IpAddress> sorted(addresses.begin(), addresses.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  for (const IpAddress& address : sorted)
    hmac_sha1_update(&prepared_, address.bytes().size(), address.bytes().data());
}

Authenticator::~Authenticator() {
  wipe({reinterpret_cast<std::uint8_t*>(&prepared_), sizeof prepared_});
}

Digest Authenticator::digest(std::uint64_t counter) const {
  std::array<std::uint8_t, 8> bytes{};
  ByteWriter(bytes).u64(counter);
  hmac_sha1_ctx context = prepared_;
  hmac_sha1_update(&context, bytes.size(), bytes.data());
  Digest digest{};
  hmac_sha1_digest(&context, digest.size(), digest.data());
  wipe({reinterpret_cast<std::uint8_t*>(&context), sizeof context});
  return digest;
}

bool Authenticator::matches(const Advert& advert) const {
  return equal_in_constant_time(digest(advert.counter), advert.digest);
}

}  // namespace failover::carp
