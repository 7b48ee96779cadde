# One target carries every compile flag of the project; all our libraries and programs link it PRIVATE.
add_library(sluice_flags INTERFACE)
add_library(sluice::flags ALIAS sluice_flags)

target_compile_features(sluice_flags INTERFACE cxx_std_20)
target_include_directories(sluice_flags INTERFACE "${PROJECT_SOURCE_DIR}")

# Without this, sizes of files and file systems have 32 bits on 32-bit ARM.
target_compile_definitions(sluice_flags INTERFACE _FILE_OFFSET_BITS=64)

# Contracted multiply-adds would make ARM decode other doubles than x86.
target_compile_options(sluice_flags INTERFACE -ffp-contract=off)
target_compile_options(
  sluice_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
)
# GCC 12 finds uninitialised members in the moves of every std::variant, where there are none.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(sluice_flags INTERFACE -Wno-maybe-uninitialized)
endif()
# GCC announces an ABI change of 32-bit ARM from its version 7 on; everything here is one build.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "^arm")
  target_compile_options(sluice_flags INTERFACE -Wno-psabi)
endif()

# The same bytes from every folder, so that anybody can build a package again and compare. The
# compiler's cache gives it files by their way from the build folder.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  file(RELATIVE_PATH way "${PROJECT_BINARY_DIR}" "${PROJECT_SOURCE_DIR}")
  target_compile_options(
    sluice_flags INTERFACE "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=." "-ffile-prefix-map=${way}=."
  )
endif()

# Hardening; a test checks the finished programs for it (tests/hardening).
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
target_compile_options(sluice_flags INTERFACE -fstack-protector-strong)
target_link_options(sluice_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
if(SLUICE_SANITIZE)
  target_compile_options(
    sluice_flags INTERFACE -fsanitize=${SLUICE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
  )
  target_link_options(sluice_flags INTERFACE -fsanitize=${SLUICE_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(sluice_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
