#include "netlink/found.hpp"

#include <algorithm>

namespace failover::netlink {

void Found::reset(const Snapshot& snapshot) {
  links_.clear();
  addresses_.clear();
  for (const Link& link : snapshot.links) links_[link.index] = link;
  for (const Address& address : snapshot.addresses) addresses_[address.interface].append(address);
}

void Found::apply(const Notification& notification) {
  std::visit([this](const auto& what) { on(what); }, notification);
}

void Found::on(const LinkChanged& changed) { links_[changed.link.index] = changed.link; }

void Found::on(const LinkGone& gone) {
  links_.erase(gone.index);
  addresses_.erase(gone.index);
}

void Found::on(const AddressChanged& changed) {
  addresses_[changed.address.interface].put(changed.address);
}

void Found::on(const AddressGone& gone) {
  const auto list = addresses_.find(gone.address.interface);
  if (list != addresses_.end()) list->second.erase(gone.address.prefix);
}

void Found::on(const NotificationsLost&) {}

const Link* Found::link(int index) const {
  const auto link = links_.find(index);
  return link == links_.end() ? nullptr : &link->second;
}

const Link* Found::link(std::string_view name) const {
  const auto link =
      std::ranges::find_if(links_, [&](const auto& entry) { return entry.second.name == name; });
  return link == links_.end() ? nullptr : &link->second;
}

std::vector<Link> Found::links() const {
  std::vector<Link> links;
  links.reserve(links_.size());
  for (const auto& [index, link] : links_) links.push_back(link);
  return links;
}

std::vector<Address> Found::addresses(int interface) const {
  const auto list = addresses_.find(interface);
  return list == addresses_.end() ? std::vector<Address>{} : list->second.all();
}

const Address* Found::address(int interface, const Prefix& prefix) const {
  const auto list = addresses_.find(interface);
  return list == addresses_.end() ? nullptr : list->second.find(prefix);
}

}  // namespace failover::netlink
