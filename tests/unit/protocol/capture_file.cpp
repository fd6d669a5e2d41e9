#include "tests/unit/protocol/capture_file.hpp"

#include <pcap/pcap.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace failover::tests {

std::vector<Bytes> frames_of(const std::string& file_name) {
  const std::string path = FAILOVER_SOURCE_DIR "/tests/data/captures/" + file_name;
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> file(
      pcap_open_offline(path.c_str(), error.data()), &pcap_close);
  if (!file) throw std::runtime_error(error.data());
  if (pcap_datalink(file.get()) != DLT_EN10MB) throw std::runtime_error(path + ": not Ethernet");
  std::vector<Bytes> frames;
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* bytes = nullptr;
  int status = 0;
  while ((status = pcap_next_ex(file.get(), &header, &bytes)) == 1)
    frames.emplace_back(bytes, bytes + header->caplen);
  if (status != PCAP_ERROR_BREAK) throw std::runtime_error(path + ": damaged");
  return frames;
}

}  // namespace failover::tests
