#include "protocol/reason.hpp"

#include "protocol/assert.hpp"

namespace failover {

std::string_view name(Reason reason) {
  switch (reason) {
    case Reason::starting: return "starting";
    case Reason::listening: return "listening";
    case Reason::no_response: return "no-response";
    case Reason::peer_left: return "peer-left";
    case Reason::slow_peer: return "slow-peer";
    case Reason::owner: return "owner";
    case Reason::priority: return "priority";
    case Reason::demoted_peer: return "demoted-peer";
    case Reason::preempted: return "preempted";
    case Reason::tie: return "tie";
    case Reason::demoted: return "demoted";
    case Reason::half_deaf: return "half-deaf";
    case Reason::op: return "operator";
    case Reason::no_successor: return "no-successor";
    case Reason::element_down: return "element-down";
    case Reason::foreign_address: return "foreign-address";
    case Reason::kernel_refused: return "kernel-refused";
    case Reason::stall: return "stall";
    case Reason::stopping: return "stopping";
    case Reason::group: return "group";
    case Reason::start_delay: return "start-delay";
    case Reason::drain: return "drain";
    case Reason::held: return "held";
    case Reason::frozen: return "frozen";
    case Reason::mode_none: return "mode-none";
    case Reason::not_again: return "not-again";
    case Reason::services: return "services";
    case Reason::contested: return "contested";
  }
  broken_promise();
}

std::string_view name(WaitingFor what) {
  switch (what) {
    case WaitingFor::nothing: return "";
    case WaitingFor::interface: return "interface";
    case WaitingFor::link: return "link";
    case WaitingFor::carrier: return "carrier";
    case WaitingFor::address: return "address";
    case WaitingFor::capture: return "capture";
  }
  broken_promise();
}

}  // namespace failover
