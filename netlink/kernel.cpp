#include "netlink/kernel.hpp"

#include <system_error>

namespace failover::netlink {
namespace {

struct About {
  std::optional<IpAddress> operator()(const AddAddress& step) const {
    return step.address.prefix.address();
  }
  std::optional<IpAddress> operator()(const ReplaceAddress& step) const {
    return step.address.prefix.address();
  }
  std::optional<IpAddress> operator()(const RemoveAddress& step) const {
    return step.prefix.address();
  }
  std::optional<IpAddress> operator()(const KeepSecondaries&) const { return std::nullopt; }
};

}  // namespace

std::optional<IpAddress> address_of(const Step& step) { return std::visit(About{}, step); }

std::string KernelError::text() const {
  std::string text = operation + ": " + std::generic_category().message(error);
  if (!hint.empty()) text += " (" + hint + ")";
  return text;
}

}  // namespace failover::netlink
