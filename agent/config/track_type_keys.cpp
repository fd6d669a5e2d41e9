#include "agent/config/track_type_keys.hpp"

#include <charconv>

#include "agent/config/argument_vector.hpp"
#include "agent/config/check_endpoint.hpp"
#include "agent/config/host_address.hpp"
#include "agent/config/names.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

// --- link, address, route ---

constexpr std::array link_keys{
    Key<LinkTrack>{"interface", named<&LinkTrack::interface, interface_names>,
                   "The interface that the track is about."},
};

constexpr std::array address_keys{
    Key<AddressTrack>{"address",
                      [](const Value& value, AddressTrack& track) {
                        if (const auto found = tracked_address_in(value, Tracking::presence))
                          track.address = *found;
                      },
                      "The address that the track is about."},
    Key<AddressTrack>{"interface", named<&AddressTrack::interface, interface_names>,
                      "The interface that the track is about."},
};

constexpr std::string_view accepted_destination =
    "\"default\", or a prefix like \"198.51.100.0/24\" or \"2001:db8::/32\"";

// The kernel has no route whose destination has bits behind its length.
bool is_destination(const Prefix& prefix) {
  const auto bytes = prefix.address().bytes();
  for (std::size_t bit = prefix.length(); bit < bytes.size() * 8; ++bit)
    if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return false;
  return true;
}

void read_destination(const Value& value, RouteTrack& track) {
  const auto text = text_in(value, accepted_destination);
  if (!text || *text == "default") return;
  const auto prefix = Prefix::parse(*text);
  if (!prefix)
    reject_address_text(value, *text, prefix.error(), accepted_destination);
  else if (!is_destination(*prefix))
    value.reject(in_quotes(*text) + " has bits behind its prefix length, and no route has; " +
                 "accepted: " + std::string(accepted_destination));
  else
    track.destination = *prefix;
}

constexpr std::array route_keys{
    Key<RouteTrack>{"destination", read_destination, "Where the route leads."},
    Key<RouteTrack>{"gateway",
                    [](const Value& value, RouteTrack& track) {
                      if (const auto found = host_address_in(value)) track.gateway = *found;
                    },
                    "The route's gateway; by default any, or none."},
    Key<RouteTrack>{"interface", named<&RouteTrack::interface, interface_names>,
                    "The interface that the track is about."},
    Key<RouteTrack>{"table", whole<&RouteTrack::table, 1, 0xffff'ffff>, "The route's table."},
};

Tracked blank_route() { return RouteTrack{.destination = *Prefix::from(IpAddress{}, 0)}; }

// "default" is of the family of its gateway, and of IPv4 without one.
void finish_route(const Value& table, Tracked& what) {
  auto& route = std::get<RouteTrack>(what);
  if (!route.gateway) return;
  const auto of_gateway = route.gateway->family();
  read_named(table, "destination", [&](const Value& destination) {
    const auto* const text = std::get_if<Secret>(&destination.node.value);
    if (of_gateway == Family::ipv6 && text != nullptr && characters(*text) == "default")
      route.destination = *Prefix::from(IpAddress::v6({}), 0);
  });
  if (route.destination.address().family() == Family::ipv4 || of_gateway == Family::ipv6) return;
  read_named(table, "gateway", [](const Value& gateway) {
    gateway.reject(
        "is an IPv4 address, which no route to an IPv6 destination has; accepted: an "
        "IPv6 address");
  });
}

// --- process, file, command, unit ---

void read_process(const Value& value, ProcessTrack& track) {
  const std::string accepted = "a name of 1.." + std::to_string(limits::process_name_bytes) +
                               " bytes, as in /proc/PID/comm, or the absolute path of a program";
  const auto text = text_in(value, accepted);
  if (!text) return;
  const bool is_process_name = !text->empty() && text->size() <= limits::process_name_bytes &&
                               text->find('/') == std::string_view::npos &&
                               text->find('\0') == std::string_view::npos;
  if (is_process_name || is_absolute_path(*text))
    track.name = *text;
  else
    value.reject(in_quotes(*text) + " is no process; accepted: " + accepted);
}

constexpr std::array process_keys{
    Key<ProcessTrack>{"count", whole<&ProcessTrack::count, 1, limits::track_processes_most>,
                      "How many processes there must be at least."},
    Key<ProcessTrack>{"process", read_process,
                      "The process's name, or the absolute path of its program."},
};

constexpr DurationRange file_ages{.shortest = limits::track_file_age_shortest,
                                  .longest = limits::track_file_age_longest};

constexpr std::array file_keys{
    Key<FileTrack>{"newer_than", duration<&FileTrack::newer_than, file_ages>,
                   "The file must have been written to within that time."},
    Key<FileTrack>{"path",
                   [](const Value& value, FileTrack& track) {
                     if (const auto found = path_in(value)) track.path = *found;
                   },
                   "The absolute path of the file."},
};

constexpr std::array command_keys{
    Key<CommandTrack>{"command",
                      [](const Value& value, CommandTrack& track) {
                        if (auto found = command_in(value)) track.command = std::move(*found);
                      },
                      "The program and its arguments."},
    Key<CommandTrack>{"user", named<&CommandTrack::user, user_names>,
                      "Who runs the command; by default the one who started failoverd."},
};

constexpr std::array unit_keys{
    Key<UnitTrack>{"unit", named<&UnitTrack::unit, unit_names>, "The name of the unit."},
};

// --- tcp, http, icmp ---

void read_tcp_address(const Value& value, TcpTrack& track) {
  constexpr std::string_view accepted =
      "an address with a port like \"127.0.0.1:8443\" or \"[::1]:80\"";
  const auto text = text_in(value, accepted);
  if (!text) return;
  const auto endpoint = parse_endpoint(*text);
  if (!endpoint) {
    reject_address_text(value, *text, endpoint.error(), accepted);
  } else if (!endpoint->port) {
    value.reject(in_quotes(*text) + " has no port; accepted: " + std::string(accepted));
  } else if (is_tracked_address(value, *text, endpoint->address, Tracking::answers)) {
    track.address = endpoint->address;
    track.port = *endpoint->port;
  }
}

constexpr std::array tcp_keys{
    Key<TcpTrack>{"address", read_tcp_address, "The address that the track is about."},
};

void read_url(const Value& value, HttpTrack& track) {
  constexpr std::string_view accepted =
      "\"http://ADDRESS[:PORT]/PATH\" with an address, not a name, whose look-up may hang";
  const auto text = text_in(value, accepted);
  if (!text) return;
  auto http = parse_http_url(*text);
  if (!http) {
    reject_address_text(value, *text, http.error(), accepted);
  } else if (is_tracked_address(value, *text, http->address, Tracking::answers)) {
    http->status_least = track.status_least;
    http->status_most = track.status_most;
    track = std::move(*http);
  }
}

// Three digits, as in a response.
std::optional<unsigned> parse_status(std::string_view text) {
  unsigned status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  const bool whole_text = error == std::errc{} && end == text.data() + text.size();
  return whole_text && text.size() == 3 && status >= 100 && status <= 599 ? std::optional(status)
                                                                          : std::nullopt;
}

void read_status(const Value& value, HttpTrack& track) {
  constexpr std::string_view accepted = "\"200\", or a range like \"200-299\", of 100..599";
  const auto text = text_in(value, accepted);
  note_default(value, "\"" + std::to_string(track.status_least) + "-" +
                          std::to_string(track.status_most) + "\"");
  if (!text) return;
  const auto dash = std::min(text->find('-'), text->size());
  const auto least = parse_status(text->substr(0, dash));
  const auto most = dash == text->size() ? least : parse_status(text->substr(dash + 1));
  if (least && most && *least <= *most) {
    track.status_least = *least;
    track.status_most = *most;
  } else {
    value.reject(in_quotes(*text) + " is no status; accepted: " + std::string(accepted));
  }
}

constexpr std::array http_keys{
    Key<HttpTrack>{"status", read_status, "The status that is good, or a range."},
    Key<HttpTrack>{"url", read_url, "What is asked for."},
};

constexpr std::array icmp_keys{
    Key<IcmpTrack>{"address",
                   [](const Value& value, IcmpTrack& track) {
                     if (const auto found = tracked_address_in(value, Tracking::answers))
                       track.address = *found;
                   },
                   "The address that the track is about."},
};

// --- All of them ---

void nothing_to_finish(const Value&, Tracked&) {}

template <class Track>
Tracked blank() {
  return Track{};
}

template <class Track, const auto& Keys>
bool read_own(const Member& member, const Value& table, Tracked& what) {
  return read_member(member, table, Section{Keys, std::get<Track>(what)});
}

template <class Track, const auto& Keys>
void describe_own(const Value& table, Tracked& what) {
  describe_section(table, Section{Keys, std::get<Track>(what)});
}

template <const auto& Keys>
std::vector<std::string_view> names_of() {
  std::vector<std::string_view> names;
  for (const auto& key : Keys) names.push_back(key.name);
  return names;
}

template <class Track, const auto& Keys>
constexpr TrackType type(std::string_view required, Tracked (*blank_track)(),
                         void (*finish)(const Value&, Tracked&) = nothing_to_finish) {
  return {.required = required,
          .blank = blank_track,
          .read = read_own<Track, Keys>,
          .keys = names_of<Keys>,
          .describe = describe_own<Track, Keys>,
          .finish = finish};
}

constexpr std::array types{
    type<LinkTrack, link_keys>("interface", blank<LinkTrack>),
    type<AddressTrack, address_keys>("address", blank<AddressTrack>),
    type<RouteTrack, route_keys>("destination", blank_route, finish_route),
    type<ProcessTrack, process_keys>("process", blank<ProcessTrack>),
    type<FileTrack, file_keys>("path", blank<FileTrack>),
    type<CommandTrack, command_keys>("command", blank<CommandTrack>),
    type<TcpTrack, tcp_keys>("address", blank<TcpTrack>),
    type<HttpTrack, http_keys>("url", blank<HttpTrack>),
    type<IcmpTrack, icmp_keys>("address", blank<IcmpTrack>),
    type<UnitTrack, unit_keys>("unit", blank<UnitTrack>),
};
static_assert(types.size() == std::variant_size_v<Tracked>);

}  // namespace

std::span<const TrackType> track_types() { return types; }

}  // namespace failover::config
