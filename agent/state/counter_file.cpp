#include "agent/state/counter_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "agent/descriptor.hpp"
#include "protocol/limits.hpp"

namespace failover {
namespace {

// In the order of the file, and behind them the rejections in theirs.
constexpr std::array counted{&RouterStatus::adverts_sent,     &RouterStatus::adverts_received,
                             &RouterStatus::send_errors,      &RouterStatus::replay_suspected,
                             &RouterStatus::unprotected,      &RouterStatus::checksum_rfc5798,
                             &RouterStatus::checksum_rfc9568, &RouterStatus::other_addresses};
constexpr std::size_t rejections_at = 12;  // the numbers in between are for more of the others

constexpr std::string_view counter_magic = "failover counts";

}  // namespace

struct CounterFile::Layout {
  std::array<char, 16> magic{};
  std::atomic<std::uint32_t> used{0};  // entries behind that were never used
  std::array<Entry, limits::routers> entries{};
};

void CounterFile::Entry::write(const RouterStatus& status) {
  for (std::size_t i = 0; i < counted.size(); ++i)
    numbers_[i].store(status.*counted[i], std::memory_order_relaxed);
  for (std::size_t i = 0; i < rejections; ++i)
    numbers_[rejections_at + i].store(status.rejected[i], std::memory_order_relaxed);
}

void CounterFile::Entry::read_into(RouterStatus& status) const {
  static_assert(counted.size() <= rejections_at && rejections_at + rejections <= numbers);
  for (std::size_t i = 0; i < counted.size(); ++i)
    status.*counted[i] = numbers_[i].load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < rejections; ++i)
    status.rejected[i] = numbers_[rejections_at + i].load(std::memory_order_relaxed);
}

void CounterFile::Unmap::operator()(Layout* layout) const { munmap(layout, sizeof(Layout)); }

std::optional<CounterFile> CounterFile::open(const std::filesystem::path& file) {
  const Descriptor descriptor(
      ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  struct stat found {};
  if (!descriptor.is_open() || fstat(descriptor.number(), &found) != 0) return std::nullopt;
  const bool complete = found.st_size == static_cast<off_t>(sizeof(Layout));
  if (!complete && (ftruncate(descriptor.number(), 0) != 0 ||
                    ftruncate(descriptor.number(), sizeof(Layout)) != 0))
    return std::nullopt;
  void* const mapped =
      mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.number(), 0);
  if (mapped == MAP_FAILED) return std::nullopt;
  auto* const layout = static_cast<Layout*>(mapped);
  const std::string_view written(layout->magic.data(),
                                 strnlen(layout->magic.data(), layout->magic.size()));
  if (written != counter_magic || layout->used > limits::routers) {
    layout->used = 0;
    layout->magic = {};
    std::ranges::copy(counter_magic, layout->magic.begin());
  }
  return CounterFile(layout);
}

// Only among those in use: the rest of the file takes no memory as long as nobody looks at it.
CounterFile::Entry* CounterFile::search(std::string_view router) const {
  const auto used = std::span(layout_->entries).first(layout_->used);
  const auto at = std::ranges::find_if(used, [&](const Entry& entry) {
    return std::string_view(entry.name_.data(), strnlen(entry.name_.data(), entry.name_.size())) ==
           router;
  });
  return at == used.end() ? nullptr : &*at;
}

CounterFile::Entry* CounterFile::entry_of(std::string_view router) {
  if (Entry* const known = search(router)) return known;
  Entry* free = search({});
  if (free == nullptr && layout_->used < limits::routers) free = &layout_->entries[layout_->used++];
  if (free == nullptr || router.size() >= free->name_.size()) return nullptr;
  for (auto& number : free->numbers_) number = 0;
  free->name_ = {};
  std::ranges::copy(router, free->name_.begin());
  return free;
}

void CounterFile::forget(std::string_view router) {
  if (Entry* const entry = search(router)) entry->name_ = {};
}

}  // namespace failover
