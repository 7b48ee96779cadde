# Third-party libraries come from Debian packages and are found here, once. Nothing is downloaded.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(GPIOD REQUIRED IMPORTED_TARGET libgpiod>=1.6 libgpiod<2)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(MODBUS REQUIRED IMPORTED_TARGET libmodbus>=3.1.6)
pkg_check_modules(MOSQUITTO REQUIRED IMPORTED_TARGET libmosquitto>=2.0.11)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl>=3.0)
pkg_check_modules(MUPARSER REQUIRED IMPORTED_TARGET muparser>=2.3)
pkg_check_modules(SPDLOG REQUIRED IMPORTED_TARGET spdlog)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)

# Header only; their CMake packages are multiarch-blind, so only the headers are looked for.
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)
find_path(JSON_INCLUDE_DIR nlohmann/json.hpp REQUIRED)
find_path(FLATBUFFERS_INCLUDE_DIR flatbuffers/flatbuffers.h REQUIRED)
find_program(FLATC flatc REQUIRED)

if(SLUICE_TESTS)
  # The CMake package of CppUTest is broken in Debian 12; its pkg-config file is not.
  pkg_check_modules(CPPUTEST REQUIRED IMPORTED_TARGET cpputest)
endif()
if(SLUICE_BENCHMARKS)
  find_package(benchmark REQUIRED)
  pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
  pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
endif()
