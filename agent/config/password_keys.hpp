#pragma once
// The keys password and password_file, which every protocol with a password has.

#include "agent/config/schema.hpp"

namespace failover::config {

// Into `password`, if it has 1 to `longest` bytes, none of them NUL. No message quotes it.
void read_password(const Value& value, std::size_t longest, Secret& password);
// The same of the first line of a file, whose name is relative to the file that names it.
void read_password_file(const Value& value, std::size_t longest, Secret& password);

// An error when the router's table has both keys.
void refuse_two_passwords(const Value& router);

}  // namespace failover::config
