# What Sluice needs of Debian 12, by purpose. Read by script/bootstrap and script/sysroot, never run.
# shellcheck disable=SC2034  # the reader uses the variables

# Libraries that the programs link or include.
libraries=(
  libcli11-dev
  libflatbuffers-dev
  libgpiod-dev
  libmodbus-dev
  libmosquitto-dev
  libmuparser-dev
  libspdlog-dev
  libsqlite3-dev
  libssl-dev
  libtomlplusplus-dev
  nlohmann-json3-dev
)
# Libraries that the tests link.
test_libraries=(libcpputest-dev)
# Libraries that the benchmarks link; they are built with the tests of the host.
bench_libraries=(libbenchmark-dev libzstd-dev zlib1g-dev)

# To build and run: enough for script/run.
build=(ccache cmake flatbuffers-compiler g++ mosquitto ninja-build pkg-config python3 "${libraries[@]}")
# For script/package: what makes packages, and compiles and emulates those for ARM.
package=(
  dpkg-dev
  g++-aarch64-linux-gnu
  g++-arm-linux-gnueabihf
  mmdebstrap
  qemu-user-static
)
# For script/test.
test=(
  clang-format
  e2fsprogs
  iproute2
  kmod
  lintian
  mosquitto-clients
  python3-pymodbus
  strace
  systemd
  user-mode-linux
  "${package[@]}"
  "${test_libraries[@]}"
  "${bench_libraries[@]}"
)
# For script/board, and to boot what it makes.
board=(
  cpio
  e2fsprogs
  g++-aarch64-linux-gnu
  gzip
  kmod
  make
  mmdebstrap
  qemu-system-arm
  systemd
)
# For script/lint and script/test --long.
lint=(clang clang-tidy libclang-rt-14-dev)
# For script/bench.
bench=(e2fsprogs rt-tests "${bench_libraries[@]}")

# A sysroot has no compiler of its own, only what compiled code is linked with.
sysroot=(libc6-dev libstdc++-12-dev "${libraries[@]}" "${test_libraries[@]}")

# A guest for arm64: its kernel, with what outside modules are built against and from ...
board_kernel=(busybox-static linux-headers-arm64 linux-image-arm64)
board_tools=(linux-kbuild-6.1 linux-source-6.1)
# ... and its system: what the gateway's package needs, and what the test looks and sets with.
board_system=(
  base-files
  base-passwd
  bash
  can-utils
  coreutils
  dash
  debconf
  diffutils
  dpkg
  e2fsprogs
  findutils
  gpiod
  grep
  gzip
  hostname
  i2c-tools
  init-system-helpers
  iproute2
  kmod
  libc-bin
  libgpiod2
  libmodbus5
  libmosquitto1
  libmuparser2v5
  libspdlog1.10
  libsqlite3-0
  libssl3
  libstdc++6
  login
  mawk
  mount
  passwd
  perl-base
  procps
  qemu-guest-agent
  sed
  socat
  systemd-sysv
  tar
  udev
  util-linux
)
