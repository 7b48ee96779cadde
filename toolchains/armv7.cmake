# 32-bit ARM with hardware floating point: Raspberry Pi 2 and later with a 32-bit system. Debian's
# armhf libraries need ARMv7, so a Pi 1 or Zero cannot run what this builds.
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(SLUICE_ARCH armv7)
set(SLUICE_TRIPLET arm-linux-gnueabihf)
set(SLUICE_EMULATOR qemu-arm-static)
include("${CMAKE_CURRENT_LIST_DIR}/sysroot.cmake")
