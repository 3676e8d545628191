#!/bin/sh
# Builds the Debian packages of this commit into .build/deb. VERSION and OUT say another version and folder, for trying an upgrade.
set -eu
cd "$(dirname "$0")/../.."

version=${VERSION:-$(sed -n 's/.*static let version = "\(.*\)".*/\1/p' Shared/Launch/Launch.swift)+$(git rev-list --count HEAD)}
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
out=${OUT:-.build/deb}
tree=$out/tree

# Apart from .build/release: other flags would have each of the two build everything again.
programs=$(sed -n 's|^programs/\([a-z-]*\) .*|\1|p' deploy/deb/debian/*.install)
for program in $programs; do
    swift build -c release --static-swift-stdlib --scratch-path .build/static --product "$program"
done

rm -rf "$out"
mkdir -p "$tree/programs" "$tree/admin" "$tree/docs"
for program in $programs; do cp ".build/static/release/$program" "$tree/programs/"; done
cp -R deploy/deb/debian deploy/systemd "$tree/"
cp deploy/deb/kazasu-admin deploy/deb/kazasu-unpack "$tree/admin/"
cp Docs/install.md Docs/install.ja.md Docs/operations.md Docs/operations.ja.md deploy/town.example.yaml "$tree/docs/"
cat >"$tree/debian/changelog" <<END
kazasu ($version) bookworm; urgency=medium

  * $(git log -1 --format=%h): see the history of the repository.

 -- Kazasu maintainers <maintainers@kazasu.jp>  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
END
(cd "$tree" && dpkg-buildpackage --build=binary --no-sign -d >../build.log 2>&1) || { tail -20 "$out/build.log" >&2; exit 1; }
rm -rf "$tree"
ls -l "$out"/*.deb
