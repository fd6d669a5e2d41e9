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
  # Tests repeat names between files, and have the compiled header instead.
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  target_compile_definitions(${name} PRIVATE FAILOVER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # Without root the kernel's tests say that they were skipped; they must not count as passed.
  catch_discover_tests(${name} TEST_PREFIX "${name}: "
                       PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED:")
endfunction()
