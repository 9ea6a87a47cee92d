#!/bin/sh
# npm test: installs what is missing, then runs every check and test. Needs Debian's redis-server and chromium.
set -eu
CDPATH='' cd "$(dirname "$0")/.."
. scripts/prepare.sh

missing=
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
[ -x /usr/bin/chromium ] || missing="$missing chromium"
if [ -n "$missing" ]; then
  install="apt-get update && apt-get install -y --no-install-recommends$missing"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "Installing$missing …"
    log=$(mktemp)
    # shellcheck disable=SC2086 # two words on purpose
    if ! (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing) >"$log" 2>&1; then
      tail -n 20 "$log" >&2
      fail "Debian's$missing could not be installed (the last lines are above)."
    fi
    rm -f "$log"
  else
    fail "The tests need Debian's$missing. Install with:" "sudo sh -c '$install'"
  fi
fi

install_packages
build_program
exec node_modules/node/bin/node scripts/test.ts "$@"
