#pragma once
// An agent that says what the test tells it to, behind a real HTTP server on real Unix sockets.

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/http/http_server.hpp"
#include "cli/run.hpp"

namespace failover::cli::test {

// A directory that goes with the test.
class RunDirectory {
 public:
  RunDirectory();
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;
  [[nodiscard]] std::string operator/(const char* name) const { return (path / name).string(); }
  std::filesystem::path path;
};

// A listening socket's descriptor.
[[nodiscard]] int listen_on(const std::string& path, unsigned mode);

struct Outcome {
  int exit = 0;
  std::string out;
  std::string err;
};

struct Told {
  std::string method;
  std::string path;
  std::string wait;  // of the query
  std::string body;
};

class TestAgent {
 public:
  TestAgent();
  ~TestAgent();
  TestAgent(const TestAgent&) = delete;
  TestAgent& operator=(const TestAgent&) = delete;

  // What "METHOD /path" is answered with, whatever its query, or "METHOD /path?key=value", its keys
  // sorted: one after the other, the last one for ever. What has no answer is never answered.
  void answer(const std::string& request, unsigned status, const std::string& body);
  [[nodiscard]] std::vector<Told> told() const;
  // Runs failoverctl against it.
  [[nodiscard]] Outcome run(std::vector<std::string> words,
                            Abbreviations abbreviations = Abbreviations::refused) const;

  RunDirectory directory;

 private:
  void handle(const http::Request& request, const http::Reply& reply);

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<http::Response>> answers_;
  std::vector<Told> told_;
  std::vector<http::Reply> unanswered_;
  boost::asio::io_context context_;
  std::optional<http::HttpServer> server_;
  std::thread thread_;
};

// Runs failoverctl with this run-time directory, and with a named socket if there is one.
[[nodiscard]] Outcome run_in(const std::filesystem::path& run_directory,
                             const std::vector<std::string>& words,
                             std::optional<std::string> socket = std::nullopt,
                             Abbreviations abbreviations = Abbreviations::refused);

// PRODUCT's example screen as the agent's document.
[[nodiscard]] std::string example_status();

}  // namespace failover::cli::test
