#include "netlink/found.hpp"

#include <algorithm>

namespace failover::netlink {

void Found::reset(const Snapshot& snapshot) {
  links_.clear();
  addresses_.clear();
  for (const Link& link : snapshot.links) links_[link.index] = link;
  for (const Address& address : snapshot.addresses) addresses_[address.interface].append(address);
  routes_.clear();
  for (const Route& route : snapshot.routes) routes_.put(route);
  for (const Rule& rule : snapshot.rules) routes_.put(rule);
}

void Found::apply(const Notification& notification) {
  std::visit([this](const auto& what) { on(what); }, notification);
}

void Found::on(const LinkChanged& changed) {
  links_[changed.link.index] = changed.link;
  if (!changed.link.up) routes_.interface_lost(changed.link.index, Family::ipv4);
}

void Found::on(const LinkGone& gone) {
  links_.erase(gone.index);
  addresses_.erase(gone.index);
  for (const Family family : families) routes_.interface_lost(gone.index, family);
}

void Found::on(const AddressChanged& changed) {
  addresses_[changed.address.interface].put(changed.address);
}

void Found::on(const AddressGone& gone) {
  const auto list = addresses_.find(gone.address.interface);
  if (list == addresses_.end()) return;
  list->second.erase(gone.address.prefix);
  if (!list->second.has_ipv4()) routes_.interface_lost(gone.address.interface, Family::ipv4);
  const IpAddress& address = gone.address.prefix.address();
  if (holders(address).empty()) routes_.address_lost(address);
}

void Found::on(const SettingsChanged&) {}

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

std::vector<Address> Found::holders(const IpAddress& address) const {
  std::vector<Address> holders;
  for (const auto& [interface, list] : addresses_)
    if (const Address* held = list.find(address)) holders.push_back(*held);
  return holders;
}

}  // namespace failover::netlink
