#include "tests/unit/cli/test_agent.hpp"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <sstream>
#include <stdexcept>

namespace failover::cli::test {

RunDirectory::RunDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "failover-cli-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path = name;
  chmod(name.c_str(), 0755);
}

RunDirectory::~RunDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

int listen_on(const std::string& path, unsigned mode) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(descriptor, 16) != 0 || chmod(path.c_str(), mode) != 0) {
    throw std::runtime_error("cannot listen on " + path);
  }
  return descriptor;
}

TestAgent::TestAgent() {
  server_.emplace(context_, [this](const http::Request& request, const http::Reply& reply) {
    handle(request, reply);
  });
  server_->serve(listen_on(directory / "control.sock", 0600), http::Access::everything);
  server_->serve(listen_on(directory / "status.sock", 0666), http::Access::reads);
  thread_ = std::thread([this] { context_.run(); });
}

TestAgent::~TestAgent() {
  context_.stop();
  thread_.join();
  server_.reset();
}

void TestAgent::answer(const std::string& request, unsigned status, const std::string& body) {
  const std::scoped_lock lock(mutex_);
  answers_[request].push_back(
      {.status = status,
       .content_type = status < 300 ? "application/json" : "application/problem+json",
       .body = body,
       .headers = {}});
}

std::vector<Told> TestAgent::told() const {
  const std::scoped_lock lock(mutex_);
  return told_;
}

void TestAgent::handle(const http::Request& request, const http::Reply& reply) {
  const std::scoped_lock lock(mutex_);
  const auto wait = request.query.find("wait");
  told_.push_back({request.method, request.path, wait == request.query.end() ? "" : wait->second,
                   request.body});
  const std::string asked = request.method + " " + request.path;
  std::string whole = asked;
  for (const auto& [name, value] : request.query)
    whole += (whole == asked ? "?" : "&") + name + "=" + value;
  auto& waiting = answers_[answers_.contains(whole) ? whole : asked];
  if (waiting.empty()) {
    unanswered_.push_back(reply);
    return;
  }
  reply(waiting.front());
  if (waiting.size() > 1) waiting.erase(waiting.begin());
}

Outcome TestAgent::run(std::vector<std::string> words, Abbreviations abbreviations) const {
  return run_in(directory.path, words, std::nullopt, abbreviations);
}

Outcome run_in(const std::filesystem::path& run_directory, const std::vector<std::string>& words,
               std::optional<std::string> socket, Abbreviations abbreviations) {
  std::istringstream in("{\"from\":\"input\"}");
  std::ostringstream out;
  std::ostringstream err;
  const auto exit = cli::run(words, {.abbreviations = abbreviations,
                                     .colour = Colour::off,
                                     .socket = std::move(socket),
                                     .run_directory = run_directory,
                                     .in = in,
                                     .out = out,
                                     .err = err});
  return {static_cast<int>(exit), out.str(), err.str()};
}

std::string example_status() {
  return R"_({"schema":"failover.status.v1","node":"lb1","version":"0.1.0",
"generated_at":"2026-11-20T09:00:00.000Z","uptime_s":266400.5,"healthy":true,
"revision":14,"saved":true,"confirm_until":null,
"groups":[
{"name":"web","role":"active","status":"Up (active)","reason":"no-response",
 "since":"2026-11-17T07:00:00.000Z","mode":"warm","demotion":0,"overrides":[],
 "routers":[{"name":"eth0.carp.10","interface":"eth0","protocol":"carp","id":10,"state":"active",
  "waiting_for":null,"addresses":["203.0.113.10/24","203.0.113.11/24"],
  "rank":{"advbase":1,"advskew":0,"advertised_advskew":0,"demote":0,"interval_s":1.0,
          "dead_time_s":3.0},
  "peers":[{"address":"10.0.0.2","state":"silent","last_heard_ms":260000000}],
  "two_active":null,"problems":[]}]},
{"name":"db","role":"backup","status":"Ready (standby)","reason":"priority",
 "since":"2026-11-20T08:18:30.000Z","mode":"warm","demotion":50,
 "overrides":[{"kind":"drain","owner":"ann","reason":"kernel","until":"2026-11-20T09:18:00.000Z"}],
 "routers":[{"name":"eth0.carp.11","interface":"eth0","waiting_for":null,
  "addresses":["10.0.0.90/32"],"rank":{"interval_s":1.390625},
  "peers":[{"address":"10.0.0.2","state":"active","last_heard_ms":200}],"problems":[]}]},
{"name":"mail","role":"initialize","status":"Down","reason":"element-down",
 "since":"2026-11-20T08:57:50.000Z","mode":"warm","demotion":0,"overrides":[],
 "routers":[{"name":"eth1.carp.12","interface":"eth1","waiting_for":"link",
  "addresses":["10.0.0.25/32"],"rank":{"interval_s":1.0},"peers":[],"problems":[]}]}],
"interfaces":[],"problems":[]})_";
}

}  // namespace failover::cli::test
