#pragma once
// Settings: the kernel's sysctls, as files under /proc/sys. They are those of the network namespace
// that the calling thread is in.

#include <string>

#include "protocol/result.hpp"

namespace failover::netlink {

// path: "net/ipv4/conf/eth0/arp_ignore". Errors are errno values: ENOENT where there is no such
// setting, EINVAL where the kernel, or a "." or ".." in the path, does not let it be one.
[[nodiscard]] Result<std::string, int> read_setting(const std::string& path);
// 0 when it has the value then. /proc/sys is read-only in containers and under a hardened unit: a
// setting that has the value already is right there too.
[[nodiscard]] int write_setting(const std::string& path, const std::string& value);

}  // namespace failover::netlink
