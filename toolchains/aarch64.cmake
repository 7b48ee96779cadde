# 64-bit ARM: Raspberry Pi 3 and later with a 64-bit system.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(SLUICE_ARCH aarch64)
set(SLUICE_TRIPLET aarch64-linux-gnu)
set(SLUICE_EMULATOR qemu-aarch64-static)
include("${CMAKE_CURRENT_LIST_DIR}/sysroot.cmake")
