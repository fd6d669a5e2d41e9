#pragma once
// EchoSocket: the raw ICMP socket of one family, shared by all checks that ping.
//
// The alternative, ICMP datagram sockets, needs no privilege but a sysctl (ping_group_range) that
// not every machine has set; the agent has CAP_NET_RAW anyway. A raw socket gets a copy of all ICMP
// that the machine receives, so the kernel drops what is no echo reply with our identifier before
// it wakes us up. A reply is taken when it comes from who was asked, with the sequence number and
// the random token of the request: nobody off the path can pretend to be alive.

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/icmp.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>

#include "agent/checks/lifetime.hpp"
#include "protocol/address.hpp"
#include "protocol/result.hpp"

namespace failover::checks {

// Control thread only. Opened at the first request, so that who pings nobody needs no socket.
class EchoSocket {
 public:
  using Sequence = std::uint16_t;
  using Token = std::array<std::uint8_t, 8>;

  EchoSocket(boost::asio::io_context& context, Family family);

  // Sends an echo request. `answered` comes at most once, unless it is forgotten before, and never
  // from within.
  [[nodiscard]] Result<Sequence, boost::system::error_code> ask(const IpAddress& address,
                                                                std::function<void()> answered);
  void forget(Sequence sequence) { waiting_.erase(sequence); }

 private:
  struct Waiting {
    IpAddress address;
    Token token;
    std::function<void()> answered;
  };

  void open(boost::system::error_code& failed);
  void listen();
  void receive();
  void take(std::span<const std::uint8_t> packet, const boost::asio::ip::icmp::endpoint& from);
  [[nodiscard]] Sequence free_sequence();

  Family family_;
  boost::asio::ip::icmp::socket socket_;
  std::uint16_t identifier_ = 0;
  Sequence last_sequence_ = 0;
  std::unordered_map<Sequence, Waiting> waiting_;
  Lifetime lifetime_;
};

}  // namespace failover::checks
