# Sourced by the parts of this suite. run counts what they print.

# check NAME COMMAND...: passes when the command succeeds; what it wrote is shown when not.
check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "ok      $name"
  else
    echo "FAILED  $name"; sed 's/^/        /' <<<"$output"
  fi
}

# same EXPECTED FOUND: fails with both, unless they are equal.
same() { [ "$1" = "$2" ] || { printf 'expected:\n%s\nfound:\n%s\n' "$1" "$2"; return 1; }; }
