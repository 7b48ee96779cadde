# sluice_library(FOLDER SOURCES file... PUBLIC library... PRIVATE library...)
# One static library per folder, sluice_<folder>, alias sluice::<folder>.
function(sluice_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(sluice_${folder} STATIC ${ARG_SOURCES})
  add_library(sluice::${folder} ALIAS sluice_${folder})
  target_link_libraries(sluice_${folder} PUBLIC ${ARG_PUBLIC} PRIVATE sluice::flags ${ARG_PRIVATE})
endfunction()

# sluice_test(NAME SOURCES file... LIBRARIES library... [LABEL label] [TIMEOUT seconds] [APART group])
# One CppUTest program per folder, registered as one ctest test. The label says when it runs:
#   unit         in every build, ARM under emulation included (the default)
#   sim          natively, plain and with sanitizers
#   integration  natively, alone on the machine: real processes, broker and databases
#   elf          in every build without sanitizers: it looks into finished programs
#   tidy         once: it reads sources, not programs
# The test group APART is a ctest test of its own, so that the slowest program has two cores.
# The timeout only ends what hangs. It is long enough for emulation and sanitizers on a busy machine.
function(sluice_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT;APART" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES} "${PROJECT_SOURCE_DIR}/tests/main.cpp")
  target_link_libraries(${name} PRIVATE sluice::flags ${ARG_LIBRARIES} PkgConfig::CPPUTEST)
  if(ARG_APART)
    add_test(NAME ${name} COMMAND ${name} -xsg ${ARG_APART})
    add_test(NAME ${name}:${ARG_APART} COMMAND ${name} -sg ${ARG_APART})
    sluice_test_properties(${name}:${ARG_APART} LABEL ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
  else()
    add_test(NAME ${name} COMMAND ${name})
  endif()
  sluice_test_properties(${name} LABEL ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
endfunction()

# sluice_test_properties(NAME [LABEL label] [TIMEOUT seconds])
# The same for a test that is not a CppUTest program, after its add_test().
function(sluice_test_properties name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
  if(ARG_LABEL STREQUAL "integration")
    set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
  endif()
endfunction()
