#!/bin/sh
# Installs those of the named Debian packages that are not installed. Does nothing, and needs no root, when none is missing.
set -eu

missing=
for package in "$@"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  root=
elif command -v sudo >/dev/null 2>&1; then
  root=sudo
else
  echo "These packages are missing and only root can install them. As root, run:" >&2
  echo "  apt-get install --no-install-recommends$missing" >&2
  exit 1
fi

echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# The lists of a fresh machine may be empty or old: they are fetched when the first try fails.
# shellcheck disable=SC2086 # a list of words
$root apt-get install -y -q --no-install-recommends $missing </dev/null || {
  $root apt-get update -q </dev/null
  $root apt-get install -y -q --no-install-recommends $missing </dev/null
}
