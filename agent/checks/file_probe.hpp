#pragma once
// A file: good when it is there, and, where that is asked, was written lately.
//
// stat() on a network file system whose server has gone does not come back, and nothing can be done
// about it: there is no asynchronous one (io_uring's waits in a kernel thread that is not ours, and
// is forbidden on many machines). So a thread asks, and nobody waits for it: not the control
// thread, not a later try, which waits for the same answer instead of starting another thread, and
// not the end of the program. A file costs one stuck thread at most.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "agent/checks/probe.hpp"
#include "agent/clock.hpp"
#include "agent/config/group_settings.hpp"
#include "protocol/result.hpp"

namespace failover::checks {

// When the file of that path was written last, or errno. Called on a thread of its own.
using LookAtFile = std::function<Result<RealTime, int>(const std::string&)>;
[[nodiscard]] Result<RealTime, int> look_at_file(const std::string& path);

[[nodiscard]] std::unique_ptr<Probe> make_file_probe(boost::asio::io_context& context,
                                                     const config::FileTrack& track,
                                                     LookAtFile look = look_at_file);

}  // namespace failover::checks
