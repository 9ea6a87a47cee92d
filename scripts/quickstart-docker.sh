# Sourced by quickstart.sh for --docker, from the project's folder and after prepare.sh. Functions only; POSIX sh.

# How long a picture may take from the queue to the store, in seconds.
PATIENCE=${IMAGEFLEET_QUICKSTART_SECONDS:-120}

check_docker() {
  command -v docker >/dev/null 2>&1 ||
    fail 'Docker is not installed.' 'Install Docker Engine or Docker Desktop, or leave --docker out: ./quickstart.sh'
  docker compose version >/dev/null 2>&1 ||
    fail 'Docker has no Compose.' 'Install its plugin (Debian: docker-compose-plugin), then run this again.'
  docker info >/dev/null 2>&1 ||
    fail 'The Docker engine does not answer.' 'Start it (Linux: sudo systemctl start docker), or see that this user may use it.'
  command -v curl >/dev/null 2>&1 || fail 'curl is not installed.' 'Install it, e.g.: apt-get install curl'
}

# The value of a setting: of the environment, else of .env, which Compose reads in the same order.
setting() { # NAME DEFAULT
  eval "value=\${$1:-}"
  [ -n "$value" ] || value=$(sed -n "s/^$1=//p" .env | tail -n 1)
  printf '%s' "${value:-$2}"
}

secret() {
  od -An -N 32 -t x1 /dev/urandom | tr -d ' \n'
}

# With tokens and a password of its own, which only this user may read.
make_env() {
  if [ -f .env ]; then return; fi
  say 'Making .env with new tokens and a password for Grafana …'
  (
    umask 077
    sed -e "s/^IMAGEFLEET_TOKEN=\$/&$(secret)/" -e "s/^IMAGEFLEET_READ_ONLY_TOKEN=\$/&$(secret)/" \
      -e "s/^GRAFANA_PASSWORD=\$/&$(secret)/" .env.example >.env
  )
}

start_fleet() { # FOLDER or nothing
  check_docker
  make_env
  if [ -n "$1" ]; then export PICTURES_DIR="$1"; fi
  pictures=$(setting PICTURES_DIR ./resources/samples)
  [ -d "$pictures" ] || fail "PICTURES_DIR of .env, $pictures, is not a folder."
  url="http://127.0.0.1:$(setting IMAGEFLEET_PORT 8000)"
  token=$(setting IMAGEFLEET_TOKEN '')
  [ -n "$token" ] || fail 'IMAGEFLEET_TOKEN in .env is empty.' 'Put 16 or more letters and digits there, or remove .env: it is made anew.'

  say 'Building the image and starting the fleet; the first time takes some minutes …'
  if ! docker compose up --build --detach --wait --wait-timeout 300 >&2; then
    docker compose ps --all >&2 || true
    docker compose logs --tail 20 >&2 || true
    fail 'The fleet did not start (its last lines are above).' 'All of them: docker compose logs'
  fi
}

# Shows a call as one would type it, and prints the answer.
call() { # PATH [curl's arguments]
  printf '\n$ curl -H "Authorization: Bearer $IMAGEFLEET_TOKEN" %s%s' "$url" "$1" >&2
  for word in "$@"; do
    [ "$word" = "$1" ] || printf " '%s'" "$word" >&2
  done
  printf '\n' >&2
  ask "$@"
}

# The token goes in by standard input: arguments can be read by everybody on this machine.
ask() { # PATH [curl's arguments]
  call_url=$url$1
  shift
  body=$(
    printf 'header = "Authorization: Bearer %s"\n' "$token" |
      curl --config - --silent --show-error --fail-with-body --max-time 60 "$@" "$call_url"
  ) || fail "The call failed: $call_url" "$body" 'What the server says: docker compose logs api'
  printf '%s\n' "$body"
}

field() { # NAME: the first text of that name in the JSON of standard input
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1
}

# One picture: enqueued, indexed, found.
try_fleet() {
  picture=$(cd "$pictures" && find . -type f \( -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.png' -o -iname '*.webp' \) ! -path '*/.*' ! -name '*["\\]*' | LC_ALL=C sort | sed -n 1p)
  [ -n "$picture" ] || fail "There is no JPEG, PNG or WebP in $pictures to try the fleet with."
  image=/pictures/${picture#./}

  call /health
  json='content-type: application/json'
  answer=$(call /queue/enqueue --header "$json" --data "{\"image_path\": \"$image\"}")
  printf '%s\n' "$answer"
  task=$(printf '%s' "$answer" | field task_id)

  waited=0
  status=waiting
  until [ "$status" = completed ]; do
    [ "$status" != failed ] || fail "Indexing $image failed: $answer"
    [ "$waited" -lt "$PATIENCE" ] ||
      fail "$image is not indexed after $PATIENCE s: $answer" 'What the workers say: docker compose logs worker'
    sleep 1
    waited=$((waited + 1))
    answer=$(ask "/queue/status/$task")
    status=$(printf '%s' "$answer" | field status)
  done
  answer=$(call "/queue/status/$task")
  printf '%s\n' "$answer"

  found=$(call /search --header "$json" --data "{\"image_path\": \"$image\", \"limit\": 1}")
  printf '%s\n' "$found"
  [ "$(printf '%s' "$found" | field image_id)" = "$(printf '%s' "$answer" | field image_id)" ] ||
    fail "The search did not find $image."

  say ''
  say "The fleet works: $image was indexed and found."
  say 'Next:'
  say '  docker compose up --detach --scale worker=10    more workers'
  say '  docker compose exec api imagefleet status       what runs'
  say '  docker compose exec api imagefleet index /pictures --workers 0    the whole folder'
  say '  docker compose down                             stops it; --volumes forgets everything'
  say '  docker compose --profile monitoring up --detach --wait    Prometheus, and Grafana on port 3000'
  say 'Tokens and Grafana’s password are in .env; docs/docker.md has the rest.'
}
