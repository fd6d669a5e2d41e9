#include "agent/record/recorder.hpp"

#include <cerrno>
#include <cstring>

#include "agent/record/words.hpp"

namespace failover::record {

Result<Recorder, std::string> Recorder::open(const std::string& path) {
  std::ofstream file(path, std::ios::trunc);
  if (!file) return failure(path + ": " + std::strerror(errno));
  file << first_line << '\n';
  return Recorder(std::move(file));
}

void Recorder::write(const RecordedRouter& router, std::string_view name) {
  file_ << "router " << router.id << ' ' << name << ' ' << to_words(router.settings) << '\n';
}

void Recorder::write(const RecordedEvent& event) {
  file_ << "event " << event.id << ' ' << event.handled->at.time_since_epoch().count() << ' '
        << to_words(event.handled->event) << " => " << to_words(event.handled->effects) << '\n';
}

void Recorder::lost(std::uint64_t events) { file_ << "lost " << events << '\n'; }

bool Recorder::flush() { return static_cast<bool>(file_.flush()); }

}  // namespace failover::record
