#include "agent/confinement.hpp"

#include <cap-ng.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace failover {
namespace {

// --- Capabilities ---

// The bounding set first: without CAP_SETPCAP it is what whoever started us has left of it.
void drop_capabilities(std::vector<std::string>& refused) {
  constexpr auto kept =
      static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET);
  capng_clear(CAPNG_SELECT_BOTH);
  capng_updatev(CAPNG_ADD, kept, CAP_NET_ADMIN, CAP_NET_RAW, -1);
  if (capng_apply(CAPNG_SELECT_BOUNDS) != 0)
    refused.emplace_back(
        "the agent's bounding set of capabilities stays as it is: it takes CAP_SETPCAP to drop "
        "them");
  if (capng_apply(CAPNG_SELECT_CAPS) != 0)
    refused.emplace_back(
        "the agent keeps the capabilities that it was started with: it needs CAP_NET_ADMIN and "
        "CAP_NET_RAW, and may not have one of them");
}

// --- System calls ---

constexpr std::uint32_t eperm = SCMP_ACT_ERRNO(EPERM);
constexpr std::uint32_t as_tree = 2;  // SCMP_FLTATR_CTL_OPTIMIZE: compared by halves, not in turn

// Another program, or another process: that is the runner's business.
constexpr std::array programs{SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
                              SCMP_SYS(vfork)};
// Other processes' memory, registers and descriptors.
constexpr std::array processes{
    SCMP_SYS(ptrace),          SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise), SCMP_SYS(pidfd_getfd),      SCMP_SYS(kcmp),
    SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd)};
constexpr std::array others{
    // Who we are.
    SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
    SCMP_SYS(setresgid), SCMP_SYS(setfsuid), SCMP_SYS(setfsgid), SCMP_SYS(setgroups),
    SCMP_SYS(personality),
    // Where we are: file systems and namespaces.
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(move_mount),
    SCMP_SYS(open_tree), SCMP_SYS(mount_setattr), SCMP_SYS(unshare), SCMP_SYS(setns),
    SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(open_by_handle_at), SCMP_SYS(name_to_handle_at),
    SCMP_SYS(quotactl), SCMP_SYS(quotactl_fd),
    // The kernel itself. Captures have filters of the classic kind, which are no bpf().
    SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load), SCMP_SYS(bpf), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff),
    SCMP_SYS(acct), SCMP_SYS(syslog), SCMP_SYS(ioperm), SCMP_SYS(iopl), SCMP_SYS(modify_ldt),
    SCMP_SYS(nfsservctl), SCMP_SYS(lookup_dcookie),
    // What is the machine's: its clock, its name, its keys.
    SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(clock_adjtime), SCMP_SYS(adjtimex),
    SCMP_SYS(stime), SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(vhangup),
    SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl),
    // Calls that this filter would not see.
    SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register)};

// Sockets of all other families are code in the kernel that nobody here needs.
constexpr std::array families_used{AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET};

// Remembers the first error, as a negative errno; 0 when there was none.
class Rules {
 public:
  explicit Rules(scmp_filter_ctx filter) : filter_(filter) {}
  template <class Calls>
  void refuse(const Calls& calls) {
    for (const int call : calls) note(seccomp_rule_add(filter_, eperm, call, 0));
  }
  void add(std::uint32_t action, int call, const std::vector<scmp_arg_cmp>& when) {
    note(seccomp_rule_add_array(filter_, action, call, static_cast<unsigned>(when.size()),
                                when.data()));
  }
  void note(int result) {
    if (error_ == 0) error_ = result;
  }
  [[nodiscard]] int error() const { return error_; }

 private:
  scmp_filter_ctx filter_;
  int error_ = 0;
};

scmp_arg_cmp first_argument(scmp_compare comparison, scmp_datum_t one, scmp_datum_t other = 0) {
  return {.arg = 0, .op = comparison, .datum_a = one, .datum_b = other};
}

// A new thread is no process. clone3() has its flags where a filter cannot look; told that there is
// no such call, the C library uses clone().
void refuse_new_processes(Rules& rules) {
  rules.refuse(programs);
  rules.refuse(processes);
  rules.add(eperm, SCMP_SYS(clone), {first_argument(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)});
  rules.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), {});
}

void refuse_other_families(Rules& rules) {
  const int last = *std::ranges::max_element(families_used);
  for (int family = 0; family <= last; ++family)
    if (std::ranges::find(families_used, family) == families_used.end())
      rules.add(eperm, SCMP_SYS(socket),
                {first_argument(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family))});
  rules.add(eperm, SCMP_SYS(socket),
            {first_argument(SCMP_CMP_GT, static_cast<scmp_datum_t>(last))});
}

// A negative errno, or 0.
int load_filter() {
  const std::unique_ptr<void, void (*)(void*)> filter(seccomp_init(SCMP_ACT_ALLOW),
                                                      &seccomp_release);
  if (!filter) return -ENOMEM;
  Rules rules(filter.get());
  // A call by another machine's numbers would get round all of it.
  rules.note(seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, eperm));
  rules.note(seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, as_tree));
  rules.refuse(others);
  refuse_other_families(rules);
  if (!sanitized) refuse_new_processes(rules);
  return rules.error() != 0 ? rules.error() : seccomp_load(filter.get());
}

}  // namespace

std::vector<std::string> confine_thread() {
  std::vector<std::string> refused;
  drop_capabilities(refused);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) != 0)
    refused.push_back(std::string("no_new_privs cannot be set: ") + std::strerror(errno));
  if (const int error = load_filter(); error != 0)
    refused.push_back(std::string("system calls that the agent never needs are not refused: ") +
                      std::strerror(-error) + "; it takes a kernel with CONFIG_SECCOMP_FILTER");
  return refused;
}

}  // namespace failover
