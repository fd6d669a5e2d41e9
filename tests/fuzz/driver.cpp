// What runs a fuzzer where there is no libFuzzer: every file of its corpus, then a number of
// mutations of them. The mutations come from a seed that never changes, so that a test which passes
// once passes again; finding new ones is libFuzzer's business (tests/fuzz/run).
//
//   fuzz_NAME [--mutations N] DIRECTORY|FILE...
//
// An input that fails is written to NAME.finding in the current directory; given as a FILE it fails
// again.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <vector>

#include "tests/fuzz/property.hpp"

// Address sanitizer's own way out passes no signal handler.
extern "C" void __sanitizer_set_death_callback(void (*)()) __attribute__((weak));

namespace {

using Bytes = std::vector<std::uint8_t>;

// For the handler of the signal that ends us, which can be given nothing.
const Bytes* under_test = nullptr;
std::string finding_name;

extern "C" void keep_the_finding() {
  if (under_test == nullptr) return;
  const int file =
      openat(AT_FDCWD, finding_name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const auto written = file < 0 ? -1 : write(file, under_test->data(), under_test->size());
  const std::string_view said = written < 0 ? "\nthe input cannot be written to " : "\nreplay: ";
  for (const std::string_view part : {said, std::string_view(finding_name), std::string_view("\n")})
    if (write(STDERR_FILENO, part.data(), part.size()) < 0) return;
}

extern "C" void ended_by(int signal) {
  keep_the_finding();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const Bytes& input) {
  under_test = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
  under_test = nullptr;
}

Bytes content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error(file.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<Bytes> inputs_of(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {content(path)};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry);
  std::ranges::sort(files);
  std::vector<Bytes> inputs;
  for (const auto& file : files) inputs.push_back(content(file));
  if (inputs.empty()) throw std::runtime_error(path.string() + " is empty");
  return inputs;
}

class Mutations {
 public:
  explicit Mutations(const std::vector<Bytes>& corpus) : corpus_(corpus) {}

  Bytes next() {
    Bytes input = corpus_[below(corpus_.size())];
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(input);
    return input;
  }

 private:
  // Not std::uniform_int_distribution, whose numbers differ between libraries.
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : generator_() % bound; }
  Bytes::difference_type place(const Bytes& input) {
    return static_cast<Bytes::difference_type>(below(input.size() + 1));
  }

  void change(Bytes& input) {
    const auto at = input.begin() + place(input);
    switch (below(6)) {
      case 0:
        if (at != input.end()) *at = static_cast<std::uint8_t>(*at ^ 1U << below(8));
        return;
      case 1:
        if (at != input.end()) *at = static_cast<std::uint8_t>(below(256));
        return;
      case 2: input.insert(at, static_cast<std::uint8_t>(below(256))); return;
      case 3: input.erase(at, std::min(at + 1 + place({0, 0, 0}), input.end())); return;
      case 4: input.erase(at, input.end()); return;
      default: splice(input);
    }
  }

  // A piece of another input, to any place.
  void splice(Bytes& input) {
    const Bytes& other = corpus_[below(corpus_.size())];
    const auto first = place(other);
    const auto last = std::min<Bytes::difference_type>(
        first + 1 + static_cast<Bytes::difference_type>(below(32)), std::ssize(other));
    if (first < last)
      input.insert(input.begin() + place(input), other.begin() + first, other.begin() + last);
  }

  const std::vector<Bytes>& corpus_;
  std::mt19937 generator_{20261120};
};

void run_all(std::vector<std::string> arguments) {
  std::size_t mutations = 0;
  if (arguments.size() > 1 && arguments[0] == "--mutations") {
    mutations = std::stoul(arguments[1]);
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  std::vector<Bytes> corpus;
  for (const auto& argument : arguments)
    std::ranges::move(inputs_of(argument), std::back_inserter(corpus));
  if (corpus.empty()) throw std::runtime_error("usage: [--mutations N] DIRECTORY|FILE...");
  for (const Bytes& input : corpus) run(input);
  Mutations mutated(corpus);
  for (std::size_t i = 0; i < mutations; ++i) run(mutated.next());
  std::cout << corpus.size() << " inputs, " << mutations << " mutations\n";
}

}  // namespace

int main(int argc, char** argv) {
  finding_name = std::filesystem::path(argv[0]).filename().string() + ".finding";
  for (const int signal : {SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE})
    std::signal(signal, ended_by);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_the_finding);
  try {
    run_all({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    if (under_test != nullptr) keep_the_finding();
    return 1;
  }
}
