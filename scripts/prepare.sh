# Sourced by quickstart.sh and scripts/test.sh from the project's folder: brings node_modules and out/ up to date.
# Does nothing where they are. Functions only; POSIX sh.

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "imagefleet: $1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 1
}

# Node 20.20 and npm 10 are enough to install; everything then runs on the Node that package.json pins.
check_node() {
  command -v node >/dev/null 2>&1 || fail 'Node.js is not installed.' 'Install Node 20.20 or newer with npm, e.g.: apt-get install nodejs npm'
  command -v npm >/dev/null 2>&1 || fail 'npm is not installed.' 'Install npm 10 or newer, e.g.: apt-get install npm'
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 20) ? 0 : 1)' ||
    fail "Node $(node --version) is too old to install with." 'Install Node 20.20 or newer.'
}

# npm leaves a copy of the lock file behind; ours is compared by content, so that a touched file costs nothing.
install_packages() {
  if [ -x node_modules/node/bin/node ] && cmp -s package-lock.json node_modules/.imagefleet-lock.json; then return; fi
  check_node
  say 'Installing packages (npm ci) …'
  log=$(mktemp)
  if ! npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    fail 'npm ci failed (its last lines are above).' 'It needs the npm registry, and nothing else. Check the network, then run this again.'
  fi
  rm -f "$log"
  [ -x node_modules/node/bin/node ] ||
    fail 'npm did not install the pinned Node.' 'Its install script was not allowed to run: check "ignore-scripts" in your npm configuration.'
  cp package-lock.json node_modules/.imagefleet-lock.json
}

# Newer than the last build: any source, or what decides how it is built.
build_program() {
  if [ -f out/.built ] && [ -z "$(find src-core src-main src-worker src-renderer package-lock.json electron.vite.config.ts -newer out/.built -type f -print 2>/dev/null | head -n 1)" ]; then
    return
  fi
  say 'Building …'
  log=$(mktemp)
  stamp=$(mktemp)
  if ! npm run --silent build >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log" "$stamp"
    fail 'The build failed (its output is above).'
  fi
  rm -f "$log"
  # The stamp was made before the build, so that a source changed meanwhile is built again.
  mv "$stamp" out/.built
}
