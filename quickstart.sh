#!/bin/sh
# From a fresh clone to a searched catalog. Usage: ./quickstart.sh [--once | --docker] [FOLDER]
set -eu

usage() {
  cat <<'TEXT'
Usage: ./quickstart.sh [--once | --docker] [FOLDER]

Installs and builds Imagefleet where that is needed, indexes FOLDER (default: the sample
pictures in resources/samples) on the embedded backends, and searches for one of its pictures.
Without --once it then serves the console on port 8000 (IMAGEFLEET_PORT takes another) until
Ctrl-C, opens it in a browser and prints the link.

  --once     do the job, print it and exit
  --docker   build and start the fleet of docker-compose.yml on FOLDER instead, and try it
             with one picture. It needs Docker with Compose, and curl; nothing is installed
  --help     this text

Examples:
  ./quickstart.sh
  ./quickstart.sh --once ~/Pictures
  ./quickstart.sh --docker ~/Pictures
TEXT
}

once=false
docker=false
folder=
for argument in "$@"; do
  case "$argument" in
    --once) once=true ;;
    --docker) docker=true ;;
    -h | --help) usage; exit 0 ;;
    -*) printf 'quickstart.sh: unknown option %s\n\n' "$argument" >&2; usage >&2; exit 2 ;;
    *)
      [ -z "$folder" ] || { printf 'quickstart.sh: one folder at a time, not also %s\n' "$argument" >&2; exit 2; }
      folder=$argument
      ;;
  esac
done
# Made absolute before the change of folder below; a name that begins with - was taken for an option above.
if [ -n "$folder" ]; then
  [ -d "$folder" ] || { printf 'quickstart.sh: %s is not a folder\n' "$folder" >&2; exit 2; }
  folder=$(CDPATH='' cd "$folder" && pwd)
fi

CDPATH='' cd "$(dirname "$0")"
. scripts/prepare.sh
if [ "$docker" = true ]; then
  . scripts/quickstart-docker.sh
  start_fleet "$folder"
  try_fleet
  exit 0
fi
install_packages
build_program

# The samples get a catalog of their own, so that they never mix with somebody's pictures.
catalog=default
set --
if [ -z "$folder" ]; then
  folder=$PWD/resources/samples
  catalog=samples
  set -- --manifest "$folder/catalog.csv"
fi

show() {
  printf '\n$ bin/imagefleet' >&2
  for word in "$@"; do
    case "$word" in
      *[!A-Za-z0-9_./=,:-]*) printf " '%s'" "$word" >&2 ;;
      *) printf ' %s' "$word" >&2 ;;
    esac
  done
  printf '\n' >&2
  bin/imagefleet "$@"
}

show index "$folder" --catalog "$catalog" "$@"

picture=$(find "$folder" -type f \( -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.png' -o -iname '*.webp' \) ! -path '*/.*' | LC_ALL=C sort | sed -n 1p)
if [ -n "$picture" ]; then
  show search "$picture" --catalog "$catalog" --limit 5
else
  say "There is no JPEG, PNG or WebP in $folder to search with."
fi
show status

say ''
say "Next: bin/imagefleet search PICTURE --catalog $catalog, bin/imagefleet index FOLDER, bin/imagefleet --help"
if [ "$once" = false ]; then
  set -- serve --port "${IMAGEFLEET_PORT:-8000}" --open
  say ''
  say "\$ bin/imagefleet $*"
  exec bin/imagefleet "$@"
fi
