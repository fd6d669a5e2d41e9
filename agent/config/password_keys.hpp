#pragma once
// The keys password and password_file, which every protocol with a password has.

#include "agent/config/schema.hpp"

namespace failover::config {

// What a secret is called in messages, and how many bytes it may have, none of them NUL.
struct SecretKind {
  std::string_view name;
  std::size_t shortest = 1;
  std::size_t longest = 1;
};
// Into `secret`, if it fits. No message quotes it.
void read_secret(const Value& value, const SecretKind& kind, Secret& secret);
// The same of the first line of a file, whose name is relative to the file that names it.
void read_secret_file(const Value& value, const SecretKind& kind, Secret& secret);

// An error when the router's table has both keys.
void refuse_two_passwords(const Value& router);

}  // namespace failover::config
