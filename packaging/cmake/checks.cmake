# Targets that look at the source without building it: `format`, `format-check`, `lint`.

file(GLOB_RECURSE FAILOVER_SOURCES CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/protocol/*.[ch]pp ${PROJECT_SOURCE_DIR}/netlink/*.[ch]pp
  ${PROJECT_SOURCE_DIR}/agent/*.[ch]pp ${PROJECT_SOURCE_DIR}/cli/*.[ch]pp
  ${PROJECT_SOURCE_DIR}/tests/*.[ch]pp)
set(FAILOVER_UNITS ${FAILOVER_SOURCES})
list(FILTER FAILOVER_UNITS INCLUDE REGEX "/(protocol|netlink|agent|cli)/.*\\.cpp$")

add_custom_target(format
  COMMAND clang-format -i ${FAILOVER_SOURCES}
  COMMENT "Formatting the source" VERBATIM)
add_custom_target(format-check
  COMMAND clang-format --dry-run --Werror ${FAILOVER_SOURCES}
  COMMENT "Checking the format of the source" VERBATIM)
add_custom_target(lint
  COMMAND run-clang-tidy -quiet -p ${PROJECT_BINARY_DIR} ${FAILOVER_UNITS}
  COMMENT "Running clang-tidy" VERBATIM)
