# The part that all cross toolchains share. The including file sets:
#   SLUICE_ARCH     name of the sysroot, as script/sysroot takes it
#   SLUICE_TRIPLET  GNU name of the target
#   SLUICE_EMULATOR name of the program that runs the target's programs here
# SLUICE_SYSROOT, as a CMake or an environment variable, names another sysroot.
if(NOT SLUICE_SYSROOT)
  set(SLUICE_SYSROOT "$ENV{SLUICE_SYSROOT}")
endif()
if(NOT SLUICE_SYSROOT)
  cmake_path(SET SLUICE_SYSROOT NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../.sysroot/${SLUICE_ARCH}")
endif()
if(NOT IS_DIRECTORY "${SLUICE_SYSROOT}/usr/include")
  message(FATAL_ERROR "There is no sysroot in ${SLUICE_SYSROOT}. Make one: script/sysroot ${SLUICE_ARCH}")
endif()
# CMake tries the compiler in a project of its own, which reads this file again.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SLUICE_SYSROOT)

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSROOT "${SLUICE_SYSROOT}")
set(CMAKE_C_COMPILER ${SLUICE_TRIPLET}-gcc)
set(CMAKE_CXX_COMPILER ${SLUICE_TRIPLET}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${SLUICE_TRIPLET})

# Programs are this machine's; everything else is the target's.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_PATH} "")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${SLUICE_SYSROOT}")
set(ENV{PKG_CONFIG_LIBDIR}
    "${SLUICE_SYSROOT}/usr/lib/${SLUICE_TRIPLET}/pkgconfig:${SLUICE_SYSROOT}/usr/share/pkgconfig"
)

# Lets ctest run the target's programs. Function is proven by it, memory ordering is not.
set(CMAKE_CROSSCOMPILING_EMULATOR "${SLUICE_EMULATOR};-L;${SLUICE_SYSROOT}")
