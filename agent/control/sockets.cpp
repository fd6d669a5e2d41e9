#include "agent/control/sockets.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace failover::control {
namespace {

constexpr int backlog = 128;

std::string refused(const std::string& what, const std::filesystem::path& path) {
  return what + " " + path.string() + ": " + std::strerror(errno);
}

std::optional<gid_t> failover_group() {
  const ::group* entry = getgrnam("failover");
  return entry != nullptr ? std::optional(entry->gr_gid) : std::nullopt;
}

// Whether clients find it there. The lock is ours, so nobody else has put another in its place.
bool is_bound_to(const Descriptor& socket, const std::filesystem::path& path) {
  sockaddr_un address{};
  socklen_t length = sizeof address;
  std::error_code ignored;
  return socket.is_open() &&
         getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &length) == 0 &&
         address.sun_family == AF_UNIX && address.sun_path == path.native() &&
         std::filesystem::is_socket(path, ignored);
}

bool bind_anew(const Descriptor& socket, const sockaddr_un& address) {
  // The lock is ours, so a socket that is there is a dead agent's.
  std::error_code ignored;
  std::filesystem::remove(address.sun_path, ignored);
  // Nobody gets in between bind() and chmod(): until then it is ours alone.
  const mode_t before = umask(0177);
  const bool bound =
      socket.is_open() &&
      bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  umask(before);
  return bound;
}

Result<Descriptor, std::string> listen_on(const std::filesystem::path& path, Descriptor socket,
                                          mode_t mode, std::optional<gid_t> group,
                                          int type = SOCK_STREAM) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path)
    return failure(path.string() + ": a Unix socket's path has at most " +
                   std::to_string(sizeof address.sun_path - 1) +
                   " bytes; choose a shorter --run-dir");
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  bool bound = is_bound_to(socket, path);
  if (!bound) {
    socket = Descriptor(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    bound = bind_anew(socket, address);
  }
  if (!bound || (group && chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0) ||
      chmod(path.c_str(), mode) != 0 || listen(socket.number(), backlog) != 0)
    return failure(refused("socket", path));
  return socket;
}

}  // namespace

std::filesystem::path runner_socket_in(const std::filesystem::path& directory) {
  return directory / "runner.sock";
}

Result<RunDirectory, std::string> open_run_directory(const std::filesystem::path& directory,
                                                     RunDirectory kept) {
  std::error_code error;
  // Everybody may reach status.sock, whatever the umask says.
  if (std::filesystem::create_directories(directory, error))
    std::filesystem::permissions(directory, std::filesystem::perms{0755}, error);
  if (error) return failure(directory.string() + ": " + error.message());

  RunDirectory run;
  const auto lock = directory / "failoverd.lock";
  run.lock = Descriptor(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!run.lock.is_open()) return failure(refused("lock", lock));
  if (flock(run.lock.number(), LOCK_EX | LOCK_NB) != 0)
    return failure("another failoverd runs with " + directory.string() +
                   "; stop it, or give this one a --run-dir of its own");

  const auto group = failover_group();
  auto control =
      listen_on(directory / "control.sock", std::move(kept.control), group ? 0660 : 0600, group);
  run.has_group = group && control;
  // Without CAP_CHOWN it cannot be the group's; root's is better than nobody's.
  if (!control && group) control = listen_on(directory / "control.sock", {}, 0600, std::nullopt);
  if (!control) return failure(control.error());
  auto status = listen_on(directory / "status.sock", std::move(kept.status), 0666, std::nullopt);
  if (!status) return failure(status.error());
  auto runner = listen_on(runner_socket_in(directory), std::move(kept.runner), 0600, std::nullopt,
                          SOCK_SEQPACKET);
  if (!runner) return failure(runner.error());
  run.control = std::move(*control);
  run.status = std::move(*status);
  run.runner = std::move(*runner);
  return run;
}

void close_run_directory(const std::filesystem::path& directory) {
  std::error_code ignored;
  std::filesystem::remove(directory / "control.sock", ignored);
  std::filesystem::remove(directory / "status.sock", ignored);
  std::filesystem::remove(runner_socket_in(directory), ignored);
}

}  // namespace failover::control
