#pragma once
// Every bound of the program, with the reason for its size. A queue, cache, list or wait that is
// not bounded by something here has no business in the program.

#include <cstddef>

#include "protocol/time.hpp"

namespace failover::limits {

// Addresses of one virtual router. 10,000 on one router is a promised load; the rest is air.
inline constexpr std::size_t addresses_per_router = 16'384;
// Virtual routers of one agent: 255 ids on each of some dozens of interfaces.
inline constexpr std::size_t routers = 8'192;
// Interfaces that routers sit on.
inline constexpr std::size_t interfaces = 1'024;
// Adverts that answer a worse active's, apart: the shortest interval of VRRP.
inline constexpr Duration answer_spacing = 10ms;
// Peers remembered per router. The longest silent one makes room for a ninth.
inline constexpr std::size_t peers_per_router = 8;
// Peers that get a router's adverts one by one: each costs a packet of its own in every interval.
inline constexpr std::size_t unicast_peers = 16;
// Effects that one event can have on one router.
inline constexpr std::size_t effects_per_event = 12;
// Own adverts remembered to know one that the network loops back.
inline constexpr std::size_t own_adverts_remembered = 64;
// CARP counters that a router remembers against replay: those of two windows of adverts in both
// families, and some for answers, farewells and the node that takes over. At most 128 KiB, which is
// a window of 16 s at the fastest interval; beyond that the oldest is forgotten, and nothing that
// is as old is accepted any more.
inline constexpr std::size_t replay_counters_least = 256;
inline constexpr std::size_t replay_counters_most = 16'384;
// Senders whose last counter a router remembers (CARP): as many as it remembers peers.
inline constexpr std::size_t replay_senders = 8;
// How far a sender's clock may be off. Less than a second would be the network's delay, more than
// minutes is no clock that anybody sets.
inline constexpr Duration replay_window_shortest = 1s;
inline constexpr Duration replay_window_default = 10s;
inline constexpr Duration replay_window_longest = 300s;
// Senders whose last time stamp a router remembers (VRRP's auth_hmac): the active, who takes over
// from it, and two more; as many as keepalived remembers.
inline constexpr std::size_t hmac_senders = 4;
// Keys that a router knows: the one that signs, and those that are on their way in or out.
inline constexpr std::size_t hmac_keys = 4;

// A CARP password: 20 bytes are the key, the last one is NUL with every implementation.
inline constexpr std::size_t carp_password = 19;

// Frames taken from one capture before deadlines are looked at again: a flood must not starve them.
inline constexpr int frames_per_capture_read = 256;
// Bytes captured of a frame: Ethernet, VLAN tag, the longest IPv4 header, and any CARP advert and
// VRRP ones of 20 addresses; also every ARP and neighbour advertisement. More where a router's own
// adverts are longer.
inline constexpr int capture_snaplen = 512;
// What is in front of an advert at most: Ethernet, VLAN tag, IPv4 with options.
inline constexpr std::size_t capture_header_bytes = 14 + 4 + 60;
// The longest advert that we send: Ethernet's MTU of 1500 bytes, and its header.
inline constexpr std::size_t advert_frame_bytes = 1'514;
// Ring of one capture: some 300 frames, 35 s of a 10 ms peer with a stalled reader. libpcap's
// default costs 4.6 MB each.
inline constexpr int capture_ring_bytes = 256 * 1024;
// Our addresses that are named in a capture's filter. With more, all ARP of the segment is looked
// at.
inline constexpr std::size_t addresses_in_capture_filter = 24;

// Messages waiting between two threads.
inline constexpr std::size_t mailbox_messages = 4'096;
// Log lines kept while nobody reads standard error. Later ones are counted, not kept.
inline constexpr std::size_t log_lines_waiting = 1'024;

// Netlink requests in one batch: what fits a 32 KiB send comfortably.
inline constexpr std::size_t netlink_batch = 128;
// Addresses in one message to the packet filter: 44 bytes each at most, and they have to fit an
// attribute, which is 64 KiB long at most.
inline constexpr std::size_t netlink_filter_elements = 1'024;
// Receive buffer for the answers to requests: a batch that is refused as a whole, several times
// over.
inline constexpr int netlink_answer_buffer = 1024 * 1024;
// Dumps taken again because something changed meanwhile: 10,000 addresses take some 10 ms each.
inline constexpr int netlink_dump_attempts = 32;
// Notifications read before the caller gets its turn: a flood must not keep the thread reading.
inline constexpr int netlink_notification_reads = 16'384;
// Receive buffer for netlink notifications. When it overflows, everything is dumped again.
inline constexpr int netlink_notification_buffer = 4 * 1024 * 1024;

// An agent that has not come round for so long hangs: its engine does every second.
inline constexpr Duration agent_hang = 2s;
// Agents in a row that lived for less than agent_short_life: then the parent gives up. One that
// lives for longer keeps the adverts going, however often it dies.
inline constexpr std::size_t agent_short_lives = 5;
inline constexpr Duration agent_short_life = 500ms;

// The Unix socket: clients at once, per user other than root's reserve, and what one may send.
inline constexpr std::size_t api_connections = 256;
inline constexpr std::size_t api_connections_kept_for_root = 32;
inline constexpr std::size_t api_header_bytes = std::size_t{16} * 1024;
inline constexpr std::size_t api_body_bytes = std::size_t{1024} * 1024;
// What a read may carry as a body: it needs none, but some clients send an empty object.
inline constexpr std::size_t api_reader_body_bytes = 4'096;
inline constexpr Duration api_request_time = 10s;
// For a client to take its reply: it lies in the socket's buffer at once, unless nobody reads.
inline constexpr Duration api_reply_time = 10s;
// How long a refused client's data is still read and dropped, so that it finds the refusal and not
// a broken pipe. It has the reply in hand and only needs to stop sending.
inline constexpr Duration api_linger_time = 2s;
// Pause after an accept that the machine refused (no descriptors): others must close theirs first.
inline constexpr Duration api_accept_pause = 100ms;
inline constexpr Duration api_longest_wait = 60s;

// What failoverctl takes as an answer: the status of 10,000 addresses and routers, and air.
inline constexpr std::size_t cli_answer_bytes = std::size_t{64} * 1024 * 1024;
// How long failoverctl waits for an answer that the agent gives at once, and beyond a wait that it
// was asked for: far longer than any stall of a machine that still deserves the name.
inline constexpr Duration cli_patience = 15s;
// One long poll of an operation; a shorter one than the agent's bound, so that the poll ends there.
inline constexpr Duration cli_poll = 30s;
// Between two polls, in case the agent answers at once in spite of the wait.
inline constexpr Duration cli_poll_pause = 100ms;

// Operations remembered after their end, for GET /v1/operation/N.
inline constexpr std::size_t operations_remembered = 256;
// What an operator gives as the reason of an operation.
inline constexpr std::size_t operation_reason_bytes = 1'024;

// The configuration file.
inline constexpr std::size_t configuration_bytes = std::size_t{8} * 1024 * 1024;
inline constexpr std::size_t configuration_errors_shown = 100;
// Files in conf.d: one for each of some hundred services.
inline constexpr std::size_t configuration_files = 1'000;
// Dots in one key: as deep as toml++ lets values nest. Trees are taken down by recursion.
inline constexpr std::size_t configuration_key_dots = 256;
// A node's name: what Linux takes as a host name.
inline constexpr std::size_t node_name_bytes = 64;

// Hand-over (PRODUCT: 8.1).
// Gratuitous ARP: the second of a series, and the closest that worse adverts are answered.
inline constexpr Duration announcement_spacing = 50ms;
inline constexpr Duration handover_after_announcement = 20ms;
inline constexpr Duration handover_without_announcement = 250ms;
inline constexpr Duration handover_grace = 1s;
// Shorter ones could not even hear a peer that has to claim first.
inline constexpr Duration handover_timeout_shortest = 100ms;
inline constexpr Duration handover_timeout_default = 10s;
inline constexpr Duration handover_timeout_longest = 600s;

// Other machines that have our addresses, or our id.
// How long an answer to our question may take: hosts answer within milliseconds.
inline constexpr Duration collision_answer_time = 1s;
// While somebody else answers it is asked again, so that the status says when that has ended.
inline constexpr Duration collision_recheck = 60s;
// Log lines about one kind of stranger, apart, for each router. Counters miss nothing.
inline constexpr Duration report_spacing = 60s;

}  // namespace failover::limits
