# What script/sysroot and script/board share: unpacked packages of Debian 12. Read by them, never run.
# shellcheck shell=bash

# The machine's own mirror of Debian 12, whichever way its sources are written. Only the main suite
# is used: package indexes of -security and -updates are at times out of step between processors.
mirror() {
  local own
  # shellcheck disable=SC2016  # apt's variables, not the shell's
  own=$(apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' | sed -n 's/ bookworm main$//p' | head -n 1)
  echo "${SLUICE_MIRROR:-${own:-http://deb.debian.org/debian}}"
}

# keep_book FOLDER ARCHITECTURE [all]: what is unpacked in the folder, as dpkg keeps it: for
# packaging/dependencies.sh packages with libraries are enough, a system needs all of them.
keep_book() {
  local root=$1 debian_arch=$2 which=${3:-} book=$1/var/lib/dpkg deb name control
  rm -rf "$book"
  mkdir -p "$book/info" "$book/updates"
  echo "$debian_arch" >"$book/arch"
  echo 1 >"$book/info/format"
  : >"$book/status"
  control=$(mktemp -d)
  for deb in "$root"/var/cache/apt/archives/*.deb; do
    rm -rf "${control:?}"/*
    dpkg-deb --control "$deb" "$control"
    [[ -f $control/shlibs || -n $which ]] || continue
    name=$book/info/$(dpkg-deb --field "$deb" Package)
    # So dpkg names them that may be there for several processors.
    ! grep -qx 'Multi-Arch: same' "$control/control" || name+=:$debian_arch
    [[ ! -f $control/symbols ]] || cp "$control/symbols" "$name.symbols"
    [[ ! -f $control/shlibs ]] || cp "$control/shlibs" "$name.shlibs"
    dpkg-deb --fsys-tarfile "$deb" | tar --list | sed -n 's|^\.\(/.*[^/]\)$|\1|p' >"$name.list"
    {
      sed '/^Package:/a Status: install ok installed' "$control/control"
      echo
    } >>"$book/status"
  done
  rm -rf "$control"
}
