// HTTP: the real server with the real API behind it, on a Unix socket of its own, and a client that
// sends any bytes in pieces of any size.
//
// Every request is answered with a status that failover-api(7) has, errors as problem documents;
// after a refusal nothing more is answered; a client that has said everything is let go; and how
// the bytes were cut into pieces makes no difference.
//
// The first byte of an input: its lowest bit is the socket (0: everything, 1: reads), the others
// say how many bytes a piece has (0: all at once). Bounds are small, so that inputs reach them.

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "agent/control/api.hpp"
#include "agent/descriptor.hpp"
#include "cli/documents.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

constexpr http::Bounds bounds{.header_bytes = 512,
                              .body_bytes = 256,
                              .reader_body_bytes = 32,
                              .request_time = 3600s,  // a slow machine is no finding
                              .reply_time = 3600s,
                              .linger_time = 3600s};

// An abstract socket whose name the kernel chooses: nothing to clean up.
struct Listening {
  Listening() : socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address.sun_family = AF_UNIX;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    must(bind(socket, any, sizeof(sa_family_t)) == 0 && listen(socket, 16) == 0 &&
             getsockname(socket, any, &size) == 0,
         "a socket can be made");
  }
  int socket;  // the server's, once it serves
  sockaddr_un address{};
  socklen_t size = sizeof(sockaddr_un);
};

config::Configuration one_router() {
  const config::CarpSettings carp{.vhid = carp::Vhid::of<10>(), .password = Secret("test")};
  return {.routers = {{.interface = "eth0",
                       .addresses = {{.prefix = *Prefix::parse("192.0.2.1/24")}},
                       .protocol = carp}}};
}

// Made once; what requests leave behind goes with the Session.
class Agent {
 public:
  Agent()
      : overrides_(
            std::nullopt, [](const std::string&) {}, real_now()),
        directory_(mailboxes_),
        server_(
            context,
            [this](const auto& request, auto reply) { api->handle(request, std::move(reply)); },
            bounds) {
    directory_.apply(one_router());
    must(!server_.serve(everything.socket, http::Access::everything) &&
             !server_.serve(reads.socket, http::Access::reads),
         "the server serves");
  }

  void begin() {
    operations.emplace();
    commands_.emplace(
        context, mailboxes_, directory_, *operations, overrides_,
        [](config::LogLevel, const control::Event&) {}, [] {},
        [](GroupId, const std::function<void()>& then) { then(); });
    changes_.emplace(nothing_kept());
    api.emplace(
        context,
        control::View{directory_, overrides_, *operations, history_,
                      [](const std::string&, const std::string&) { return std::string(); }},
        *commands_, *changes_, events_, [] { return control::AgentState{.node = "lb1"}; }, [] {});
  }
  // What the engine would do with all that it was told.
  void finish_operations() {
    while (mailboxes_.control_to_engine.take()) continue;
    for (OperationId id = 1; id <= operations->all().size(); ++id)
      operations->finish(id, 0, router::Outcome::done);
  }
  [[nodiscard]] std::size_t connections() const { return server_.connections(); }
  [[nodiscard]] std::uint64_t bad_requests() const { return server_.counters().bad_requests; }

  boost::asio::io_context context;
  Listening everything;
  Listening reads;
  std::optional<control::Operations> operations;
  std::optional<control::Api> api;

 private:
  // No change can be kept, so none is made.
  changes::Changes::Means nothing_kept() {
    return {.context = context,
            .file = "/nonexistent/failover.toml",
            .in_force = "/nonexistent/configuration.json",
            .state = std::nullopt,
            .apply = [](const config::Configuration&, changes::IfRefused,
                        const changes::Tried& then) { then({}); },
            .is_active = [](const std::string&) { return true; },
            .ills = [] { return std::set<std::string>(); },
            .note = [](const std::string&) {},
            .warn = [](const std::string&) {}};
  }

  Mailboxes mailboxes_;
  control::Overrides overrides_;
  control::Directory directory_;
  control::History history_;
  control::EventLog events_;
  std::optional<control::Commands> commands_;
  std::optional<changes::Changes> changes_;
  http::HttpServer server_;
};

// One client from connecting to being let go; gives all that it was sent.
class Session {
 public:
  Session(Agent& agent, http::Access access)
      : agent_(agent), socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    agent_.begin();
    const Listening& to = access == http::Access::reads ? agent_.reads : agent_.everything;
    must(connect(socket_.number(), reinterpret_cast<const sockaddr*>(&to.address), to.size) == 0,
         "a client can connect");
    settle();
  }

  std::string say(std::string_view bytes, std::size_t piece) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      const auto part = bytes.substr(0, piece);
      const auto taken = send(socket_.number(), part.data(), part.size(), MSG_NOSIGNAL);
      settle();
      if (taken < 0) break;  // the server has closed, and need not listen any more
    }
    shutdown(socket_.number(), SHUT_WR);
    settle();
    agent_.finish_operations();
    settle();
    must(agent_.connections() == 0, "a client that has said everything is let go", received_);
    return std::move(received_);
  }

 private:
  // Until neither side has anything to do.
  void settle() {
    bool busy = true;
    while (busy) {
      agent_.finish_operations();
      busy = agent_.context.poll() > 0;
      std::array<char, 4096> part;
      for (ssize_t count = 1; count > 0; busy = busy || count > 0) {
        count = recv(socket_.number(), part.data(), part.size(), 0);
        if (count > 0) received_.append(part.data(), static_cast<std::size_t>(count));
      }
    }
  }

  Agent& agent_;
  Descriptor socket_;
  std::string received_;
};

struct Answer {
  unsigned status = 0;
  std::string_view header;
  std::string_view body;
  [[nodiscard]] bool has(std::string_view field) const {
    return header.find(field) != std::string_view::npos;
  }
  [[nodiscard]] bool is_last() const {
    return header.starts_with("HTTP/1.0") ? !has("\r\nConnection: keep-alive")
                                          : has("\r\nConnection: close");
  }
};

// The first of the replies; none of a JSON document's beginnings looks like the next one's.
Answer take_answer(std::string_view& replies) {
  constexpr std::string_view end_of_header = "\r\n\r\n";
  const auto end = replies.find(end_of_header);
  must(replies.starts_with("HTTP/1.") && replies.size() > 12 && end != std::string_view::npos,
       "a reply has a header", replies);
  Answer answer{.status = static_cast<unsigned>(std::atoi(replies.substr(9, 3).data())),
                .header = replies.substr(0, end),
                .body = {}};
  replies.remove_prefix(end + end_of_header.size());
  constexpr std::string_view length = "Content-Length: ";
  const auto at = answer.header.find(length);
  // None to a HEAD.
  if (at == std::string_view::npos || replies.empty() || replies.starts_with("HTTP/1."))
    return answer;
  const auto size = std::strtoul(answer.header.data() + at + length.size(), nullptr, 10);
  must(size <= replies.size(), "a reply is there to its end", answer.header);
  answer.body = replies.substr(0, size);
  replies.remove_prefix(size);
  return answer;
}

// Those of the server itself, after which it listens no more.
bool is_refusal(const Answer& answer) {
  constexpr std::array<std::string_view, 5> codes{"malformed-request", "bad-target", "reads-only",
                                                  "header-too-large", "body-too-large"};
  return std::ranges::any_of(codes, [&](std::string_view code) {
    return answer.body.find("\"urn:failover:" + std::string(code) + "\"") != std::string_view::npos;
  });
}

void check_answer(const Answer& answer, http::Access access) {
  constexpr std::array documented{200U, 201U, 202U, 400U, 403U, 404U, 405U,
                                  409U, 412U, 413U, 422U, 431U, 503U, 507U};
  if (answer.status == 100) return;
  must(std::ranges::find(documented, answer.status) != documented.end(),
       "a status is a documented one", answer.header);
  must(answer.has("\r\nContent-Length: "), "a reply says its length", answer.header);
  must(access == http::Access::everything || answer.status != 202,
       "the reading socket changes nothing", answer.header);
  must(answer.status != 405 || answer.has("\r\nAllow: "), "405 says what is allowed",
       answer.header);
  const bool is_problem = answer.has("\r\nContent-Type: application/problem+json");
  must(is_problem == (answer.status >= 400), "an error is a problem document", answer.header);
  if (!is_problem || answer.body.empty()) return;
  must(
      cli::parse_problem(answer.body).has_value() &&
          answer.body.find("\"status\":" + std::to_string(answer.status)) != std::string_view::npos,
      "a problem document is whole", answer.body);
}

std::vector<Answer> check_replies(std::string_view replies, http::Access access) {
  std::vector<Answer> answers;
  while (!replies.empty()) {
    must(answers.empty() || !answers.back().is_last(), "nothing is answered after the last reply",
         replies);
    answers.push_back(take_answer(replies));
    check_answer(answers.back(), access);
    must(!is_refusal(answers.back()) || answers.back().is_last(), "a refusal is the last reply",
         answers.back().header);
  }
  return answers;
}

std::string converse(Agent& agent, http::Access access, std::string_view bytes, std::size_t piece) {
  const auto bad_before = agent.bad_requests();
  const std::string replies = Session(agent, access).say(bytes, piece);
  const auto answers = check_replies(replies, access);
  const auto started = std::ranges::count(answers, 202U, &Answer::status);
  must(static_cast<std::size_t>(started) == agent.operations->all().size(),
       "an operation starts for each 202, and for nothing else", replies);
  // A HEAD is refused without the body that says why.
  const auto refused = static_cast<std::uint64_t>(std::ranges::count_if(answers, is_refusal));
  const auto silent = static_cast<std::uint64_t>(std::ranges::count_if(
      answers, [](const Answer& answer) { return answer.status >= 400 && answer.body.empty(); }));
  const auto counted = agent.bad_requests() - bad_before;
  must(counted >= refused && counted <= refused + silent, "a refusal is counted", replies);
  // A parser that sees less at a time may find another fault first; that it refuses is the same.
  std::string said;
  for (const Answer& answer : answers) {
    const bool unreadable = answer.status == 400 || answer.status == 413;
    said += (unreadable ? "refused" : std::to_string(answer.status)) + "\n";
  }
  return said;
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using failover::fuzz::converse;
  if (size == 0) return 0;
  static failover::fuzz::Agent agent;
  const auto access =
      data[0] % 2 == 0 ? failover::http::Access::everything : failover::http::Access::reads;
  const std::size_t piece = data[0] / 2U;
  const auto bytes = failover::fuzz::text_of({data + 1, size - 1});
  const auto whole = converse(agent, access, bytes, bytes.size());
  if (piece == 0) return 0;
  const auto in_pieces = converse(agent, access, bytes, piece);
  // How long a header is in full is known a little later when it comes at once; and an operation
  // may have ended before the next piece asks for it.
  const auto in_either = [&](const char* status) {
    return (whole + in_pieces).find(status) != std::string::npos;
  };
  failover::fuzz::must(in_either("431") || in_either("202") || in_pieces == whole,
                       "pieces make no difference",
                       "whole:\n" + whole + "in pieces:\n" + in_pieces);
  return 0;
}
