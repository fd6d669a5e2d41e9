#include "agent/options.hpp"

#include <array>
#include <boost/program_options.hpp>
#include <sstream>

namespace failover {
namespace {

namespace po = boost::program_options;

po::options_description described() {
  const Options defaults;
  po::options_description description("Options");
  auto add = description.add_options();
  add("config,c", po::value<std::string>()->default_value(defaults.config.string()),
      "configuration file");
  add("run-dir", po::value<std::string>()->default_value(defaults.run_directory.string()),
      "where the sockets are");
  add("state-dir", po::value<std::string>()->default_value(defaults.state_directory.string()),
      "what is kept across restarts");
  add("check", po::value<std::string>()->implicit_value(""),
      "check FILE, or the file of --config, and exit: 0 valid, 8 not");
  add("lint", po::value<std::string>()->implicit_value(""),
      "the same, and say what is valid and wrong all the same: 3 when there are warnings");
  add("peer", po::value<std::string>(), "with --lint: the other node's file");
  add("json", "with --lint: as a JSON document");
  add("cleanup", "remove every address with our mark, say which, and exit");
  add("alone", "run the agent without the parent that starts it again when it dies");
  add("record", po::value<std::string>(), "record what the state machines do to FILE");
  add("replay", po::value<std::string>(), "run a recording again, say where it differs, and exit");
  add("help,h", "this text");
  add("version,V", "the version");
  return description;
}

// What --check and --lint look at; or what is wrong with how it is asked for.
std::optional<std::string> read_off_box(const po::variables_map& given, Options& options) {
  const bool lints = options.action == Options::Action::lint;
  const bool checks = options.action == Options::Action::check;
  if (given.contains("peer") && !lints) return "--peer belongs to --lint";
  if (given.contains("json") && !lints) return "--json belongs to --lint";
  options.json = given.contains("json");
  if (given.contains("peer")) options.peer = given["peer"].as<std::string>();
  std::string file;
  if (lints || checks) file = given[lints ? "lint" : "check"].as<std::string>();
  if (given.contains("file")) {
    const auto& apart = given["file"].as<std::string>();
    if ((!lints && !checks) || !file.empty()) return "unexpected argument: " + apart;
    file = apart;
  }
  if (!file.empty()) options.config = file;
  return std::nullopt;
}

}  // namespace

std::string Inherited::text() const {
  std::ostringstream text;
  text << lock << ',' << control << ',' << status << ',' << (has_group ? 1 : 0) << ',' << agent
       << ',' << runner_socket << ',' << runner;
  if (memberships_in >= 0) text << ',' << memberships_in << ',' << memberships_out;
  return text.str();
}

std::optional<Inherited> Inherited::from(std::string_view text) {
  std::istringstream in{std::string(text)};
  Inherited inherited;
  int group = 0;
  char comma = ',';
  constexpr std::size_t always = 7;
  const auto is_over = [&in] { return in.peek() == std::istringstream::traits_type::eof(); };
  std::array<int*, always + 2> numbers{&inherited.lock,           &inherited.control,
                                       &inherited.status,         &group,
                                       &inherited.agent,          &inherited.runner_socket,
                                       &inherited.runner,         &inherited.memberships_in,
                                       &inherited.memberships_out};
  for (std::size_t i = 0; i < numbers.size() && !(i == always && is_over()); ++i)
    if ((i > 0 && (!(in >> comma) || comma != ',')) || !(in >> *numbers[i]) || *numbers[i] < 0)
      return std::nullopt;
  inherited.has_group = group != 0;
  return is_over() ? std::optional(inherited) : std::nullopt;
}

Result<Options, std::string> parse_options(int argc, const char* const* argv) {
  po::variables_map given;
  // A file may stand apart from --check and --lint.
  po::options_description all = described();
  all.add_options()("file", po::value<std::string>());
  // What the parent tells the agent and the runner, and a replaced parent its successor.
  all.add_options()("inherited", po::value<std::string>())("runner", "");
  po::positional_options_description positional;
  positional.add("file", 1);
  try {
    po::store(po::command_line_parser(argc, argv).options(all).positional(positional).run(), given);
    po::notify(given);
  } catch (const po::error& error) {
    return failure(std::string(error.what()));
  }
  Options options;
  options.config = given["config"].as<std::string>();
  options.run_directory = given["run-dir"].as<std::string>();
  options.state_directory = given["state-dir"].as<std::string>();
  if (given.contains("record")) options.record = given["record"].as<std::string>();
  options.alone = given.contains("alone");
  if (given.contains("inherited")) {
    options.inherited = Inherited::from(given["inherited"].as<std::string>());
    if (!options.inherited) return failure("--inherited is the parent's to use");
  }
  if (given.contains("runner")) {
    if (!options.inherited) return failure("--runner is the parent's to use");
    options.action = Options::Action::runner;
  } else if (given.contains("help")) {
    options.action = Options::Action::help;
  } else if (given.contains("version")) {
    options.action = Options::Action::version;
  } else if (given.contains("replay")) {
    options.action = Options::Action::replay;
    options.replay = given["replay"].as<std::string>();
  } else if (given.contains("cleanup")) {
    options.action = Options::Action::cleanup;
  } else if (given.contains("lint")) {
    options.action = Options::Action::lint;
  } else if (given.contains("check")) {
    options.action = Options::Action::check;
  }
  if (const auto wrong = read_off_box(given, options)) return failure(*wrong);
  return options;
}

std::string usage() {
  std::ostringstream text;
  text << "Usage: failoverd [OPTION]...\n"
          "Keeps IP addresses alive with CARP and VRRP. Runs in the foreground, logs to standard "
          "error.\n\n"
       << described() << "\nSee failoverd(8) and failover.toml(5).\n";
  return text.str();
}

}  // namespace failover
