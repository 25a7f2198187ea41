#!/usr/bin/env bash
# Installs a released crcheck for the GitHub action: install.sh VERSION FOLDER. The archive must match
# the release's checksums. CRCHECK_RELEASES is the address of the releases, for tests.
set -euo pipefail
version=${1#v} folder=$2
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || { echo "crcheck: version \"$1\": want a release such as 1.2.3" >&2; exit 2; }
case $(uname -s) in
	Linux) os=linux ;;
	Darwin) os=darwin ;;
	*) os=windows ;;
esac
case $(uname -m) in
	x86_64 | amd64) arch=amd64 ;;
	arm64 | aarch64) arch=arm64 ;;
	*) echo "crcheck: there is no release for $(uname -m)" >&2; exit 2 ;;
esac
extension=tar.gz
if [ "$os" = windows ]; then extension=zip; fi
archive=crcheck_${version}_${os}_${arch}.$extension
from=${CRCHECK_RELEASES:-https://github.com/crcheck/crcheck/releases/download}/v$version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl --fail --silent --show-error --location --retry 3 -o "$work/$archive" "$from/$archive"
curl --fail --silent --show-error --location --retry 3 -o "$work/checksums.txt" "$from/checksums.txt"
want=$(awk -v name="$archive" '$2 == name {print $1}' "$work/checksums.txt")
got=$({ sha256sum "$work/$archive" 2>/dev/null || shasum -a 256 "$work/$archive"; } | cut -d' ' -f1)
[ -n "$want" ] && [ "$want" = "$got" ] || { echo "crcheck: $archive does not match the release's checksums" >&2; exit 1; }
mkdir -p "$folder"
if [ "$os" = windows ]; then unzip -qo "$work/$archive" -d "$folder"; else tar -xzf "$work/$archive" -C "$folder"; fi
