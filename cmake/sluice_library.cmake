# sluice_library(FOLDER SOURCES file... PUBLIC library... PRIVATE library...)
# One static library per folder, sluice_<folder>, alias sluice::<folder>.
function(sluice_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(sluice_${folder} STATIC ${ARG_SOURCES})
  add_library(sluice::${folder} ALIAS sluice_${folder})
  target_link_libraries(sluice_${folder} PUBLIC ${ARG_PUBLIC} PRIVATE sluice::flags ${ARG_PRIVATE})
endfunction()

# sluice_test(NAME SOURCES file... LIBRARIES library...)
# One CppUTest program per folder, registered as one ctest test.
function(sluice_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES} "${PROJECT_SOURCE_DIR}/tests/main.cpp")
  target_link_libraries(${name} PRIVATE sluice::flags ${ARG_LIBRARIES} PkgConfig::CPPUTEST)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
