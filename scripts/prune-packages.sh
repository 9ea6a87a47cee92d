#!/bin/sh
# For the image: leaves in node_modules what the program loads on this system. The packages bring natives for others too,
# and the source they are built from; TypeScript is wanted by a package for its types only, so that npm keeps it.
set -eu
CDPATH='' cd "$(dirname "$0")/.."

platform=$(node -p 'process.platform')
arch=$(node -p 'process.arch')

keep_only() { # FOLDER KEPT
  [ -d "$1/$2" ] || { printf 'prune-packages: %s has no %s\n' "$1" "$2" >&2; exit 1; }
  find "$1" -mindepth 1 -maxdepth 1 ! -name "$2" -exec rm -rf {} +
}

for natives in node_modules/onnxruntime-node/bin/napi-v*; do
  keep_only "$natives" "$platform"
  keep_only "$natives/$platform" "$arch"
done
keep_only node_modules/usearch/prebuilds "$platform-$arch"
rm -rf node_modules/usearch/c node_modules/usearch/cpp node_modules/usearch/include node_modules/usearch/numkong

rm -rf node_modules/typescript node_modules/@typescript
find node_modules -type d -empty -delete
