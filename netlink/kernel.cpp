#include "netlink/kernel.hpp"

#include <system_error>

namespace failover::netlink {

std::string KernelError::text() const {
  std::string text = operation + ": " + std::generic_category().message(error);
  if (!hint.empty()) text += " (" + hint + ")";
  return text;
}

}  // namespace failover::netlink
