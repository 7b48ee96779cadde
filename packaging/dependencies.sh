#!/bin/bash
# dependencies.sh SYSROOT PROGRAM...: the Debian packages that the programs' libraries come from, with
# the lowest versions that have what the programs use, as a line for Depends. SYSROOT is empty for
# programs of this machine.
set -euo pipefail
sysroot=$1
shift
programs=$(realpath "$@")

# dpkg-shlibdeps wants to stand in a source package.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/debian"
printf 'Source: sluice\n\nPackage: sluice\nArchitecture: any\n' >"$work/debian/control"
cd "$work"

options=()
if [[ -n $sysroot ]]; then
  # It finds the libraries in the sysroot, and looks for the packages of these very paths.
  cp -r "$sysroot/var/lib/dpkg" admin
  sed -i "s|^/|$sysroot/|" admin/info/*.list
  options+=(--admindir=admin)
  for folder in "$sysroot"/usr/lib/*-linux-gnu* "$sysroot"/lib/*-linux-gnu*; do
    options+=("-l$folder")
  done
fi
# shellcheck disable=SC2046,SC2086  # one word per program
line=$(dpkg-shlibdeps --warnings=0 "${options[@]}" -O $(printf -- '-e%s ' $programs) 2>errors) || {
  cat errors >&2
  exit 1
}
echo "${line#shlibs:Depends=}"
