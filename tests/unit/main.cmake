# Where CMAKE_UNITY_BUILD asks for it, eight files of tests are one unit of compilation. They repeat
# names between files, which a namespace for each file keeps apart: it takes the place of `tests`,
# after the headers of `tests` have been read, and sees what is in there.
function(failover_compile_tests_together name)
  file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*.hpp
       ${PROJECT_SOURCE_DIR}/tests/unit/*.hpp ${CMAKE_CURRENT_SOURCE_DIR}/*.hpp)
  list(TRANSFORM headers REPLACE "(.+)" "#include \"\\1\"")
  list(JOIN headers "\n" headers)
  set_target_properties(${name} PROPERTIES
    UNITY_BUILD_UNIQUE_ID FAILOVER_FILE
    UNITY_BUILD_CODE_BEFORE_INCLUDE "${headers}
namespace failover::tests {}
namespace failover::FAILOVER_FILE { using namespace failover::tests; }
#define tests FAILOVER_FILE"
    UNITY_BUILD_CODE_AFTER_INCLUDE "#undef tests")
  # Alone stay what is in another namespace, and what is no test: it defines what the headers
  # declare, in `tests` itself.
  get_target_property(sources ${name} SOURCES)
  set(together)
  foreach(source ${sources})
    file(STRINGS ${source} opening REGEX "^namespace failover::tests {" LIMIT_COUNT 1)
    if(opening AND source MATCHES "_test\\.cpp$")
      list(APPEND together ${source})
    else()
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
  # A program of one test may lack what the headers of its folder ask for.
  list(LENGTH together count)
  if(count LESS 2)
    set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  endif()
endfunction()

# failover_unit_test(NAME [EXHAUSTIVE] SOURCES... LIBS...): one Catch2 program, each of its cases known
# to CTest. Only one that walks through all that can happen takes longer to run than to optimise.
function(failover_unit_test name)
  cmake_parse_arguments(ARG "EXHAUSTIVE" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  if(TARGET Catch2::Catch2WithMain)
    target_link_libraries(${name} PRIVATE Catch2::Catch2WithMain)
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit/catch_main.cpp)
    target_link_libraries(${name} PRIVATE Catch2::Catch2)
  endif()
  target_link_libraries(${name} PRIVATE failover_flags ${ARG_LIBS})
  if(NOT ARG_EXHAUSTIVE)
    set_target_properties(${name} PROPERTIES FAILOVER_UNOPTIMISED ON)
    target_compile_options(${name} PRIVATE -O0)
  endif()
  # Catch2 is the larger half of what a test compiles; with ccache its headers need to be known.
  target_precompile_headers(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit/catch.hpp)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/unit/catch_main.cpp
    PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fpch-preprocess)
  endif()
  failover_compile_tests_together(${name})
  target_compile_definitions(${name} PRIVATE FAILOVER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # Without root the kernel's tests say that they were skipped; they must not count as passed.
  catch_discover_tests(${name} TEST_PREFIX "${name}: "
                       PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED:")
endfunction()
