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

// Somebody who removes our routes as fast as we put them back gets a second's rest after so many.
inline constexpr int restores_in_a_row = 20;
inline constexpr Duration restore_window = 1s;
// Of addresses: so many restores of one router within the window are put right at once, and then it
// is a contest. Each further one waits twice as long as the last, so that a program in a loop costs
// neither the machine nor the neighbours much.
inline constexpr int contest_restores = 10;
inline constexpr Duration contest_window = 10s;
inline constexpr Duration contest_pause_shortest = 100ms;
inline constexpr Duration contest_pause_longest = 5s;
// It is over when nothing had to be put back for so long: longer than the longest pause.
inline constexpr Duration contest_calm = 10s;
// After so many restores in a row, or so long, the role is offered to the peer, and again after
// that time as long as nobody claims it.
inline constexpr int contest_restores_until_offer = 20;
inline constexpr Duration contest_until_offer = 60s;
// Who has handed over for that does not preempt for so long, twice as long the next time.
inline constexpr Duration contested_shortest = 60s;
inline constexpr Duration contested_longest = 600s;
// Between two looks at the settings of our links, of which the kernel notifies few.
inline constexpr Duration settings_look = 5s;
// Routes that are kept of what the kernel tells: ours, and those to watched destinations. Who has
// more of ours than that is not us.
inline constexpr std::size_t netlink_routes = 65'536;
// Rules of ours: each costs every packet a comparison, so nobody has a tenth of it.
inline constexpr std::size_t netlink_rules = 16'384;
// Beginnings of destinations (32 bits each) that the kernel is told to pass on. With more, all
// notifications of routes are read, and chosen from here. The kernel's own bound is some 2,000
// instructions, and each takes two.
inline constexpr std::size_t netlink_filtered_destinations = 512;

// An agent that has not come round for so long hangs: its engine does every second.
inline constexpr Duration agent_hang = 2s;
// Agents in a row that lived for less than agent_short_life: then the parent gives up. One that
// lives for longer keeps the adverts going, however often it dies.
inline constexpr std::size_t agent_short_lives = 5;
inline constexpr Duration agent_short_life = 500ms;

// The runner. Commands at once: a check for each of some dozens of groups, and their hooks.
inline constexpr std::size_t runner_commands = 64;
// Agents that it listens to: one, and at a replacement another.
inline constexpr std::size_t runner_connections = 8;
// What a command is given, each in all; the input is the state of a group as a document.
inline constexpr std::size_t runner_argument_bytes = std::size_t{8} * 1024;
inline constexpr std::size_t runner_environment_bytes = std::size_t{8} * 1024;
inline constexpr std::size_t runner_input_bytes = std::size_t{64} * 1024;
// What is kept of a command's output, its end: where programs say what went wrong.
inline constexpr std::size_t runner_output_bytes = std::size_t{8} * 1024;
// Read of one command before the others get their turn: what a pipe holds.
inline constexpr std::size_t runner_read_bytes = std::size_t{64} * 1024;
// A request or a reply on its way: less than a Unix socket takes at once with Linux's settings.
inline constexpr std::size_t runner_packet_bytes = std::size_t{160} * 1024;
// Packets that wait for a reader. An agent that has not taken so many replies hangs.
inline constexpr std::size_t runner_packets_waiting = 256;
// Requests read from one agent before commands get their turn.
inline constexpr std::size_t runner_requests_at_once = 16;
inline constexpr Duration runner_timeout_longest = 3'600s;  // a hook's
// Between SIGTERM and SIGKILL to a command that takes too long.
inline constexpr Duration runner_grace = 1s;
// How long a command waits for a runner that is not there. It is started again within the pause
// below, so what waits for longer waits in vain.
inline constexpr Duration runner_patience = 3s;
// Between two attempts to reach it.
inline constexpr Duration runner_reconnect_pause = 100ms;
// Between two starts of the runner: one that does not stay alive must not keep the parent busy.
inline constexpr Duration runner_restart_pause = 1s;
// What hooks get at a stop to come to their end. init systems wait for some 30 s.
inline constexpr Duration runner_farewell = 5s;

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
// Between two drawings of `watch`.
inline constexpr Duration cli_watch_pause = 1s;

// Clients that follow the events: a screen each for some people, and their collectors.
inline constexpr std::size_t api_followers = 16;
// What may wait for a follower that does not read: some hundred events. Then it is dropped.
inline constexpr std::size_t api_stream_bytes = std::size_t{256} * 1024;
// Events remembered for who asks later: a day of a quiet cluster, minutes of one that flaps.
inline constexpr std::size_t events_remembered = 4'096;
// Transitions remembered of each group.
inline constexpr std::size_t transitions_remembered = 64;
// How long a drain, a hold or a freeze may last: every one ends by itself.
inline constexpr Duration override_shortest = 1s;
inline constexpr Duration override_longest = 30 * 86'400s;
// Between two looks at the wall clock, which may be set, for overrides that have ended.
inline constexpr Duration override_look = 30s;

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
// Objects and arrays inside each other in a JSON document: the deepest key has ten above it. Also
// the names of one path.
inline constexpr std::size_t configuration_depth = 64;
// Configurations that can be gone back to.
inline constexpr std::size_t revisions_kept = 50;
// How long a change may wait for its confirmation.
inline constexpr Duration confirm_shortest = 5s;
inline constexpr Duration confirm_longest = 86'400s;
// What --gate healthy looks at is looked at so often, and is bad when it was so often in a row.
inline constexpr Duration gate_spacing = 500ms;
inline constexpr unsigned gate_bad_looks = 2;
// A node's name: what Linux takes as a host name.
inline constexpr std::size_t node_name_bytes = 64;

// Failover groups.
inline constexpr std::size_t groups = routers;
// What a group depends on: a screen full of it.
inline constexpr std::size_t tracks_per_group = 32;
inline constexpr std::size_t group_name_bytes = 63;
inline constexpr std::size_t track_name_bytes = 63;
inline constexpr std::size_t group_description_bytes = 255;
inline constexpr std::size_t follow_per_group = 16;
// A unit's name: what systemd takes.
inline constexpr std::size_t unit_name_bytes = 255;
// A user's name: what useradd takes.
inline constexpr std::size_t user_name_bytes = 32;
inline constexpr std::size_t hooks_per_kind = 8;
inline constexpr std::size_t routes_per_group = 1'024;
inline constexpr std::size_t rules_per_group = 256;
// The words of one route or rule, some dozens at most.
inline constexpr std::size_t route_words_bytes = 512;
// Words of one command, and their bytes with it.
inline constexpr std::size_t command_arguments = 64;
inline constexpr std::size_t command_bytes = 8'192;
inline constexpr Duration track_interval_shortest = 50ms;
inline constexpr Duration track_interval_default = 1s;
inline constexpr Duration track_interval_longest = 3'600s;
inline constexpr Duration track_timeout_shortest = 10ms;
inline constexpr Duration track_timeout_default = 500ms;
inline constexpr unsigned track_rise_default = 2;
inline constexpr unsigned track_fall_default = 3;
// Of what the kernel tells, which does not come again and again.
inline constexpr unsigned track_rise_told_default = 1;
inline constexpr unsigned track_count_most = 100;  // rise and fall
inline constexpr unsigned track_demote_most = 254;
// Processes of one name that are asked for.
inline constexpr unsigned track_processes_most = 10'000;
// What Linux keeps of a process's name, and the longest path that it takes.
inline constexpr std::size_t process_name_bytes = 15;
inline constexpr std::size_t path_bytes = 4'095;
// How old a tracked file may be: clocks of file systems are no better than a second; a month is for
// what is written once a week.
inline constexpr Duration track_file_age_shortest = 1s;
inline constexpr Duration track_file_age_longest = 2'678'400s;
// What is asked for by HTTP: servers take some kilobytes as a request line.
inline constexpr std::size_t track_url_bytes = 2'048;
// What a check says in one line: a terminal's width and some.
inline constexpr std::size_t check_line_bytes = 160;
// Checks of one moment begin so far apart, and within that time at most: 30 sockets at once are no
// burst, and a spread that could be felt would delay the first answer.
inline constexpr Duration check_start_spacing = 7ms;
inline constexpr Duration check_start_spread = 210ms;
// The control thread that comes so much later than it wanted cannot blame who did not answer.
inline constexpr Duration check_lateness = 100ms;
// Beyond a check's timeout, for the runner to start and end a command and for /proc to be read.
inline constexpr Duration check_own_time = 2s;
// Entries of /proc looked at before others on the control thread get their turn: 1 ms.
inline constexpr std::size_t processes_per_turn = 256;
// Echo requests that wait for a reply: of 65,536 sequence numbers, so many that a free one is near.
inline constexpr std::size_t echo_requests_waiting = 16'384;
// The longest IPv4 header and an echo reply of ours, and air.
inline constexpr std::size_t echo_reply_bytes = 128;
inline constexpr std::size_t echo_replies_per_turn = 64;
// The header of an answer to a health check, and what is read behind it before the connection is
// closed in the server's face.
inline constexpr std::size_t get_header_bytes = std::size_t{16} * 1024;
inline constexpr std::size_t get_body_bytes = std::size_t{64} * 1024;
// Of a unit that starts or stops: what systemd itself gives it, and some air.
inline constexpr Duration unit_timeout = 100s;
inline constexpr Duration hook_timeout_shortest = 100ms;
inline constexpr Duration hook_timeout_default = 30s;
inline constexpr Duration hook_timeout_longest = 3'600s;
// Who waits for a peer's services to come up waits minutes, not hours.
inline constexpr Duration preempt_delay_longest = 3'600s;
inline constexpr Duration start_delay_longest = 3'600s;
inline constexpr unsigned damping_moves_default = 10;
inline constexpr unsigned damping_moves_most = 100;
inline constexpr Duration damping_window_shortest = 10s;
inline constexpr Duration damping_window_default = 600s;
inline constexpr Duration damping_window_longest = 86'400s;
// After a move that another element has taken back, the same way is not tried again for at least so
// many dead times (PRODUCT: 8.10).
inline constexpr int dead_times_between_tries = 3;
// Until the other elements come along with one that others may have claimed in the same moment:
// they hear each other's ranks by then. No longer than its dead time.
inline constexpr Duration group_rivals_heard = 50ms;

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
