#pragma once
// What has been counted of each router, in memory that does not die with the agent: another file
// than the state's, so that whatever becomes of it costs no role. Every number is written whole, so
// a cut does no harm; which number is which is for good, and a later version only appends.

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "agent/mailbox/status.hpp"

namespace failover {

class CounterFile {
 public:
  // Of one router. Its place stays; the engine writes it.
  class Entry {
   public:
    void write(const RouterStatus& status);
    void read_into(RouterStatus& status) const;

   private:
    friend class CounterFile;
    static constexpr std::size_t numbers = 32;
    std::array<char, 32> name_{};  // empty: free
    std::array<std::atomic<std::uint64_t>, numbers> numbers_{};
  };

  // Makes the file, or opens what an earlier life left. Nothing when the disk refuses.
  [[nodiscard]] static std::optional<CounterFile> open(const std::filesystem::path& file);

  // A place for it, with what was counted before; nullptr when there is none left. The control
  // thread.
  [[nodiscard]] Entry* entry_of(std::string_view router);
  void forget(std::string_view router);

 private:
  struct Layout;
  struct Unmap {
    void operator()(Layout* layout) const;
  };
  explicit CounterFile(Layout* layout) : layout_(layout) {}
  [[nodiscard]] Entry* search(std::string_view router) const;

  std::unique_ptr<Layout, Unmap> layout_;
};

}  // namespace failover
