#include "agent/state/state_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>
#include <utility>

#include "agent/descriptor.hpp"
#include "protocol/limits.hpp"

namespace failover {
namespace {

constexpr std::uint64_t fnv_offset = 0xcbf29ce484222325;
constexpr std::uint64_t fnv_prime = 0x100000001b3;

std::uint64_t fnv1a(std::span<const std::uint8_t> bytes) {
  std::uint64_t hash = fnv_offset;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * fnv_prime;
  return hash;
}

template <std::size_t Size>
void put(std::array<char, Size>& field, std::string_view text) {
  field = {};
  std::copy_n(text.begin(), std::min(text.size(), Size - 1), field.begin());
}

template <std::size_t Size>
std::string_view text_in(const std::array<char, Size>& field) {
  return {field.data(), strnlen(field.data(), Size)};
}

Reason reason_named(std::string_view wanted) {
  for (int number = 0; number <= static_cast<int>(last_reason); ++number)
    if (name(static_cast<Reason>(number)) == wanted) return static_cast<Reason>(number);
  return Reason::starting;  // a later version's
}

std::string this_boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  file >> id;
  return id;
}

constexpr std::string_view magic = "failover";
constexpr std::uint32_t layout_version = 1;

}  // namespace

struct StateFile::Layout {
  std::array<char, 16> magic{};
  std::uint32_t version = 0;
  std::uint32_t entry_bytes = 0;
  std::array<char, 40> boot{};
  std::atomic<Instant::rep> pulse{0};
  std::atomic<pid_t> agent{0};
  std::atomic<pid_t> parent{0};
  std::atomic<std::uint32_t> restarts{0};
  std::array<Entry, limits::routers> entries{};

  [[nodiscard]] bool is_usable(std::string_view boot_id) const {
    return text_in(magic) == failover::magic && version == layout_version &&
           entry_bytes == sizeof(Entry) && text_in(boot) == boot_id;
  }
};

std::uint64_t StateFile::Entry::Copy::right_checksum() const {
  return fnv1a({reinterpret_cast<const std::uint8_t*>(this), offsetof(Copy, checksum)});
}

const StateFile::Entry::Copy* StateFile::Entry::newest() const {
  const Copy* best = nullptr;
  for (const Copy& copy : copies_)
    if (copy.number != 0 && copy.checksum == copy.right_checksum() &&
        (best == nullptr || copy.number > best->number))
      best = &copy;
  return best;
}

// Into the older of the two. The kernel has what was stored, whenever the process ends.
void StateFile::Entry::write(const Survivor& survivor) {
  const Copy* last = newest();
  Copy& into = last == copies_.data() ? copies_[1] : copies_[0];
  Copy next{.number = last == nullptr ? 1 : last->number + 1,
            .since = survivor.since.time_since_epoch().count(),
            .role = static_cast<std::uint8_t>(survivor.role),
            .yielded = survivor.yielded ? std::uint8_t{1} : std::uint8_t{0}};
  put(next.reason, name(survivor.reason));
  next.checksum = next.right_checksum();
  into = next;
}

void StateFile::Unmap::operator()(Layout* layout) const { munmap(layout, sizeof(Layout)); }

StateFile::StateFile(Layout* layout, std::optional<CounterFile> counters)
    : layout_(layout), counters_(std::move(counters)), seen_before_(last_seen()) {
  for (std::size_t i = 0; i < layout_->entries.size(); ++i)
    if (layout_->entries[i].name_.front() != '\0') used_ = i + 1;
}

Result<StateFile, std::string> StateFile::open(const std::filesystem::path& file) {
  const auto refused = [&] { return failure(file.string() + ": " + std::strerror(errno)); };
  const Descriptor descriptor(
      ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  struct stat found {};
  if (!descriptor.is_open() || fstat(descriptor.number(), &found) != 0) return refused();
  const bool complete = found.st_size == static_cast<off_t>(sizeof(Layout));
  if (!complete && (ftruncate(descriptor.number(), 0) != 0 ||
                    ftruncate(descriptor.number(), sizeof(Layout)) != 0))
    return refused();
  void* mapped =
      mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.number(), 0);
  if (mapped == MAP_FAILED) return refused();
  auto* layout = static_cast<Layout*>(mapped);
  const std::string boot = this_boot();
  if (!layout->is_usable(boot)) {
    std::memset(mapped, 0, sizeof(Layout));
    put(layout->magic, magic);
    layout->version = layout_version;
    layout->entry_bytes = sizeof(Entry);
    put(layout->boot, boot);
  }
  return StateFile(layout, CounterFile::open(file.parent_path() / "counters"));
}

StateFile::Entry* StateFile::search(std::string_view router) const {
  const auto used = std::span(layout_->entries).first(used_);
  const auto at = std::ranges::find_if(
      used, [&](const Entry& entry) { return text_in(entry.name_) == router; });
  return at == used.end() ? nullptr : &*at;
}

std::optional<Survivor> StateFile::find(std::string_view router) const {
  const Entry* entry = search(router);
  const Entry::Copy* kept = entry == nullptr ? nullptr : entry->newest();
  if (kept == nullptr || kept->role > static_cast<std::uint8_t>(router::Role::active))
    return std::nullopt;
  return Survivor{.role = static_cast<router::Role>(kept->role),
                  .reason = reason_named(text_in(kept->reason)),
                  .since = RealTime(std::chrono::nanoseconds(kept->since)),
                  .yielded = kept->yielded != 0,
                  .last_seen = seen_before_};
}

StateFile::Entry* StateFile::entry_of(std::string_view router) {
  if (Entry* known = search(router)) return known;
  Entry* free = search({});
  if (free == nullptr && used_ < layout_->entries.size()) free = &layout_->entries[used_++];
  if (free == nullptr) return nullptr;
  free->copies_ = {};
  put(free->name_, router);
  return free;
}

CounterFile::Entry* StateFile::counters_of(std::string_view router) {
  return counters_ ? counters_->entry_of(router) : nullptr;
}

void StateFile::forget(std::string_view router) {
  if (counters_) counters_->forget(router);
  if (Entry* entry = search(router)) entry->name_ = {};
}

std::atomic<Instant::rep>& StateFile::pulse() { return layout_->pulse; }
Instant StateFile::last_seen() const { return Instant(Duration(layout_->pulse.load())); }
std::atomic<pid_t>& StateFile::agent() { return layout_->agent; }
std::atomic<pid_t>& StateFile::parent() { return layout_->parent; }
std::atomic<std::uint32_t>& StateFile::restarts() { return layout_->restarts; }

}  // namespace failover
