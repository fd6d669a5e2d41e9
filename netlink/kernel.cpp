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
  template <class AboutNone>
  std::optional<IpAddress> operator()(const AboutNone&) const {
    return std::nullopt;
  }
};

}  // namespace

bool is_ours(const Link& link) { return link.macvlan && link.alias.starts_with(link_mark); }

std::optional<IpAddress> address_of(const Step& step) { return std::visit(About{}, step); }

Destination destination(const IpAddress& address, const std::string& link) {
  return {.address = address, .interface = address.is_link_local() ? link : std::string()};
}

std::string KernelError::text() const {
  std::string text = operation + ": " + std::generic_category().message(error);
  if (!hint.empty()) text += " (" + hint + ")";
  return text;
}

}  // namespace failover::netlink
