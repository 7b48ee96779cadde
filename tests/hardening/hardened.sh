#!/bin/bash
# hardened.sh READELF PROGRAM...: every program has the hardening that cmake/flags.cmake asks for.
set -euo pipefail
readelf=$1
shift

# check PROGRAM WHAT: reports WHAT as missing unless the command after it succeeds.
failed=false
check() {
  local program=$1 what=$2
  shift 2
  if ! "$@"; then
    echo "$program: $what" >&2
    failed=true
  fi
}
has() { grep -Eq "$1" <<<"$2"; }
lacks() { ! has "$@"; }

(($#)) || { echo "no program to check" >&2 && exit 1; }
for program in "$@"; do
  header=$("$readelf" --wide --file-header "$program")
  segments=$("$readelf" --wide --program-headers "$program")
  dynamic=$("$readelf" --wide --dynamic "$program")
  symbols=$("$readelf" --wide --dyn-syms "$program")
  check "$program" "not position independent" has 'Type: +DYN' "$header"
  check "$program" "relocations stay writable (RELRO)" has 'GNU_RELRO' "$segments"
  check "$program" "symbols are bound late (NOW)" has '\(FLAGS_1\).*NOW' "$dynamic"
  check "$program" "the stack is executable (NX)" has 'GNU_STACK.* RW +0x' "$segments"
  check "$program" "code is patched when loaded (TEXTREL)" lacks 'TEXTREL' "$dynamic"
  check "$program" "no stack protector" has '__stack_chk_fail' "$symbols"
done
! "$failed"
