# What every target of the project is compiled with: the warnings, the hardening, the sanitizers.

add_library(failover_flags INTERFACE)
target_compile_options(failover_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-qual -Wformat=2 -Wundef -Wimplicit-fallthrough
  # g++ 12 sees uninitialised members in every variant that is moved (GCC bug 105562); clang and the
  # sanitizers look for real ones.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
if(FAILOVER_WERROR)
  target_compile_options(failover_flags INTERFACE -Werror)
endif()

if(FAILOVER_SANITIZE)
  target_compile_options(failover_flags INTERFACE
    -fsanitize=${FAILOVER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # It does not understand fences; what lies between ours are atomics, which it does.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  target_link_options(failover_flags INTERFACE -fsanitize=${FAILOVER_SANITIZE})
else()
  # Debian's own hardening set. _FORTIFY_SOURCE needs optimisation and quarrels with the sanitizers.
  target_compile_options(failover_flags INTERFACE
    -fstack-protector-strong -fstack-clash-protection -fcf-protection
    -U_FORTIFY_SOURCE
    $<$<NOT:$<OR:$<CONFIG:Debug>,$<BOOL:$<TARGET_PROPERTY:FAILOVER_UNOPTIMISED>>>>:-D_FORTIFY_SOURCE=2>)
  target_compile_definitions(failover_flags INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(failover_flags INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()
target_include_directories(failover_flags INTERFACE ${PROJECT_SOURCE_DIR})
